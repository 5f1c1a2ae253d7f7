//! Something that waits, and processes that go on with it.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use rapport::{
    ambient::Ambient,
    config::{Config, JobsConfig},
    db::{Db, Id, Identified, WriteTx},
    error::{Error, Result},
    events::{EventConsumer, EventLog, NewEvent, Position, Topic, append},
    jobs::{Context, Job, JobError, NewJob, Registry, Schedule, Worker, enqueue},
    waits::{
        AwaitedEvents, Decided, Decision, EndWait, Ended, EventMatch, NewWait, Owner, SweepWaits, Swept, Until,
        WaitEntity, WaitOutcome, WaitRow, Waiter, Waiters, decide, open_wait,
    },
};
use sea_orm::{ConnectionTrait, EntityTrait, Statement, Value as SqlValue};
use serde_json::{Value, json};
use tokio_util::sync::{CancellationToken, DropGuard};
use uuid::Uuid;

use crate::support::{HandClock, TestDb, patience, today};

const POLL: Duration = Duration::from_millis(20);

/// A run of the tests' own: what waits.
pub enum Run {}

impl Identified for Run {
    const PREFIX: &'static str = "trun";
    const NOUN: &'static str = "test run";
}

/// The kind of owner of the tests. What it does at the end of a wait is a row and a job.
#[derive(Clone)]
pub struct Runs {
    ambient: Ambient,
    /// How often it still cannot go on.
    failures: Arc<AtomicUsize>,
}

#[async_trait]
impl Waiter for Runs {
    fn kind(&self) -> &'static str {
        "test_run"
    }

    fn topic(&self, owner: Uuid) -> Topic {
        topic_of(owner)
    }

    async fn generations(&self, tx: &WriteTx, owners: &[Uuid]) -> Result<HashMap<Uuid, i32>> {
        let mut generations = HashMap::new();
        for owner in owners {
            let sql = "SELECT generation FROM test_runs WHERE id = $1";
            if let Some(row) = tx.query_one_raw(statement(tx, sql, [(*owner).into()])).await? {
                generations.insert(*owner, row.try_get("", "generation")?);
            }
        }
        Ok(generations)
    }

    async fn go_on(&self, tx: &mut WriteTx, ended: &Ended) -> Result<()> {
        step(tx, &ended.wait.path, ended.outcome, &ended.result).await?;
        enqueue::<Next>(tx, &self.ambient, NewJob::new(ended.wait.path.clone(), None)).await?;
        let is_refused = self.failures.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        if is_refused.is_ok() {
            return Err(Error::Conflict("it cannot go on now".to_owned()));
        }
        Ok(())
    }
}

/// The job by which a run goes on.
#[derive(Clone)]
struct Next;

impl Job for Next {
    const KIND: &'static str = "test_next";
    type Input = String;
    type Output = ();

    async fn run(&self, ctx: Context, path: String) -> std::result::Result<(), JobError> {
        let mut tx = ctx.begin().await?;
        let insert = statement(tx.tx(), "INSERT INTO test_done (path) VALUES ($1)", [path.into()]);
        tx.tx().execute_raw(insert).await?;
        ctx.leave(tx);
        Ok(())
    }
}

async fn step(tx: &WriteTx, path: &str, outcome: WaitOutcome, result: &Value) -> Result<()> {
    let outcome = serde_json::to_value(outcome)?.as_str().unwrap().to_owned();
    let insert = "INSERT INTO test_steps (path, outcome, result) VALUES ($1, $2, $3)";
    tx.execute_raw(statement(tx, insert, [path.into(), outcome.into(), result.to_string().into()])).await?;
    Ok(())
}

fn statement<const N: usize>(tx: &WriteTx, sql: &str, values: [SqlValue; N]) -> Statement {
    Statement::from_sql_and_values(tx.get_database_backend(), sql, values)
}

pub fn topic_of(owner: Uuid) -> Topic {
    Topic::of_one("test_run", Id::<Run>::from_uuid(owner))
}

/// A database with runs, and a clock that only the test moves.
pub struct World {
    pub files: TestDb,
    pub db: Db,
    pub log: EventLog,
    pub ambient: Ambient,
    pub runs: Runs,
    clock: HandClock,
    _tail: DropGuard,
}

/// What one process has: a tail, a worker and the consumer of awaited events. It ends when this is dropped.
pub struct Process {
    _stop: DropGuard,
}

impl World {
    pub async fn new() -> Self {
        let files = TestDb::new().await;
        let clock = HandClock::at(today());
        let ambient = Ambient::seeded(Arc::new(clock.clone()), 7);
        let db = files.connect().await;
        let place = if TestDb::is_postgres() { "SERIAL" } else { "INTEGER" };
        for table in [
            "CREATE TABLE test_runs (id UUID PRIMARY KEY, generation INTEGER NOT NULL)",
            &format!("CREATE TABLE test_steps (place {place} PRIMARY KEY, path TEXT, outcome TEXT, result TEXT)"),
            "CREATE TABLE test_done (path TEXT)",
        ] {
            db.owner().execute_unprepared(table).await.unwrap();
        }
        let log = EventLog::open(&db, &ambient).await.unwrap();
        log.register(&["waits"]).await.unwrap();
        let tail = run_tail(&log).drop_guard();
        let runs = Runs { ambient: ambient.clone(), failures: Arc::default() };
        Self { files, db, log, ambient, runs, clock, _tail: tail }
    }

    pub fn waiters(&self) -> Waiters {
        Waiters::default().with(self.runs.clone())
    }

    /// The runs cannot go on so many times.
    pub fn fail(&self, times: usize) {
        self.runs.failures.store(times, Ordering::SeqCst);
    }

    pub fn in_minutes(&self, minutes: i64) -> DateTime<Utc> {
        self.ambient.now() + TimeDelta::minutes(minutes)
    }

    pub fn advance(&self, minutes: i64) {
        self.clock.advance(TimeDelta::minutes(minutes));
    }

    /// Starts a process with a connection of its own.
    pub async fn process(&self) -> Process {
        let db = self.files.connect().await;
        let log = EventLog::open(&db, &self.ambient).await.unwrap();
        let stop = run_tail(&log);
        let registry =
            Registry::default().with(Next).with(EndWait { ambient: self.ambient.clone(), waiters: self.waiters() });
        let config =
            JobsConfig { concurrency: 8, lease: Duration::from_secs(1000), poll: POLL, ..Config::defaults().jobs };
        let worker = Worker {
            db,
            log: log.clone(),
            ambient: self.ambient.clone(),
            registry: Arc::new(registry),
            schedule: Arc::new(Schedule::default()),
            config,
            lock: None,
        };
        tokio::spawn(worker.run(stop.clone(), Duration::from_secs(5)));
        let consumer: Arc<dyn EventConsumer> =
            Arc::new(AwaitedEvents { log: log.clone(), ambient: self.ambient.clone(), waiters: self.waiters() });
        let token = stop.clone();
        tokio::spawn(async move { log.consume(&[consumer], POLL, token).await });
        Process { _stop: stop.drop_guard() }
    }

    /// A new run, which may wait.
    pub async fn run(&self) -> Owner {
        let owner = Owner { kind: "test_run", id: self.ambient.uuid(), generation: 1 };
        self.write("INSERT INTO test_runs (id, generation) VALUES ($1, $2)", [owner.id.into(), 1.into()]).await;
        owner
    }

    pub async fn write<const N: usize>(&self, sql: &str, values: [SqlValue; N]) {
        let tx = self.db.begin().await.unwrap();
        tx.execute_raw(statement(&tx, sql, values)).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// A transaction that holds the lock on a run.
    pub async fn on(&self, owner: Owner) -> WriteTx {
        let tx = self.db.begin().await.unwrap();
        topic_of(owner.id).lock(&tx).await.unwrap();
        tx
    }

    /// Opens a wait.
    pub async fn open(&self, owner: Owner, path: &str, until: Until, expires_at: Option<DateTime<Utc>>) -> WaitRow {
        let mut tx = self.on(owner).await;
        let new = NewWait { owner, path: path.to_owned(), until, expires_at };
        let wait = open_wait(&mut tx, &self.ambient, &self.waiters(), new).await.unwrap();
        tx.commit().await.unwrap();
        wait
    }

    /// Opens a wait for the event of [`World::happen`].
    pub async fn open_for(&self, owner: Owner, path: &str, number: u32, since: Option<Position>) -> WaitRow {
        self.open(owner, path, Until::Event { any: vec![happened(number)], since }, None).await
    }

    /// Appends an event with this number.
    pub async fn happen(&self, number: u32) {
        let mut tx = self.db.begin().await.unwrap();
        let payload = json!({"number": number, "more": "of it"});
        let event = NewEvent { topic: Topic::unordered("tests"), kind: "test.happened", payload, actor: None };
        append(&mut tx, &self.ambient, event).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// The end of the log, once all that is written can be read.
    pub async fn settled(&self) -> Position {
        self.eventually(async || self.log.lag().await.unwrap().events == 0).await;
        self.log.end().await.unwrap()
    }

    pub async fn decide(&self, wait: &WaitRow, approves: bool, by: u128) -> Result<Decided> {
        let mut tx = self.db.begin().await?;
        let decision = Decision { approves, data: json!({"by": by.to_string()}), by: Uuid::from_u128(by) };
        let decided = decide(&mut tx, &self.ambient, &self.waiters(), (wait.id, decision)).await?;
        tx.commit().await?;
        Ok(decided)
    }

    /// Sweeps once.
    pub async fn sweep(&self) -> Swept {
        let (db, ambient, waiters) = (self.db.clone(), self.ambient.clone(), self.waiters());
        let sweep = SweepWaits { db, ambient, waiters, retention: Duration::from_secs(86_400 * 90) };
        sweep.look_at_all().await.unwrap()
    }

    pub async fn wait(&self, wait: &WaitRow) -> WaitRow {
        WaitEntity::find_by_id(wait.id).one(self.db.reader()).await.unwrap().unwrap()
    }

    /// The ends of waits that runs went on with, in their order.
    pub async fn steps(&self) -> Vec<(String, String)> {
        let rows = self.query("SELECT path, outcome FROM test_steps ORDER BY place").await;
        let text = |row: &sea_orm::QueryResult, name| row.try_get::<String>("", name).unwrap();
        rows.iter().map(|row| (text(row, "path"), text(row, "outcome"))).collect()
    }

    /// The results that runs went on with.
    pub async fn results(&self) -> Vec<Value> {
        let rows = self.query("SELECT result FROM test_steps ORDER BY place").await;
        rows.iter().map(|row| serde_json::from_str(&row.try_get::<String>("", "result").unwrap()).unwrap()).collect()
    }

    /// Waits until runs went on so many times, and until the jobs of that have ended.
    pub async fn went_on(&self, times: i64) -> Vec<(String, String)> {
        self.eventually(async || self.count("test_done").await >= times).await;
        self.steps().await
    }

    pub async fn count(&self, table: &str) -> i64 {
        let rows = self.query(&format!("SELECT COUNT(*) AS count FROM {table}")).await;
        rows[0].try_get("", "count").unwrap()
    }

    pub async fn query(&self, sql: &str) -> Vec<sea_orm::QueryResult> {
        self.db.reader().query_all_raw(Statement::from_string(self.db.backend(), sql)).await.unwrap()
    }

    pub async fn eventually(&self, is_so: impl AsyncFn() -> bool) {
        patience(async {
            while !is_so().await {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        })
        .await;
    }
}

/// The event with this number.
pub fn happened(number: u32) -> EventMatch {
    EventMatch::of("test.happened").with("number", number)
}

/// A step in two words.
pub fn went(path: &str, outcome: &str) -> (String, String) {
    (path.to_owned(), outcome.to_owned())
}

fn run_tail(log: &EventLog) -> CancellationToken {
    let (log, stop) = (log.clone(), CancellationToken::new());
    let token = stop.clone();
    tokio::spawn(async move { log.run(POLL, token).await });
    stop
}
