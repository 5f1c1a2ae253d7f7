//! SIGTERM while a job runs.

use rapport::jobs::JobStatus;
use serde_json::json;

use super::{
    follower::Follower,
    world::{World, admin, onboard},
};

#[tokio::test]
async fn a_terminated_server_ends_its_running_step_and_gives_the_job_back() {
    let world = World::new().await;
    let process = world.process().await;
    let client = admin(&process).await;
    let held = world.openai.hold_next("news");
    let job = onboard(&client).await;
    held.has_come().await;
    let mut follower = Follower::new(&client, &job);
    follower.come_back(&process).await;
    let answer = async {
        // The socket is closed when the server has begun to stop; the step ends only after that.
        assert_eq!(follower.until_the_end().await, 1001);
        held.release();
    };
    tokio::join!(process.terminate(), answer);

    let row = world.row(&job.0).await;
    assert_eq!((row.status, row.attempt, row.lease), (JobStatus::Queued, 0, None));
    assert!(world.finished_steps().await.contains(&"research: news".to_owned()), "the running step was kept");
    assert_eq!(world.openai.count("discovery_case_studies"), 0, "no other step began");

    let process = world.process().await;
    let done = client.at(process.address).finished(&job.0).await;
    assert_eq!((&done["status"], &done["attempt"]), (&json!("COMPLETED"), &json!(1)), "{done:#}");
    assert!(world.openai.counts().values().all(|count| *count == 1), "{:?}", world.openai.counts());
}

#[tokio::test]
async fn a_terminated_server_does_not_wait_past_its_deadline_for_a_step_that_never_ends() {
    let world = World::new().await;
    let process = world.process_with(&[("SHUTDOWN_SECONDS", "1")]).await;
    let client = admin(&process).await;
    let held = world.openai.hold_next("news");
    let job = onboard(&client).await;
    held.has_come().await;
    // The stand-in does not answer.
    process.terminate().await;
    let row = world.row(&job.0).await;
    assert_eq!((row.status, row.attempt, row.lease), (JobStatus::Queued, 0, None));

    let process = world.process().await;
    let done = client.at(process.address).finished(&job.0).await;
    assert_eq!((&done["status"], &done["attempt"]), (&json!("COMPLETED"), &json!(1)), "{done:#}");
    assert_eq!(world.openai.count("news"), 2);
}
