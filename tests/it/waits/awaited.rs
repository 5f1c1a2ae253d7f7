//! Waits for events.

use std::{sync::Arc, time::Duration};

use rapport::waits::{EventMatch, Until, WaitOutcome};
use serde_json::json;

use super::world::{World, happened, went};

#[tokio::test]
async fn an_event_that_came_before_the_wait_is_found_once() {
    let world = World::new().await;
    let run = world.run().await;
    let since = world.settled().await;
    world.happen(1).await;
    world.happen(2).await;
    world.settled().await;
    let (_one, _other) = (world.process().await, world.process().await);
    world.open_for(run, "event", 2, Some(since)).await;
    assert_eq!(world.went_on(1).await, [went("event", "MATCHED")]);
    let results = world.results().await;
    assert_eq!((&results[0]["kind"], &results[0]["payload"]["number"]), (&json!("test.happened"), &json!(2)));
    // The same again ends nothing.
    world.happen(2).await;
    world.open_for(run, "next", 3, None).await;
    world.happen(3).await;
    assert_eq!(world.went_on(2).await, [went("event", "MATCHED"), went("next", "MATCHED")]);
}

#[tokio::test]
async fn of_several_events_the_first_ends_the_wait_and_only_what_fits_does() {
    let world = World::new().await;
    let run = world.run().await;
    let since = world.settled().await;
    for number in [5, 3, 4, 3] {
        world.happen(number).await;
    }
    let any = vec![happened(9), happened(4), happened(3), EventMatch::of("test.else")];
    world.open(run, "any", Until::Event { any, since: Some(since) }, None).await;
    let _process = world.process().await;
    world.went_on(1).await;
    assert_eq!(world.results().await[0]["payload"]["number"], 3);
}

#[tokio::test]
async fn without_a_place_only_what_comes_after_the_wait_counts() {
    let world = World::new().await;
    let _process = world.process().await;
    let run = world.run().await;
    world.happen(1).await;
    let wait = world.open_for(run, "event", 1, None).await;
    world.eventually(async || world.wait(&wait).await.is_live).await;
    assert_eq!(world.steps().await, []);
    world.happen(1).await;
    assert_eq!(world.went_on(1).await, [went("event", "MATCHED")]);
}

/// The event may come before the wait, together with it, or after it; two processes read the log meanwhile.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_that_comes_with_its_wait_is_found_once() {
    const RUNS: u32 = 40;
    let world = Arc::new(World::new().await);
    let (_one, _other) = (world.process().await, world.process().await);
    let mut tasks = Vec::new();
    for number in 0..RUNS {
        let run = world.run().await;
        let since = world.log.end().await.unwrap();
        let (opening, happening) = (world.clone(), world.clone());
        tasks.push(tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(u64::from(number % 7))).await;
            opening.open_for(run, &format!("run {number:02}"), number, Some(since)).await;
        }));
        tasks.push(tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(u64::from(number % 5))).await;
            happening.happen(number).await;
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    let mut steps = world.went_on(i64::from(RUNS)).await;
    steps.sort();
    let expected: Vec<_> = (0..RUNS).map(|number| went(&format!("run {number:02}"), "MATCHED")).collect();
    assert_eq!(steps, expected);
    assert_eq!(world.count("awaited_events").await, 0);
}

#[tokio::test]
async fn events_that_were_purged_before_they_were_looked_at_are_told_to_the_owner() {
    let world = World::new().await;
    let run = world.run().await;
    let since = world.settled().await;
    world.happen(1).await;
    world.advance(60);
    world.happen(2).await;
    world.settled().await;
    world.log.purge(world.in_minutes(-30)).await.unwrap();
    let _process = world.process().await;
    let wait = world.open_for(run, "event", 1, Some(since)).await;
    let found = world.open_for(run, "found", 2, Some(since)).await;
    assert_eq!(world.went_on(1).await, [went("found", "MATCHED")]);
    world.eventually(async || world.wait(&wait).await.lost_at.is_some()).await;
    assert_eq!(world.sweep().await.lost.get("history_lost"), Some(&1));
    assert_eq!(world.went_on(2).await.last(), Some(&went("event", "HISTORY_LOST")));
    assert_eq!(world.wait(&found).await.outcome, Some(WaitOutcome::Matched));
}

#[tokio::test]
async fn a_new_epoch_takes_no_event_from_a_wait() {
    let world = World::new().await;
    let run = world.run().await;
    let since = world.settled().await;
    world.happen(1).await;
    world.open_for(run, "event", 1, Some(since)).await;
    world.settled().await;
    world.log.begin_new_epoch(&world.ambient).await.unwrap();
    let _process = world.process().await;
    assert_eq!(world.went_on(1).await, [went("event", "MATCHED")]);
}

#[tokio::test]
async fn an_owner_that_cannot_go_on_holds_its_event_until_it_can() {
    let world = World::new().await;
    let _process = world.process().await;
    let run = world.run().await;
    world.fail(2);
    world.open_for(run, "event", 1, None).await;
    world.happen(1).await;
    assert_eq!(world.went_on(1).await, [went("event", "MATCHED")]);
}
