//! A queue without a server around it: a clock that the test moves, jobs whose work the test writes as it goes, and what
//! is written of them.

mod scripted;
mod worker;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use rapport::{
    ambient::{Ambient, Clock},
    db::{Db, Id},
    events::{EventLog, Position},
    jobs::{JobEntity, JobEvent, JobEventKind, JobRow, JobStatus, NewJob, enqueue, job_topic},
};
use sea_orm::{ConnectionTrait, EntityTrait, Statement};
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio_util::sync::{CancellationToken, DropGuard};

pub use scripted::{Probe, Scripted, Stopped, busy, endless_at_first, hasty, limited, refused, scripted, waiting_at};
pub use worker::{TestWorker, WorkerBuilder};

use crate::support::{TestDb, patience, today};

pub type JobId = Id<JobRow>;

/// A clock that only the test moves: however slow the machine is, no lease runs out by itself.
#[derive(Clone)]
struct HandClock(Arc<Mutex<DateTime<Utc>>>);

impl Clock for HandClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }
}

/// A queue on a database of its own.
pub struct Queue {
    pub db: Db,
    pub log: EventLog,
    pub ambient: Ambient,
    files: TestDb,
    clock: HandClock,
    _stop: DropGuard,
}

/// All that is written of a job.
#[derive(Debug, PartialEq)]
pub struct Written {
    row: JobRow,
    history: Vec<JobEvent>,
    steps: i64,
    marks: i64,
}

impl Queue {
    pub async fn new() -> Self {
        let files = TestDb::new().await;
        let clock = HandClock(Arc::new(Mutex::new(today())));
        let ambient = Ambient::seeded(Arc::new(clock.clone()), 7);
        let db = files.connect().await;
        db.owner().execute_unprepared("CREATE TABLE marks (name TEXT NOT NULL)").await.unwrap();
        let log = EventLog::open(&db, &ambient).await.unwrap();
        let stop = run_tail(&log);
        Self { db, log, ambient, files, clock, _stop: stop.drop_guard() }
    }

    /// A connection of its own, as another process has.
    pub async fn connect(&self) -> Db {
        self.files.connect().await
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.ambient.now()
    }

    pub fn advance(&self, by: TimeDelta) {
        *self.clock.0.lock().unwrap() += by;
    }

    /// A worker for [`Probe`] and for `job`, started by [`WorkerBuilder::start`].
    pub fn worker<const AT_A_TIME: usize, const TIMEOUT_MS: u64>(
        &self,
        job: &Scripted<AT_A_TIME, TIMEOUT_MS>,
    ) -> WorkerBuilder<'_> {
        WorkerBuilder::new(self).with(job.clone())
    }

    /// Puts a scripted job into the queue.
    pub async fn enqueue(&self) -> JobId {
        self.put(NewJob::new(Value::Null, None)).await
    }

    /// Puts this scripted job into the queue.
    pub async fn put(&self, new: NewJob<Value>) -> JobId {
        let mut tx = self.db.begin().await.unwrap();
        let row = enqueue::<Scripted>(&mut tx, &self.ambient, new).await.unwrap().job;
        tx.commit().await.unwrap();
        row.id
    }

    /// Waits until a worker has run a job that stands behind all others: what could be claimed before was claimed.
    pub async fn look_through(&self) {
        let mut tx = self.db.begin().await.unwrap();
        let new = NewJob { priority: i32::MIN, ..NewJob::new((), None) };
        let probe = enqueue::<Probe>(&mut tx, &self.ambient, new).await.unwrap().job;
        tx.commit().await.unwrap();
        self.ended(probe.id).await;
    }

    pub async fn row(&self, id: JobId) -> JobRow {
        JobEntity::find_by_id(id).one(self.db.reader()).await.unwrap().unwrap()
    }

    /// Waits until the job's row is as wanted.
    pub async fn until(&self, id: JobId, is_so: impl Fn(&JobRow) -> bool) -> JobRow {
        // Live before the first look, so that no change falls between the two.
        let mut events = self.log.subscribe(job_topic(id).name(), Position::default());
        patience(async {
            loop {
                let row = self.row(id).await;
                if is_so(&row) {
                    return row;
                }
                events.next().await.unwrap();
            }
        })
        .await
    }

    pub async fn ended(&self, id: JobId) -> JobRow {
        self.until(id, |row| row.status.is_final()).await
    }

    /// Waits until the job waits for its next attempt.
    pub async fn queued_again(&self, id: JobId) -> JobRow {
        self.until(id, |row| row.status == JobStatus::Queued && row.started_at.is_some()).await
    }

    /// The events of the job, up to the last that its row knows of.
    pub async fn history(&self, id: JobId) -> Vec<JobEvent> {
        let last = self.row(id).await.last_event;
        let mut events = self.log.subscribe(job_topic(id).name(), Position::default());
        let mut history = Vec::new();
        loop {
            let event = patience(events.next()).await.unwrap();
            history.push(JobEvent::read(&event).unwrap());
            if event.position.id == last {
                return history;
            }
        }
    }

    /// The events of the job in a few words each.
    pub async fn story(&self, id: JobId) -> Vec<String> {
        self.history(id).await.iter().map(|event| in_words(&event.kind)).collect()
    }

    pub async fn written(&self, id: JobId) -> Written {
        Written {
            row: self.row(id).await,
            history: self.history(id).await,
            steps: self.count("job_steps").await,
            marks: self.count("marks").await,
        }
    }

    /// How many rows a table has.
    pub async fn count(&self, table: &str) -> i64 {
        let sql = format!("SELECT COUNT(*) AS count FROM {table}");
        let row = self.db.reader().query_one_raw(Statement::from_string(self.db.backend(), sql)).await.unwrap();
        row.unwrap().try_get("", "count").unwrap()
    }
}

/// Writes a row that is no job's, in the transaction given.
pub async fn mark(tx: &impl ConnectionTrait) {
    tx.execute_unprepared("INSERT INTO marks (name) VALUES ('here')").await.unwrap();
}

/// Asks until it is so. For what no event tells of.
pub async fn eventually<F: Future<Output = bool>>(is_so: impl Fn() -> F) {
    patience(async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
}

/// Runs the tail of a log until the token is cancelled.
fn run_tail(log: &EventLog) -> CancellationToken {
    let (log, stop) = (log.clone(), CancellationToken::new());
    let token = stop.clone();
    tokio::spawn(async move { log.run(Duration::from_millis(20), token).await });
    stop
}

fn in_words(kind: &JobEventKind) -> String {
    use JobEventKind::*;
    match kind {
        Queued => "queued".to_owned(),
        Started { attempt } => format!("attempt {attempt}"),
        StageStarted { stage, counts, .. } => format!("{stage} begins, 0 of {}", counts.total),
        TaskStarted { task, .. } => format!("{task} begins"),
        TaskCompleted { task, counts, .. } => format!("{task} done, {} of {}", counts.completed, counts.total),
        TaskFailed { task, counts, .. } => format!("{task} failed, {} of {}", counts.failed, counts.total),
        StageCompleted { stage, .. } => format!("{stage} ends"),
        RetryScheduled { .. } => "retry scheduled".to_owned(),
        CancelRequested => "cancel requested".to_owned(),
        Completed { .. } => "completed".to_owned(),
        Failed { .. } => "failed".to_owned(),
        Cancelled => "cancelled".to_owned(),
    }
}

/// A place where a job waits until the test lets it go on.
#[derive(Clone)]
pub struct Gate {
    arrived: Arc<Semaphore>,
    open: Arc<Semaphore>,
}

impl Gate {
    pub fn new() -> Self {
        Self { arrived: Arc::new(Semaphore::new(0)), open: Arc::new(Semaphore::new(0)) }
    }

    /// The job's side: says that it is here, and waits.
    pub async fn pass(&self) {
        self.arrived.add_permits(1);
        self.open.acquire().await.unwrap().forget();
    }

    /// Waits until a job is here.
    pub async fn reached(&self) {
        patience(self.arrived.acquire()).await.unwrap().forget();
    }

    /// Lets so many jobs go on.
    pub fn open(&self, jobs: usize) {
        self.open.add_permits(jobs);
    }
}

/// Counts what jobs did, by name.
#[derive(Clone, Default)]
pub struct Calls(Arc<Mutex<BTreeMap<String, usize>>>);

impl Calls {
    /// Notes one more call and returns how many there were before.
    pub fn note(&self, name: impl ToString) -> usize {
        let mut calls = self.0.lock().unwrap();
        let count = calls.entry(name.to_string()).or_default();
        *count += 1;
        *count - 1
    }

    pub fn of(&self, name: impl ToString) -> usize {
        self.0.lock().unwrap().get(&name.to_string()).copied().unwrap_or(0)
    }
}
