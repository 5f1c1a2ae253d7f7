//! Old events are purged; whoever still needed them is told.

use chrono::{DateTime, TimeDelta, Utc};
use rapport::events::{Found, Position};

use super::{Log, POLL, add, add_at, assert_lost, next, take};
use crate::support::{TestDb, patience, today};

fn day(number: i64) -> DateTime<Utc> {
    today() + TimeDelta::days(number)
}

/// A log with an event on each of the days 1 to 5, and their places.
async fn five_days() -> (Log, Vec<Position>) {
    let log = Log::start().await;
    for number in 1..=5 {
        let mut tx = log.db.begin().await.unwrap();
        add_at(&mut tx, day(number), "t", &number.to_string()).await;
        tx.commit().await.unwrap();
    }
    let positions = log.positions("t", 5).await;
    (log, positions)
}

#[tokio::test]
async fn purging_deletes_what_is_older_and_says_how_much() {
    let (log, _) = five_days().await;
    assert_eq!(log.events.purge(day(3)).await.unwrap(), 2);
    assert_eq!(log.read("t").await, ["3", "4", "5"]);
    assert_eq!(log.events.purge(day(3)).await.unwrap(), 0);
}

#[tokio::test]
async fn a_cursor_before_the_purge_is_lost() {
    let (log, positions) = five_days().await;
    log.events.purge(day(3)).await.unwrap();
    assert_lost(log.events.resolve(log.events.cursor(positions[0])).await);
    assert_lost(log.events.resolve(log.events.cursor(Position::default())).await);
}

#[tokio::test]
async fn a_cursor_exactly_at_the_purge_misses_nothing_and_holds() {
    let (log, positions) = five_days().await;
    log.events.purge(day(3)).await.unwrap();
    let position = log.events.resolve(log.events.cursor(positions[1])).await.unwrap();
    assert_eq!(take(&mut log.events.subscribe("t", position), 3).await, ["3", "4", "5"]);
}

#[tokio::test]
async fn a_subscriber_whose_backlog_is_purged_before_it_reads_is_told() {
    let (log, positions) = five_days().await;
    let position = log.events.resolve(log.events.cursor(positions[0])).await.unwrap();
    let mut follower = log.events.subscribe("t", position);
    log.events.purge(day(3)).await.unwrap();
    assert_lost(patience(follower.next()).await);
}

#[tokio::test]
async fn a_slow_subscriber_whose_backlog_is_purged_between_two_pages_is_told() {
    let log = Log::start().await;
    log.write_numbers("t", 1..=250).await;
    log.positions("t", 250).await;
    let mut slow = log.follow("t");
    take(&mut slow, 100).await;
    log.events.purge(day(1)).await.unwrap();
    assert_lost(patience(slow.next()).await);
}

#[tokio::test]
async fn a_subscriber_that_is_live_does_not_care_for_a_purge() {
    let (log, _) = five_days().await;
    let mut follower = log.follow("t");
    take(&mut follower, 5).await;
    log.events.purge(day(10)).await.unwrap();
    log.write("t", &["6"]).await;
    assert_eq!(take(&mut follower, 1).await, ["6"]);
}

#[tokio::test]
async fn a_log_that_was_purged_to_its_end_goes_on_where_it_was() {
    let files = TestDb::new().await;
    let before = Log::on(&files, POLL).await;
    before.write("t", &["1", "2"]).await;
    let last = before.positions("t", 2).await[1];
    before.events.purge(day(1)).await.unwrap();
    let after = Log::on(&files, POLL).await;
    assert_eq!(after.events.end().await.unwrap(), last);
    let position = after.events.resolve(after.events.cursor(last)).await.unwrap();
    let mut follower = after.events.subscribe("t", position);
    after.write("t", &["3"]).await;
    assert!(next(&mut follower).await.position > last);
}

#[tokio::test]
async fn a_purged_event_is_known_as_purged() {
    let (log, positions) = five_days().await;
    log.events.purge(day(3)).await.unwrap();
    let found = log.events.positions_of(&[positions[0].id, positions[4].id]).await.unwrap();
    assert_eq!(found, [Found::Purged(positions[1]), Found::At(positions[4])]);
}

#[tokio::test]
async fn an_event_with_a_wrong_old_time_takes_no_younger_ones_with_it() {
    let (log, _) = five_days().await;
    let mut tx = log.db.begin().await.unwrap();
    add_at(&mut tx, DateTime::UNIX_EPOCH, "t", "a clock that had not been set").await;
    tx.commit().await.unwrap();
    log.positions("t", 6).await;
    assert_eq!(log.events.purge(day(3)).await.unwrap(), 2);
    assert_eq!(log.read("t").await.len(), 4);
}

#[tokio::test]
async fn more_than_one_batch_is_purged_at_once() {
    let log = Log::start().await;
    let mut tx = log.db.begin().await.unwrap();
    for _ in 0..2100 {
        add(&mut tx, "t", "old").await;
    }
    add_at(&mut tx, day(3), "t", "young").await;
    tx.commit().await.unwrap();
    log.positions("t", 2101).await;
    assert_eq!(log.events.purge(day(3)).await.unwrap(), 2100);
    assert_eq!(log.read("t").await, ["young"]);
}

#[tokio::test]
async fn two_purges_at_once_agree_on_what_is_gone() {
    let (log, positions) = five_days().await;
    let purges = [day(2), day(5), day(3), day(4)].map(|cutoff| {
        let log = log.clone();
        tokio::spawn(async move { log.events.purge(cutoff).await.unwrap() })
    });
    let mut purged = 0;
    for purge in purges {
        purged += patience(purge).await.unwrap();
    }
    assert_eq!(purged, 4);
    assert_lost(log.events.resolve(log.events.cursor(positions[2])).await);
    assert!(log.events.resolve(log.events.cursor(positions[3])).await.is_ok());
}
