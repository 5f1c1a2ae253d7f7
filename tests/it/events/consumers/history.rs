//! What consumers are told of history that is gone.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use chrono::TimeDelta;
use rapport::events::{EventConsumer, EventLog, Position};

use super::{super::add_at, Log, POLL, Scribe, numbers};
use crate::support::{TestDb, ambient, ambient_at, patience, today};

#[tokio::test]
async fn events_purged_before_they_were_read_are_told_and_the_rest_is_read() {
    let files = TestDb::new().await;
    let log = Log::with_scribe(&files).await;
    let mut tx = log.db.begin().await.unwrap();
    add_at(&mut tx, today() - TimeDelta::days(100), "t", "old").await;
    tx.commit().await.unwrap();
    log.write("t", &["kept"]).await;
    log.positions("t", 2).await;
    assert_eq!(log.events.purge(today() - TimeDelta::days(50)).await.unwrap(), 1);
    log.consume(&Scribe::new());
    assert_eq!(log.heard_so_many(2).await, ["(lost)", "kept"]);
    assert_eq!(log.scribe().await.losses, 1);
}

#[tokio::test]
async fn a_new_epoch_takes_no_event_from_a_consumer() {
    let files = TestDb::new().await;
    let log = Log::with_scribe(&files).await;
    let running = log.consume(&Scribe::new());
    log.write_numbers("t", 1..=5).await;
    log.heard_so_many(5).await;
    running.abort();
    log.write_numbers("t", 6..=8).await;
    log.positions("t", 8).await;
    let clock = ambient_at(today() + Duration::from_secs(1));
    log.events.begin_new_epoch(&clock).await.unwrap();
    log.consume(&Scribe::new());
    assert_eq!(log.heard_so_many(8).await, numbers(8));
    log.write_numbers("t", 9..=9).await;
    assert_eq!(log.heard_so_many(9).await, numbers(9));
}

/// On SQLite nobody can write while a consumer is at work.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_purged_while_they_are_read_are_told() {
    if !TestDb::is_postgres() {
        return;
    }
    let files = TestDb::new().await;
    let log = Log::without_tail(&files).await;
    log.register_scribe().await;
    let mut tx = log.db.begin().await.unwrap();
    add_at(&mut tx, today() - TimeDelta::days(100), "t", "old").await;
    tx.commit().await.unwrap();
    log.write("t", &["kept"]).await;
    patience(async {
        while log.events.read_all(Position::default(), 10).await.unwrap().len() < 2 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
    // A process whose step is stopped at its first look at the events or at what was purged of them, while these are.
    let mut db = files.connect().await;
    let is_purged = Arc::new(AtomicBool::new(true));
    let (armed, purging) = (is_purged.clone(), files.clone());
    db.on_statement(move |sql| {
        let is_look = sql.contains("FROM events WHERE (tx, id) >") || sql.contains("FROM event_log");
        if is_look && !armed.swap(true, Ordering::SeqCst) {
            let files = purging.clone();
            std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                runtime.block_on(async {
                    let events = EventLog::open(&files.connect().await, &ambient()).await.unwrap();
                    assert_eq!(events.purge(today() - TimeDelta::days(50)).await.unwrap(), 1);
                });
            })
            .join()
            .unwrap();
        }
    });
    let events = EventLog::open(&db, &ambient()).await.unwrap();
    is_purged.store(false, Ordering::SeqCst);
    let (stop, scribe) = (log.stop.clone(), Scribe::new());
    tokio::spawn(async move { events.consume(&[scribe as Arc<dyn EventConsumer>], POLL, stop).await });
    assert_eq!(log.heard_so_many(2).await, ["(lost)", "kept"]);
    assert_eq!(log.scribe().await.losses, 1);
}

#[tokio::test]
async fn a_new_epoch_does_not_hide_that_events_were_purged_unread() {
    let files = TestDb::new().await;
    let log = Log::with_scribe(&files).await;
    let mut tx = log.db.begin().await.unwrap();
    add_at(&mut tx, today() - TimeDelta::days(100), "t", "old").await;
    tx.commit().await.unwrap();
    log.write("t", &["kept"]).await;
    log.positions("t", 2).await;
    log.events.purge(today() - TimeDelta::days(50)).await.unwrap();
    log.events.begin_new_epoch(&ambient_at(today() + Duration::from_secs(1))).await.unwrap();
    log.consume(&Scribe::new());
    assert_eq!(log.heard_so_many(2).await, ["(lost)", "kept"]);
    assert_eq!(log.scribe().await.losses, 1);
}
