//! The search for waits that nothing would end.

use rapport::waits::{Until, WaitOutcome};

use super::world::{World, went};

#[tokio::test]
async fn what_is_as_it_should_be_is_left_alone() {
    let world = World::new().await;
    let run = world.run().await;
    world.open(run, "pause", Until::Time(world.in_minutes(5)), None).await;
    world.open(run, "approval", Until::Approval, None).await;
    world.open_for(run, "event", 1, None).await;
    world.advance(10);
    let swept = world.sweep().await;
    assert_eq!((swept.open, swept.lost.len(), swept.failed), (3, 0, 0), "a job in the queue ends what is due");
}

#[tokio::test]
async fn waits_whose_owner_is_gone_end() {
    let world = World::new().await;
    let run = world.run().await;
    let wait = world.open(run, "approval", Until::Approval, None).await;
    world.write("DELETE FROM test_runs WHERE id = $1", [run.id.into()]).await;
    assert_eq!(world.sweep().await.lost.get("owner_gone"), Some(&1));
    assert_eq!(world.wait(&wait).await.outcome, Some(WaitOutcome::Cancelled));
    assert_eq!((world.steps().await.len(), world.sweep().await.open), (0, 0));
}

#[tokio::test]
async fn waits_whose_job_is_gone_get_another_or_end_if_they_are_due() {
    let world = World::new().await;
    let run = world.run().await;
    world.open(run, "later", Until::Time(world.in_minutes(60)), None).await;
    world.open(run, "now", Until::Time(world.in_minutes(5)), None).await;
    world.write("DELETE FROM jobs", []).await;
    world.advance(5);
    let swept = world.sweep().await;
    assert_eq!((swept.lost.get("no_timer"), swept.lost.get("overdue")), (Some(&1), Some(&1)));
    assert_eq!(world.steps().await, [went("now", "DUE")]);
    let metrics = world.ambient.metrics().render(Default::default()).unwrap();
    assert!(metrics.contains(r#"rapport_waits_lost_total{problem="overdue"} 1"#), "{metrics}");
    assert_eq!(world.sweep().await.lost.len(), 0, "all is mended");
    let _process = world.process().await;
    world.advance(60);
    assert_eq!(world.went_on(2).await, [went("now", "DUE"), went("later", "DUE")]);
}

#[tokio::test]
async fn a_wait_that_cannot_be_mended_now_is_told_and_found_again() {
    let world = World::new().await;
    let run = world.run().await;
    world.open(run, "now", Until::Time(world.in_minutes(0)), None).await;
    let other = world.run().await;
    world.open(other, "also", Until::Time(world.in_minutes(0)), None).await;
    world.write("DELETE FROM jobs", []).await;
    world.fail(1);
    let swept = world.sweep().await;
    assert_eq!((swept.failed, swept.lost.get("overdue")), (1, Some(&1)));
    assert_eq!(world.sweep().await.lost.get("overdue"), Some(&1));
    assert_eq!(world.steps().await.len(), 2);
}

#[tokio::test]
async fn waits_that_ended_long_ago_are_deleted() {
    let world = World::new().await;
    let run = world.run().await;
    let old = world.open(run, "old", Until::Approval, None).await;
    world.decide(&old, true, 1).await.unwrap();
    world.advance(60 * 24 * 91);
    world.open(run, "open", Until::Approval, None).await;
    assert_eq!(world.sweep().await.deleted, 1);
    assert_eq!(world.count("waits").await, 1);
}
