//! Several processes on one database.

use std::time::Duration;

use tokio::time::timeout;

use super::{Log, POLL, take};
use crate::support::{TestDb, patience};

/// Longer than any test waits.
const NEVER: Duration = Duration::from_secs(3600);

/// Waits until the process `here` hears of what is written `there`.
async fn listens(here: &Log, there: &Log) {
    let mut follower = here.follow("greeting");
    patience(async {
        while timeout(POLL, follower.next()).await.is_err() {
            there.write("greeting", &["hello"]).await;
        }
    })
    .await;
}

#[tokio::test]
async fn events_of_another_process_arrive() {
    let files = TestDb::new().await;
    // On PostgreSQL by a notification alone; on SQLite the poll finds them.
    let poll = if TestDb::is_postgres() { NEVER } else { POLL };
    let (here, there) = (Log::on(&files, poll).await, Log::on(&files, poll).await);
    listens(&here, &there).await;
    let mut follower = here.follow("t");
    for text in ["1", "2", "3"] {
        there.write("t", &[text]).await;
        assert_eq!(take(&mut follower, 1).await, [text]);
    }
}

#[tokio::test]
async fn an_event_that_waited_for_a_transaction_that_was_rolled_back_is_not_left_waiting() {
    let log = Log::on(&TestDb::new().await, NEVER).await;
    let mut live = log.follow("t");
    let open = log.begin_with("t", "rolled back").await;
    let committed = log.spawn_write("t", "committed");
    if TestDb::is_postgres() {
        patience(committed).await.unwrap();
    }
    // Nobody tells the tail of a rollback: it has to look by itself.
    drop(open);
    assert_eq!(take(&mut live, 1).await, ["committed"]);
}

#[tokio::test]
async fn a_lost_wake_up_costs_a_poll_and_nothing_else() {
    let files = TestDb::new().await;
    let here = Log::on(&files, POLL).await;
    // Without a tail this process tells nobody what it writes.
    let silent = Log::without_tail(&files).await;
    let mut follower = here.follow("t");
    for text in ["1", "2", "3"] {
        silent.write("t", &[text]).await;
        assert_eq!(take(&mut follower, 1).await, [text]);
    }
}

#[tokio::test]
async fn a_process_that_starts_later_reads_the_same_history() {
    let files = TestDb::new().await;
    let first = Log::on(&files, POLL).await;
    first.write("t", &["1", "2"]).await;
    assert_eq!(take(&mut first.follow("t"), 2).await, ["1", "2"]);
    first.stop.cancel();
    let second = Log::on(&files, POLL).await;
    let mut follower = second.follow("t");
    assert_eq!(take(&mut follower, 2).await, ["1", "2"]);
    second.write("t", &["3"]).await;
    assert_eq!(take(&mut follower, 1).await, ["3"]);
}

#[tokio::test]
async fn a_cursor_of_one_process_is_good_in_another() {
    let files = TestDb::new().await;
    let (here, there) = (Log::on(&files, POLL).await, Log::on(&files, POLL).await);
    here.write("t", &["1", "2"]).await;
    let position = here.positions("t", 2).await[0];
    let resolved = patience(there.events.resolve(here.events.cursor(position))).await.unwrap();
    assert_eq!(take(&mut there.events.subscribe("t", resolved), 1).await, ["2"]);
}
