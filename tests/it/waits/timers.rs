//! Waits that end at a time.

use rapport::waits::{Until, WaitOutcome};

use super::world::{World, went};

#[tokio::test]
async fn a_wait_for_a_time_ends_then_and_the_owner_goes_on_once() {
    let world = World::new().await;
    let (_one, _other) = (world.process().await, world.process().await);
    let run = world.run().await;
    let wait = world.open(run, "pause", Until::Time(world.in_minutes(60)), None).await;
    world.advance(59);
    let early = world.open(run, "short", Until::Time(world.in_minutes(0)), None).await;
    assert_eq!(world.went_on(1).await, [went("short", "DUE")]);
    assert_eq!(world.wait(&wait).await.outcome, None);
    world.advance(1);
    assert_eq!(world.went_on(2).await, [went("short", "DUE"), went("pause", "DUE")]);
    assert_eq!(world.wait(&early).await.outcome, Some(WaitOutcome::Due));
    assert_eq!(world.wait(&wait).await.ended_at, Some(world.in_minutes(0)));
}

#[tokio::test]
async fn a_time_that_passed_while_no_process_ran_ends_the_wait_at_the_next_start() {
    let world = World::new().await;
    let first = world.process().await;
    let run = world.run().await;
    drop(first);
    world.open(run, "pause", Until::Time(world.in_minutes(60)), None).await;
    world.advance(60 * 24 * 30);
    let _next = world.process().await;
    assert_eq!(world.went_on(1).await, [went("pause", "DUE")]);
}

#[tokio::test]
async fn every_kind_of_wait_may_expire_and_nothing_comes_after_that() {
    let world = World::new().await;
    let _process = world.process().await;
    let run = world.run().await;
    let soon = Some(world.in_minutes(10));
    let approval = world.open(run, "approval", Until::Approval, soon).await;
    let event =
        world.open(run, "event", Until::Event { any: vec![super::world::happened(1)], since: None }, soon).await;
    let timer = world.open(run, "timer", Until::Time(world.in_minutes(20)), soon).await;
    world.eventually(async || world.wait(&event).await.is_live).await;
    world.advance(10);
    let mut steps = world.went_on(3).await;
    steps.sort();
    assert_eq!(steps, [went("approval", "EXPIRED"), went("event", "EXPIRED"), went("timer", "EXPIRED")]);
    world.happen(1).await;
    world.decide(&approval, true, 1).await.unwrap_err();
    world.advance(60);
    world.settled().await;
    let probe = world.run().await;
    world.open_for(probe, "probe", 2, None).await;
    world.happen(2).await;
    assert_eq!(world.went_on(4).await.len(), 4);
    assert_eq!(world.wait(&timer).await.outcome, Some(WaitOutcome::Expired));
}

#[tokio::test]
async fn a_wait_that_ended_leaves_no_job_in_the_queue() {
    let world = World::new().await;
    let run = world.run().await;
    let wait = world.open(run, "approval", Until::Approval, Some(world.in_minutes(60 * 24))).await;
    assert_eq!(world.count("jobs").await, 1);
    world.decide(&wait, true, 1).await.unwrap();
    let kinds: Vec<String> =
        world.query("SELECT kind FROM jobs").await.iter().map(|row| row.try_get("", "kind").unwrap()).collect();
    assert_eq!(kinds, ["test_next"]);
}

#[tokio::test]
async fn an_owner_that_cannot_go_on_is_tried_again_until_it_can() {
    let world = World::new().await;
    let run = world.run().await;
    world.fail(1);
    let wait = world.open(run, "pause", Until::Time(world.in_minutes(1)), None).await;
    world.advance(1);
    let _process = world.process().await;
    // Its job has failed, so the wait is still open and the sweep finds it.
    let failed = "SELECT id FROM jobs WHERE kind = 'end_wait' AND status = 'FAILED'";
    world.eventually(async || !world.query(failed).await.is_empty()).await;
    assert_eq!((world.steps().await.len(), world.wait(&wait).await.outcome), (0, None));
    assert_eq!(world.sweep().await.lost.get("overdue"), Some(&1));
    assert_eq!(world.went_on(1).await, [went("pause", "DUE")]);
}
