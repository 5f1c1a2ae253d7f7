//! Consumers whom most events do not concern.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use rapport::{
    db::{Reader, WriteTx},
    error::Error,
    events::{Event, EventConsumer, EventLog, Position},
};

use super::{Log, POLL, Scribe};
use crate::support::{TestDb, ambient, ambient_at, patience, today};

/// A scribe that events of the topic `t` alone concern.
struct Choosy {
    scribe: Arc<Scribe>,
    asked_about: AtomicUsize,
}

#[async_trait]
impl EventConsumer for Choosy {
    fn name(&self) -> &'static str {
        self.scribe.name()
    }

    async fn concerns(&self, _reader: &Reader, events: &[Arc<Event>]) -> Result<bool, Error> {
        self.asked_about.fetch_add(events.len(), Ordering::Relaxed);
        Ok(events.iter().any(|event| event.topic.as_ref() == "t"))
    }

    async fn react(&self, tx: &mut WriteTx, events: &[Arc<Event>]) -> Result<(), Error> {
        self.scribe.react(tx, events).await
    }

    async fn history_lost(&self, tx: &mut WriteTx) -> Result<(), Error> {
        self.scribe.history_lost(tx).await
    }
}

fn choose(log: &Log) -> Arc<Choosy> {
    let choosy = Arc::new(Choosy { scribe: Scribe::new(), asked_about: AtomicUsize::new(0) });
    let (events, stop) = (log.events.clone(), log.stop.clone());
    let consumers: Vec<Arc<dyn EventConsumer>> = vec![choosy.clone()];
    tokio::spawn(async move { events.consume(&consumers, POLL, stop).await });
    choosy
}

/// Waits until the consumer of this process has looked at as many events.
async fn looked_at(choosy: &Choosy, events: usize) {
    patience(async {
        while choosy.asked_about.load(Ordering::Relaxed) < events {
            tokio::time::sleep(POLL).await;
        }
    })
    .await;
}

#[tokio::test]
async fn many_events_that_do_not_concern_it_are_looked_at_once_and_passed_by_one_step() {
    let files = TestDb::new().await;
    let log = Log::with_scribe(&files).await;
    let choosy = choose(&log);
    // The first step is taken whatever there is.
    log.write("t", &["first"]).await;
    assert_eq!(log.heard_so_many(1).await, ["first"]);
    let place = log.scribe().await.position;
    log.write_numbers("other", 1..=2_000).await;
    looked_at(&choosy, 2_000).await;
    let steps = choosy.scribe.attempts.load(Ordering::Relaxed);
    // More than one only where the place was moved between two looks.
    assert!(steps < 5, "{steps}");
    log.write("t", &["second"]).await;
    assert_eq!(log.heard_so_many(2).await, ["first", "second"]);
    assert!(choosy.asked_about.load(Ordering::Relaxed) < 2_100, "they were looked at again");
    // At once past all of them, not a batch further.
    let moved = log.scribe().await.position;
    assert!(place < moved);
    assert_eq!(moved, *log.positions("t", 2).await.last().unwrap());
}

#[tokio::test]
async fn the_place_moves_past_events_that_do_not_concern_it_while_nothing_else_comes() {
    let files = TestDb::new().await;
    let log = Log::with_scribe(&files).await;
    choose(&log);
    log.write("t", &["first"]).await;
    log.heard_so_many(1).await;
    log.write_numbers("other", 1..=500).await;
    patience(async {
        while log.events.consumer_lags().await.unwrap()[0].events > 0 {
            tokio::time::sleep(POLL).await;
        }
    })
    .await;
}

#[tokio::test]
async fn two_processes_that_pass_over_events_hear_the_others_once() {
    let files = TestDb::new().await;
    let log = Log::with_scribe(&files).await;
    let beside = Log::on(&files, POLL).await;
    let (one, other) = (choose(&log), choose(&beside));
    for number in 1..=20 {
        log.write_numbers("other", 1..=50).await;
        beside.write("t", &[&number.to_string()]).await;
    }
    assert_eq!(log.heard_so_many(20).await, super::numbers(20));
    let attempts = |choosy: &Choosy| choosy.scribe.attempts.load(Ordering::Relaxed);
    assert!(attempts(&one) + attempts(&other) > 0);
    // Whichever is behind finds nothing more to do.
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(log.heard().await, super::numbers(20));
}

#[tokio::test]
async fn a_new_epoch_under_a_consumer_that_passes_over_events_loses_nothing() {
    let files = TestDb::new().await;
    let log = Log::with_scribe(&files).await;
    let choosy = choose(&log);
    log.write("t", &["first"]).await;
    log.heard_so_many(1).await;
    log.write_numbers("other", 1..=300).await;
    looked_at(&choosy, 300).await;
    let beside: EventLog = EventLog::open(&files.connect().await, &ambient()).await.unwrap();
    beside.begin_new_epoch(&ambient_at(today() + Duration::from_secs(1))).await.unwrap();
    log.write("t", &["second"]).await;
    assert_eq!(log.heard_so_many(2).await, ["first", "second"]);
    assert!(log.scribe().await.position > Position::default());
}
