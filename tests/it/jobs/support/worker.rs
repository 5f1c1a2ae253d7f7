//! Workers of tests.

use std::{sync::Arc, time::Duration};

use rapport::{
    config::{Config, JobsConfig},
    events::EventLog,
    jobs::{Job, Registry, Schedule, Worker},
};
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::{Probe, Queue, run_tail};
use crate::support::patience;

/// How a worker is started.
pub struct WorkerBuilder<'a> {
    queue: &'a Queue,
    registry: Registry,
    schedule: Schedule,
    config: JobsConfig,
    grace: Duration,
    is_elsewhere: bool,
    is_deaf: bool,
}

impl<'a> WorkerBuilder<'a> {
    /// A worker for [`Probe`] only. Its lease is so long that the renewal sees nothing while a test runs.
    pub fn new(queue: &'a Queue) -> Self {
        let (lease, poll) = (Duration::from_secs(1000), Duration::from_millis(20));
        let config = JobsConfig { concurrency: 16, lease, poll, ..Config::defaults().jobs };
        Self {
            queue,
            registry: Registry::default().with(Probe),
            schedule: Schedule::default(),
            config,
            grace: Duration::from_secs(30),
            is_elsewhere: false,
            is_deaf: false,
        }
    }

    pub fn with(mut self, job: impl Job) -> Self {
        self.registry = self.registry.with(job);
        self
    }

    pub fn schedule(mut self, schedule: &Schedule) -> Self {
        self.schedule = schedule.clone();
        self
    }

    /// Runs so many jobs at a time.
    pub fn at_a_time(mut self, jobs: usize) -> Self {
        self.config.concurrency = jobs;
        self
    }

    pub fn lease(mut self, lease: Duration) -> Self {
        self.config.lease = lease;
        self
    }

    pub fn grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self
    }

    /// Looks for expired leases only when it starts.
    pub fn without_polls(mut self) -> Self {
        self.config.poll = Duration::from_secs(3600);
        self
    }

    /// With a connection of its own, as in another process.
    pub fn elsewhere(mut self) -> Self {
        self.is_elsewhere = true;
        self
    }

    /// Elsewhere, and without hearing of events: it does not learn of a cancellation while a job runs.
    pub fn deaf(mut self) -> Self {
        self.is_deaf = true;
        self.elsewhere()
    }

    pub async fn start(self) -> TestWorker {
        let (db, log, tail) = if self.is_elsewhere {
            let db = self.queue.connect().await;
            let log = EventLog::open(&db, &self.queue.ambient).await.unwrap();
            let tail = (!self.is_deaf).then(|| run_tail(&log).drop_guard());
            (db, log, tail)
        } else {
            (self.queue.db.clone(), self.queue.log.clone(), None)
        };
        let worker = Worker {
            db,
            log,
            ambient: self.queue.ambient.clone(),
            registry: Arc::new(self.registry),
            schedule: Arc::new(self.schedule),
            config: self.config,
            lock: None,
        };
        let stop = CancellationToken::new();
        let running = tokio::spawn(worker.run(stop.clone(), self.grace));
        TestWorker { _stop_at_the_end: stop.clone().drop_guard(), stop, running, _tail: tail }
    }
}

/// A running worker. It stops when this is dropped.
pub struct TestWorker {
    stop: CancellationToken,
    running: JoinHandle<()>,
    _stop_at_the_end: DropGuard,
    _tail: Option<DropGuard>,
}

impl TestWorker {
    /// Asks it to stop.
    pub fn begin_stop(&self) {
        self.stop.cancel();
    }

    /// Stops it and waits until it has ended.
    pub async fn stop(self) {
        self.stop.cancel();
        patience(self.running).await.unwrap();
    }
}
