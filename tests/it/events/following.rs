//! A subscription yields every event of its topic after its start, once and in order.

use std::time::Duration;

use rapport::events::{EventsError, Position, Subscription};
use tokio::time::timeout;

use super::{Log, POLL, next, take, text};
use crate::support::{TestDb, patience};

/// A follower that has read all there was and waits for what comes live.
async fn live_follower(log: &Log, topic: &str) -> Subscription {
    let mut follower = log.follow(topic);
    log.write(topic, &["first"]).await;
    assert_eq!(take(&mut follower, 1).await, ["first"]);
    follower
}

fn numbers(numbers: std::ops::RangeInclusive<u32>) -> Vec<String> {
    numbers.map(|number| number.to_string()).collect()
}

/// Waits until the tail has handed out all that is written.
async fn tail_has_caught_up(log: &Log, witness: &mut Subscription) {
    log.write("witness", &["now"]).await;
    assert_eq!(take(witness, 1).await, ["now"]);
}

#[tokio::test]
async fn a_subscriber_that_falls_behind_the_buffer_reads_on_from_the_log() {
    let log = Log::start().await;
    let mut witness = live_follower(&log, "witness").await;
    let mut slow = live_follower(&log, "t").await;
    // The hub keeps 32 events for a subscriber, and a page of the log holds 100.
    log.write_numbers("t", 1..=350).await;
    tail_has_caught_up(&log, &mut witness).await;
    assert_eq!(take(&mut slow, 350).await, numbers(1..=350));
    log.write("t", &["and on"]).await;
    assert_eq!(take(&mut slow, 1).await, ["and on"]);
}

#[tokio::test]
async fn a_subscriber_that_falls_behind_again_and_again_misses_nothing() {
    let log = Log::start().await;
    let mut witness = live_follower(&log, "witness").await;
    let mut slow = live_follower(&log, "t").await;
    let mut read = 0;
    for last in [40, 41, 120, 152, 184, 217, 330] {
        log.write_numbers("t", read + 1..=last).await;
        tail_has_caught_up(&log, &mut witness).await;
        // It leaves some unread each time, so that what it holds and what it lost overlap.
        let leave = (last - read) / 3;
        let count = usize::try_from(last - read - leave).unwrap();
        assert_eq!(take(&mut slow, count).await, numbers(read + 1..=last - leave));
        let count = usize::try_from(leave).unwrap();
        assert_eq!(take(&mut slow, count).await, numbers(last - leave + 1..=last));
        read = last;
    }
}

#[tokio::test]
async fn what_is_both_in_the_backlog_and_live_comes_once() {
    let log = Log::start().await;
    let mut witness = live_follower(&log, "witness").await;
    let mut follower = log.follow("t");
    log.write("t", &["1", "2", "3"]).await;
    // Now the hub has handed them out too.
    tail_has_caught_up(&log, &mut witness).await;
    assert_eq!(take(&mut follower, 3).await, ["1", "2", "3"]);
    log.write("t", &["4"]).await;
    assert_eq!(take(&mut follower, 1).await, ["4"]);
}

#[tokio::test]
async fn a_subscriber_begins_behind_the_position_it_names() {
    let log = Log::start().await;
    log.write("t", &["1", "2", "3"]).await;
    let positions = log.positions("t", 3).await;
    for (seen, position) in positions.into_iter().enumerate() {
        let mut follower = log.events.subscribe("t", position);
        assert_eq!(take(&mut follower, 2 - seen).await, ["2", "3"][seen..]);
    }
}

#[tokio::test]
async fn a_backlog_of_whole_pages_is_followed_by_what_is_live() {
    for count in [99, 100, 101, 200] {
        let log = Log::start().await;
        log.write_numbers("t", 1..=count).await;
        let mut follower = log.follow("t");
        assert_eq!(take(&mut follower, usize::try_from(count).unwrap()).await, numbers(1..=count));
        log.write("t", &["live"]).await;
        assert_eq!(take(&mut follower, 1).await, ["live"]);
    }
}

#[tokio::test]
async fn each_subscriber_of_a_topic_gets_every_event_and_none_of_other_topics() {
    let log = Log::start().await;
    let mut followers = [log.follow("t"), log.follow("t"), log.follow("t")];
    for number in 1..=5 {
        log.write("other", &["not for t"]).await;
        log.write("t", &[&number.to_string()]).await;
    }
    for follower in &mut followers {
        assert_eq!(take(follower, 5).await, numbers(1..=5));
    }
}

#[tokio::test]
async fn a_wait_that_is_given_up_loses_nothing() {
    let log = Log::start().await;
    let mut impatient = log.follow("t");
    let writer = tokio::spawn({
        let log = log.clone();
        async move {
            for number in 1..=150 {
                log.write("t", &[&number.to_string()]).await;
            }
        }
    });
    let mut seen = Vec::new();
    let mut wait = 0;
    let read = async {
        while seen.len() < 150 {
            wait = (wait + 37) % 1500;
            if let Ok(event) = timeout(Duration::from_micros(wait), impatient.next()).await {
                seen.push(text(&event.unwrap()));
            }
        }
    };
    patience(read).await;
    assert_eq!(seen, numbers(1..=150));
    patience(writer).await.unwrap();
}

#[tokio::test]
async fn a_topic_is_forgotten_with_its_last_subscriber() {
    let log = Log::start().await;
    let (one, another, other) = (log.follow("t"), log.follow("t"), log.follow("other"));
    assert_eq!(log.events.followed_topics(), 2);
    drop(one);
    assert_eq!(log.events.followed_topics(), 2);
    drop(another);
    assert_eq!(log.events.followed_topics(), 1);
    drop(other);
    assert_eq!(log.events.followed_topics(), 0);
}

#[tokio::test]
async fn a_topic_that_was_forgotten_can_be_followed_again() {
    let log = Log::start().await;
    drop(live_follower(&log, "t").await);
    let position = log.positions("t", 1).await[0];
    let mut follower = log.events.subscribe("t", position);
    log.write("t", &["second"]).await;
    assert_eq!(take(&mut follower, 1).await, ["second"]);
}

#[tokio::test]
async fn subscriptions_end_when_the_log_stops() {
    let log = Log::without_tail(&TestDb::new().await).await;
    let tail = log.run(POLL);
    let mut follower = live_follower(&log, "t").await;
    log.stop.cancel();
    patience(tail).await.unwrap();
    let end = patience(follower.next()).await;
    assert!(matches!(end, Err(EventsError::Closed)), "{end:?}");
}

#[tokio::test]
async fn what_is_written_before_the_tail_runs_is_handed_out_when_it_does() {
    let log = Log::without_tail(&TestDb::new().await).await;
    let mut follower = log.events.subscribe("t", Position::default());
    assert!(timeout(POLL, follower.next()).await.is_err(), "nothing is written yet");
    log.write("t", &["early"]).await;
    log.run(POLL);
    assert_eq!(text(&next(&mut follower).await), "early");
}
