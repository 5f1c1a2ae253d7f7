//! The event log itself: order, following, history.

mod catalogue;
mod consumers;
mod following;
mod history;
mod order;
mod processes;
mod random;
mod retention;

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use rapport::{
    ambient::Ambient,
    db::{Db, WriteTx},
    events::{Event, EventLog, EventsError, NewEvent, Position, Subscription, Topic, append},
};
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::support::{TestDb, ambient, ambient_at, ambient_of_its_own, patience};

/// How often a tail looks by itself where a test does not care.
const POLL: Duration = Duration::from_millis(20);

/// An event log with its tail: what one process has of it.
#[derive(Clone)]
struct Log {
    events: EventLog,
    db: Db,
    stop: CancellationToken,
    _files: TestDb,
    _stop_at_the_end: Arc<DropGuard>,
}

impl Log {
    /// On a database of its own.
    async fn start() -> Self {
        Self::on(&TestDb::new().await, POLL).await
    }

    /// On `files`, beside whoever else is there.
    async fn on(files: &TestDb, poll: Duration) -> Self {
        let log = Self::without_tail(files).await;
        log.run(poll);
        log
    }

    /// A log whose tail does not run yet.
    async fn without_tail(files: &TestDb) -> Self {
        let db = files.connect().await;
        let events = EventLog::open(&db, &ambient_of_its_own()).await.unwrap();
        let stop = CancellationToken::new();
        let guard = Arc::new(stop.clone().drop_guard());
        Self { events, db, stop, _files: files.clone(), _stop_at_the_end: guard }
    }

    fn run(&self, poll: Duration) -> JoinHandle<()> {
        let (events, stop) = (self.events.clone(), self.stop.clone());
        tokio::spawn(async move { events.run(poll, stop).await })
    }

    /// Writes each text as an event in a transaction of its own.
    async fn write(&self, topic: &str, texts: &[&str]) {
        for text in texts {
            self.begin_with(topic, text).await.commit().await.unwrap();
        }
    }

    /// The numbers up to `last` as events, all in one transaction.
    async fn write_numbers(&self, topic: &str, numbers: std::ops::RangeInclusive<u32>) {
        let mut tx = self.db.begin().await.unwrap();
        for number in numbers {
            add(&mut tx, topic, &number.to_string()).await;
        }
        tx.commit().await.unwrap();
    }

    /// An open transaction with an event in it.
    async fn begin_with(&self, topic: &str, text: &str) -> WriteTx {
        let mut tx = self.db.begin().await.unwrap();
        add(&mut tx, topic, text).await;
        tx
    }

    /// Writes an event by a task of its own.
    fn spawn_write(&self, topic: &'static str, text: &'static str) -> JoinHandle<()> {
        let log = self.clone();
        tokio::spawn(async move { log.write(topic, &[text]).await })
    }

    /// Follows `topic` from its beginning.
    fn follow(&self, topic: &str) -> Subscription {
        self.events.subscribe(topic, Position::default())
    }

    /// All that can be read of `topic` now.
    async fn read(&self, topic: &str) -> Vec<String> {
        let events = self.events.read_topic(topic, Position::default(), 10_000).await.unwrap();
        events.iter().map(text).collect()
    }

    /// Where the events of `topic` stand, once as many as `count` can be read.
    async fn positions(&self, topic: &str, count: usize) -> Vec<Position> {
        let mut follower = self.follow(topic);
        let mut positions = Vec::new();
        while positions.len() < count {
            positions.push(next(&mut follower).await.position);
        }
        positions
    }
}

async fn add(tx: &mut WriteTx, topic: &str, text: &str) {
    add_by(tx, &ambient(), topic, text).await;
}

/// Appends an event of this time.
async fn add_at(tx: &mut WriteTx, time: DateTime<Utc>, topic: &str, text: &str) {
    add_by(tx, &ambient_at(time), topic, text).await;
}

async fn add_by(tx: &mut WriteTx, ambient: &Ambient, topic: &str, text: &str) {
    let event =
        NewEvent { topic: Topic::unordered(topic.to_owned().leak()), kind: "test", payload: text.into(), actor: None };
    append(tx, ambient, event).await.unwrap();
}

fn text(event: &Arc<Event>) -> String {
    event.payload.as_str().unwrap().to_owned()
}

/// The next event, which must come.
async fn next(follower: &mut Subscription) -> Arc<Event> {
    patience(follower.next()).await.unwrap()
}

/// The next so many events.
async fn take(follower: &mut Subscription, count: usize) -> Vec<String> {
    let mut texts = Vec::new();
    for _ in 0..count {
        texts.push(text(&next(follower).await));
    }
    texts
}

/// Holds that reading ends with [`EventsError::HistoryLost`].
#[track_caller]
fn assert_lost<T: std::fmt::Debug>(result: Result<T, EventsError>) {
    assert!(matches!(result, Err(EventsError::HistoryLost)), "{result:?}");
}
