//! A process that sleeps past its lease.

use serde_json::json;

use super::{
    follower::Follower,
    world::{World, admin, onboard},
};

#[tokio::test]
async fn a_process_that_slept_past_its_lease_changes_nothing_of_what_another_did_meanwhile() {
    let world = World::new().await;
    let sleeper = world.process().await;
    let admin = admin(&sleeper).await;
    let held = world.openai.hold_next("news");
    let job = onboard(&admin).await;
    held.has_come().await;
    let mut follower = Follower::new(&admin, &job);
    follower.come_back(&sleeper).await;
    let mut missing = 9;
    let others_done = follower.until(|event| {
        missing -= i32::from(event["__typename"] == "JobTaskCompleted");
        missing == 0
    });
    others_done.await.unwrap();

    world.put_to_sleep(&sleeper).await;
    let other = world.process().await;
    let done = admin.at(other.address).finished(&job.0).await;
    assert_eq!((&done["status"], &done["attempt"]), (&json!("COMPLETED"), &json!(2)), "{done:#}");
    let asked = world.openai.counts();
    assert_eq!(asked.iter().filter(|(_, count)| **count != 1).collect::<Vec<_>>(), [(&"news".to_owned(), &2)]);

    let before = world.everything().await;
    // The answer that the sleeper waited for is there when it wakes.
    held.release();
    other.terminate().await;
    sleeper.signal("CONT").await;
    // Who follows at the sleeper sees what the other did, to the end.
    assert_eq!(follower.until_the_end().await, 1000);
    // It goes on serving and working: what it had to say of the first job it has said by the end of another.
    let next = admin.onboard("Brightloom Analytics").await["id"].as_str().unwrap().to_owned();
    assert_eq!(admin.finished(&next).await["status"], "COMPLETED");
    let after = world.everything().await;
    for (table, rows) in before.as_object().unwrap() {
        for row in rows.as_array().unwrap() {
            assert!(after[table].as_array().unwrap().contains(row), "{table} was changed: {row:#}");
        }
    }
    let of_the_job = |everything: &serde_json::Value| {
        let topic = format!("job:{}", job.0);
        everything["events"].as_array().unwrap().iter().filter(|event| event["topic"] == topic).count()
    };
    assert_eq!(of_the_job(&before), of_the_job(&after));
    sleeper.terminate().await;
}
