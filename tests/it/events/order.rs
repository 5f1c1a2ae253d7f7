//! The order of events is the order in which they become readable: nothing is ever inserted behind a reader.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use rand::{RngExt, SeedableRng, rngs::StdRng};
use tokio::time::sleep;

use super::{Log, add, take};
use crate::support::{TestDb, patience};

#[tokio::test]
async fn a_transaction_that_appends_first_and_commits_last_is_not_skipped() {
    let log = Log::start().await;
    let mut live = log.follow("t");
    let first = log.begin_with("t", "first").await;
    let second = log.spawn_write("t", "second");
    if TestDb::is_postgres() {
        // SQLite has one writer: there the second waits for the first.
        patience(second).await.unwrap();
        assert_eq!(log.read("t").await, [""; 0], "what is before the second event is still open");
        first.commit().await.unwrap();
    } else {
        first.commit().await.unwrap();
        patience(second).await.unwrap();
    }
    assert_eq!(take(&mut live, 2).await, ["first", "second"]);
    assert_eq!(log.read("t").await, ["first", "second"]);
}

#[tokio::test]
async fn a_transaction_that_began_first_and_appends_last_is_not_skipped() {
    let log = Log::start().await;
    let mut live = log.follow("t");
    let mut first = log.begin_with("elsewhere", "this gives the transaction its id").await;
    let second = log.spawn_write("t", "second");
    let second = if TestDb::is_postgres() { patience(second).await.map(|()| None) } else { Ok(Some(second)) };
    add(&mut first, "t", "first").await;
    first.commit().await.unwrap();
    if let Some(second) = second.unwrap() {
        patience(second).await.unwrap();
    }
    assert_eq!(take(&mut live, 2).await, ["first", "second"]);
    assert_eq!(log.read("t").await, ["first", "second"]);
}

#[tokio::test]
async fn a_transaction_that_is_rolled_back_leaves_no_event() {
    let log = Log::start().await;
    let mut live = log.follow("t");
    drop(log.begin_with("t", "rolled back").await);
    log.write("t", &["kept"]).await;
    assert_eq!(take(&mut live, 1).await, ["kept"]);
    assert_eq!(log.read("t").await, ["kept"]);
}

#[tokio::test]
async fn the_events_of_a_transaction_stand_in_the_order_of_their_appends() {
    let log = Log::start().await;
    log.write_numbers("t", 1..=20).await;
    let expected: Vec<_> = (1..=20).map(|number| number.to_string()).collect();
    assert_eq!(take(&mut log.follow("t"), 20).await, expected);
}

#[tokio::test]
async fn transactions_that_lock_a_topic_stand_in_the_order_of_their_locks() {
    const WRITERS: u64 = 5;
    const ROUNDS: usize = 12;
    let log = Log::start().await;
    let mut live = log.follow("t");
    let locked = Arc::new(Mutex::new(Vec::new()));
    for writer in 0..WRITERS {
        let (log, locked) = (log.clone(), locked.clone());
        tokio::spawn(async move {
            let mut random = StdRng::seed_from_u64(writer);
            for round in 0..ROUNDS {
                let name = format!("{writer}:{round}");
                let mut tx = log.db.begin().await.unwrap();
                tx.lock("t").await.unwrap();
                locked.lock().unwrap().push(name.clone());
                sleep(Duration::from_micros(random.random_range(0..2000))).await;
                add(&mut tx, "t", &name).await;
                sleep(Duration::from_micros(random.random_range(0..2000))).await;
                tx.commit().await.unwrap();
            }
        });
    }
    let seen = take(&mut live, ROUNDS * usize::try_from(WRITERS).unwrap()).await;
    assert_eq!(seen, *locked.lock().unwrap());
    assert_eq!(log.read("t").await, seen);
}
