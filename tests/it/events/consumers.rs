//! What reacts to events by itself: each event once, whatever ends in between.

mod concerns;
mod failing;
mod history;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use rapport::{
    db::WriteTx,
    error::Error,
    events::{ConsumerState, Event, EventConsumer, NewEvent, Topic, append},
};
use sea_orm::{ConnectionTrait, Statement};
use tokio::task::JoinHandle;

use super::{Log, POLL, take, text};
use crate::support::{TestDb, ambient, patience};

/// A consumer that writes what it hears into a table, and an event of its own about it.
#[derive(Default)]
struct Scribe {
    /// The text that it cannot stand.
    fails_at: Option<&'static str>,
    may_fail: AtomicBool,
    attempts: AtomicUsize,
    /// Writes its own events on an ordered topic.
    is_ordered: bool,
    /// How it fails.
    failure: Failure,
}

/// How a reaction fails.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Failure {
    #[default]
    Error,
    Panic,
    /// It never ends by itself.
    Hangs,
}

impl Scribe {
    fn new() -> Arc<Self> {
        Arc::default()
    }

    fn failing_at(text: &'static str) -> Arc<Self> {
        Self::failing_by(text, Failure::Error)
    }

    fn failing_by(text: &'static str, failure: Failure) -> Arc<Self> {
        Arc::new(Self { fails_at: Some(text), may_fail: AtomicBool::new(true), failure, ..Self::default() })
    }

    fn echo(&self) -> Topic {
        if self.is_ordered { Topic::ordered("echo") } else { Topic::unordered("echo") }
    }
}

async fn note(tx: &WriteTx, text: &str) {
    let insert = "INSERT INTO heard (text) VALUES ($1)";
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), insert, [text.into()]);
    tx.execute_raw(statement).await.unwrap();
}

#[async_trait]
impl EventConsumer for Scribe {
    fn name(&self) -> &'static str {
        "scribe"
    }

    fn time_limit(&self) -> Duration {
        if self.failure == Failure::Hangs { Duration::from_millis(500) } else { Duration::from_secs(30) }
    }

    async fn topics(&self, _tx: &WriteTx, _events: &[Arc<Event>]) -> Result<Vec<Topic>, Error> {
        Ok(vec![self.echo()])
    }

    async fn react(&self, tx: &mut WriteTx, events: &[Arc<Event>]) -> Result<(), Error> {
        self.attempts.fetch_add(1, Ordering::Relaxed);
        for event in events.iter().filter(|event| event.topic.as_ref() == "t") {
            note(tx, &text(event)).await;
            let echo = NewEvent { topic: self.echo(), kind: "test", payload: text(event).into(), actor: None };
            append(tx, &ambient(), echo).await?;
            if self.fails_at == Some(&text(event)) && self.may_fail.load(Ordering::Relaxed) {
                match self.failure {
                    Failure::Error => return Err(Error::Conflict("it cannot stand this one".to_owned())),
                    Failure::Panic => panic!("it cannot stand this one"),
                    Failure::Hangs => std::future::pending::<()>().await,
                }
            }
        }
        Ok(())
    }

    async fn history_lost(&self, tx: &mut WriteTx) -> Result<(), Error> {
        note(tx, "(lost)").await;
        Ok(())
    }
}

impl Log {
    async fn with_scribe(files: &TestDb) -> Self {
        let log = Self::on(files, POLL).await;
        log.register_scribe().await;
        log
    }

    async fn register_scribe(&self) {
        let log = self;
        let table = "CREATE TABLE IF NOT EXISTS heard (place INTEGER PRIMARY KEY, text TEXT NOT NULL)";
        let table = match TestDb::is_postgres() {
            true => table.replace("INTEGER PRIMARY KEY", "SERIAL PRIMARY KEY"),
            false => table.to_owned(),
        };
        let tx = log.db.begin().await.unwrap();
        tx.execute_unprepared(&table).await.unwrap();
        tx.commit().await.unwrap();
        log.events.register(&["scribe"]).await.unwrap();
    }

    fn consume(&self, scribe: &Arc<Scribe>) -> JoinHandle<()> {
        let (events, stop) = (self.events.clone(), self.stop.clone());
        let consumers: Vec<Arc<dyn EventConsumer>> = vec![Arc::clone(scribe) as _];
        tokio::spawn(async move { events.consume(&consumers, POLL, stop).await })
    }

    /// What the scribe has written, in its order.
    async fn heard(&self) -> Vec<String> {
        let select = Statement::from_string(self.db.backend(), "SELECT text FROM heard ORDER BY place");
        let rows = self.db.reader().query_all_raw(select).await.unwrap();
        rows.iter().map(|row| row.try_get("", "text").unwrap()).collect()
    }

    async fn heard_so_many(&self, count: usize) -> Vec<String> {
        patience(async {
            loop {
                let heard = self.heard().await;
                if heard.len() >= count {
                    return heard;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        })
        .await
    }

    /// Waits until the scribe has failed so often.
    async fn failed(&self, times: i32) -> ConsumerState {
        patience(async {
            loop {
                let state = self.scribe().await;
                if state.failures >= times {
                    return state;
                }
                tokio::time::sleep(POLL).await;
            }
        })
        .await
    }

    async fn scribe(&self) -> ConsumerState {
        self.events.consumers().await.unwrap().into_iter().find(|state| state.name == "scribe").unwrap()
    }
}

fn numbers(last: u32) -> Vec<String> {
    (1..=last).map(|number| number.to_string()).collect()
}

#[tokio::test]
async fn a_consumer_begins_with_what_comes_after_it_and_hears_each_event_once() {
    let files = TestDb::new().await;
    let log = Log::on(&files, POLL).await;
    log.write("t", &["earlier"]).await;
    log.positions("t", 1).await;
    let log = Log::with_scribe(&files).await;
    // Written before it runs, in more than a batch, and while it does.
    log.write_numbers("t", 1..=450).await;
    log.consume(&Scribe::new());
    log.heard_so_many(450).await;
    log.write_numbers("t", 451..=500).await;
    assert_eq!(log.heard_so_many(500).await, numbers(500));
    // Also its own events, which it does not answer.
    patience(async {
        while log.events.consumer_lags().await.unwrap()[0].events > 0 {
            tokio::time::sleep(POLL).await;
        }
    })
    .await;
    assert_eq!(log.heard().await, numbers(500));
    assert_eq!(log.events.consumer_lags().await.unwrap()[0].oldest, None);
}

#[tokio::test]
async fn two_processes_share_a_consumer_without_gap_or_double() {
    let files = TestDb::new().await;
    let logs = [Log::with_scribe(&files).await, Log::with_scribe(&files).await];
    for log in &logs {
        log.consume(&Scribe::new());
    }
    for number in 0..60 {
        logs[number % 2].write("t", &[&*(number + 1).to_string().leak()]).await;
    }
    let mut heard = logs[0].heard_so_many(60).await;
    heard.sort_by_key(|text| text.parse::<u32>().unwrap());
    assert_eq!(heard, numbers(60));
    // Nothing comes after.
    logs[1].write("t", &["61"]).await;
    assert_eq!(logs[0].heard_so_many(61).await.last().unwrap(), "61");
    assert_eq!(logs[0].heard().await.len(), 61);
}

#[tokio::test]
async fn a_consumer_that_ends_at_any_moment_is_followed_by_one_that_goes_on_where_it_was() {
    let files = TestDb::new().await;
    let log = Log::with_scribe(&files).await;
    log.write_numbers("t", 1..=30).await;
    // Each lives a little longer than the last one, and none in peace.
    for moment in 0..60_u64 {
        let running = log.consume(&Scribe::new());
        for _ in 0..moment {
            tokio::task::yield_now().await;
        }
        if moment % 3 == 0 {
            tokio::time::sleep(Duration::from_micros(moment * 50)).await;
        }
        running.abort();
        log.write("t", &[&*(moment + 31).to_string().leak()]).await;
    }
    log.consume(&Scribe::new());
    assert_eq!(log.heard_so_many(90).await, numbers(90));
    // The events of its reactions came with them; they can be read when no older transaction is open.
    assert_eq!(take(&mut log.follow("echo"), 90).await, numbers(90));
}

#[tokio::test]
async fn what_commits_late_is_heard_and_nothing_after_it_is_missed() {
    let files = TestDb::new().await;
    let log = Log::with_scribe(&files).await;
    log.consume(&Scribe::new());
    let open = log.begin_with("t", "began first").await;
    let second = log.spawn_write("t", "began second");
    tokio::time::sleep(POLL * 3).await;
    open.commit().await.unwrap();
    second.await.unwrap();
    let mut heard = log.heard_so_many(2).await;
    heard.sort();
    assert_eq!(heard, ["began first", "began second"]);
}

#[tokio::test]
async fn a_reaction_that_fails_is_tried_again_and_holds_up_no_earlier_event() {
    let files = TestDb::new().await;
    let log = Log::with_scribe(&files).await;
    log.write_numbers("t", 1..=5).await;
    let scribe = Scribe::failing_at("4");
    log.consume(&scribe);
    // The first attempt had all five, and left nothing.
    assert_eq!(log.heard_so_many(3).await, numbers(3));
    patience(async {
        while log.scribe().await.failures < 2 {
            tokio::time::sleep(POLL).await;
        }
    })
    .await;
    assert_eq!(log.heard().await, numbers(3));
    assert!(log.events.consumer_lags().await.unwrap()[0].events >= 2);
    scribe.may_fail.store(false, Ordering::Relaxed);
    assert_eq!(log.heard_so_many(5).await, numbers(5));
    patience(async {
        while log.scribe().await.failures > 0 {
            tokio::time::sleep(POLL).await;
        }
    })
    .await;
    assert!(scribe.attempts.load(Ordering::Relaxed) >= 4);
}

/// A transaction gets its place in the log with its first change. Had the consumer changed its own row before it waits for
/// the topic, its event would stand before one that was committed, and read, before.
#[tokio::test]
async fn a_reaction_on_an_ordered_topic_stands_after_what_was_committed_before_it() {
    let files = TestDb::new().await;
    let log = Log::with_scribe(&files).await;
    let mut writer = log.db.begin().await.unwrap();
    writer.lock("echo").await.unwrap();
    // The other process writes what is reacted to, where two can write at a time.
    let cause = log.spawn_write("t", "second");
    let scribe = Arc::new(Scribe { is_ordered: true, ..Scribe::default() });
    log.consume(&scribe);
    if TestDb::is_postgres() {
        patience(async {
            let waits = "SELECT 1 AS one FROM pg_locks JOIN pg_database ON pg_database.oid = database \
                         WHERE datname = current_database() AND locktype = 'advisory' AND NOT granted";
            let waits = Statement::from_string(log.db.backend(), waits);
            while log.db.reader().query_one_raw(waits.clone()).await.unwrap().is_none() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        })
        .await;
    }
    add_on(&mut writer, Topic::ordered("echo"), "first").await;
    writer.commit().await.unwrap();
    cause.await.unwrap();
    log.heard_so_many(1).await;
    assert_eq!(take(&mut log.follow("echo"), 2).await, ["first", "second"]);
}

async fn add_on(tx: &mut WriteTx, topic: Topic, text: &str) {
    append(tx, &ambient(), NewEvent { topic, kind: "test", payload: text.into(), actor: None }).await.unwrap();
}
