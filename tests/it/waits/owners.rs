//! What owners do with their waits.

use rapport::waits::{NewWait, Until, WaitOutcome, WaitRow, cancel_waits, open_wait};

use super::world::{World, went};

#[tokio::test]
async fn an_owner_cancels_its_waits_or_those_below_a_path() {
    let world = World::new().await;
    let (run, other) = (world.run().await, world.run().await);
    let soon = || Until::Time(world.in_minutes(5));
    let one = world.open(run, "first.a", soon(), None).await;
    let event = world.open_for(run, "first", 1, None).await;
    let beside = world.open(run, "firstly", soon(), None).await;
    let others = world.open(other, "first", soon(), None).await;
    let cancel = async |path: Option<&str>| {
        let mut tx = world.on(run).await;
        let count = cancel_waits(&mut tx, &world.ambient, &world.waiters(), (run, path)).await.unwrap();
        tx.commit().await.unwrap();
        count
    };
    assert_eq!(cancel(Some("first")).await, 2);
    let outcome = async |wait: &WaitRow| world.wait(wait).await.outcome;
    assert_eq!(
        (outcome(&one).await, outcome(&event).await),
        (Some(WaitOutcome::Cancelled), Some(WaitOutcome::Cancelled))
    );
    assert_eq!((outcome(&beside).await, outcome(&others).await), (None, None));
    assert_eq!(cancel(None).await, 1);
    assert_eq!(cancel(None).await, 0);
    let _process = world.process().await;
    world.happen(1).await;
    world.advance(5);
    assert_eq!(world.went_on(1).await, [went("first", "DUE")], "the other owner's");
    assert_eq!(world.count("awaited_events").await, 0);
}

#[tokio::test]
async fn what_an_earlier_generation_waited_for_is_void() {
    let world = World::new().await;
    let run = world.run().await;
    let wait = world.open(run, "pause", Until::Time(world.in_minutes(5)), None).await;
    let approval = world.open(run, "approval", Until::Approval, None).await;
    world.write("UPDATE test_runs SET generation = 2 WHERE id = $1", [run.id.into()]).await;
    let later = rapport::waits::Owner { generation: 2, ..run };
    world.open(later, "pause", Until::Time(world.in_minutes(6)), None).await;
    world.decide(&approval, true, 1).await.unwrap_err();
    let _process = world.process().await;
    world.advance(6);
    assert_eq!(world.went_on(1).await, [went("pause", "DUE")]);
    world.eventually(async || world.wait(&wait).await.outcome == Some(WaitOutcome::Cancelled)).await;
}

#[tokio::test]
async fn a_place_waits_once_in_a_generation() {
    let world = World::new().await;
    let run = world.run().await;
    let first = world.open(run, "approval", Until::Approval, Some(world.in_minutes(5))).await;
    let again = world.open(run, "approval", Until::Approval, None).await;
    assert_eq!((first.id, world.count("waits").await, world.count("jobs").await), (again.id, 1, 1));
}

#[tokio::test]
async fn a_wait_that_is_not_committed_is_not_there() {
    let world = World::new().await;
    let run = world.run().await;
    let mut tx = world.on(run).await;
    let new = NewWait {
        owner: run,
        path: "event".to_owned(),
        until: Until::Event { any: vec![super::world::happened(1)], since: None },
        expires_at: Some(world.in_minutes(5)),
    };
    open_wait(&mut tx, &world.ambient, &world.waiters(), new).await.unwrap();
    drop(tx);
    for table in ["waits", "awaited_events", "jobs", "events"] {
        assert_eq!(world.count(table).await, 0, "{table}");
    }
}

#[tokio::test]
async fn a_wait_is_opened_under_the_lock_of_its_owner_alone() {
    let world = World::new().await;
    let run = world.run().await;
    let mut tx = world.db.begin().await.unwrap();
    let new = NewWait { owner: run, path: "approval".to_owned(), until: Until::Approval, expires_at: None };
    open_wait(&mut tx, &world.ambient, &world.waiters(), new).await.unwrap_err();
}
