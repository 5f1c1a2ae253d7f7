//! The worker: claims jobs and runs them concurrently.

use std::{collections::HashMap, sync::Arc, time::Duration};

use tokio::{
    task::JoinSet,
    time::{Instant, sleep, sleep_until, timeout},
};
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};

use super::{
    Failure, JobError, Registry, Schedule,
    entity::Model,
    queue,
    runner::{Runner, take_back, take_from_dead},
    worker_lock::WorkerLock,
};
use crate::{
    ambient::Ambient,
    config::JobsConfig,
    db::{Db, PATIENCE, Signal, within},
    error::{Error, ErrorCode},
    events::EventLog,
};

/// Interval of checks for dead workers.
const BEAT: Duration = Duration::from_secs(2);
/// Time limit of each maintenance task at a poll.
const HOUSE_KEEPING: Duration = Duration::from_secs(15);

/// Runs the jobs of this process.
#[derive(Clone)]
pub struct Worker {
    /// The database.
    pub db: Db,
    /// The event log, which reports cancellations.
    pub log: EventLog,
    /// Time and randomness.
    pub ambient: Ambient,
    /// The kinds of jobs.
    pub registry: Arc<Registry>,
    /// The recurring jobs.
    pub schedule: Arc<Schedule>,
    /// Concurrency, length of leases and poll interval.
    pub config: JobsConfig,
    /// The lock that shows other workers that this one is alive; without it they wait for its leases to expire.
    pub lock: Option<Arc<WorkerLock>>,
}

impl Worker {
    /// Works until `stop`; then claims nothing more, starts no new steps, gives running jobs `grace` to finish their
    /// steps, and returns the rest to the queue.
    pub async fn run(self, stop: CancellationToken, grace: Duration) {
        let stop_now = CancellationToken::new();
        let runner = Runner {
            db: self.db.clone(),
            log: self.log.clone(),
            ambient: self.ambient.clone(),
            lease: self.config.lease,
            stopping: stop.clone(),
            stop_now: stop_now.clone(),
        };
        let _keeper = self.lock.clone().map(|lock| AbortOnDropHandle::new(tokio::spawn(lock.keep())));
        if let Some(lock) = &self.lock {
            // What is claimed before would be taken for a dead worker's.
            drop(timeout(PATIENCE, lock.is_held()).await);
        }
        let mut running = Running::default();
        let (mut next_round, mut next_beat) = (Instant::now(), Instant::now());
        // Whether jobs may wait that can be claimed, and whether some may wait for room here.
        let (mut may_wait, mut may_lack_room) = (true, false);
        while !stop.is_cancelled() {
            if Instant::now() >= next_beat {
                self.look_after_others().await;
                next_beat = Instant::now() + BEAT;
            }
            if Instant::now() >= next_round {
                self.keep_house().await;
                next_round = Instant::now() + self.config.poll;
                may_wait = true;
            }
            if may_wait {
                may_lack_room = self.claim_all(&runner, &mut running).await;
            }
            may_wait = tokio::select! {
                () = stop.cancelled() => false,
                () = self.db.signals().wait(Signal::Jobs) => true,
                () = running.one_ends(), if !running.is_empty() => may_lack_room,
                () = sleep_until(next_round) => true,
                () = sleep_until(next_beat) => false,
            }
        }
        if timeout(grace, running.all_end()).await.is_err() {
            stop_now.cancel();
            running.all_end().await;
        }
    }

    /// Takes over the jobs of workers whose process has ended.
    async fn look_after_others(&self) {
        let Some(lock) = &self.lock else { return };
        match within(HOUSE_KEEPING, take_from_dead(&self.db, &self.ambient, &self.registry, lock)).await {
            Ok(()) | Err(JobError::Retry { failure: Failure { code: ErrorCode::Unavailable, .. }, .. }) => {}
            Err(error) => tracing::error!(%error, "taking over jobs of workers that are gone; will try again"),
        }
    }

    /// Runs the maintenance of each poll: expired leases, future times, and the schedule.
    async fn keep_house(&self) {
        self.ambient.metrics().serving().worker_looked();
        let outage = self.db.outage();
        match within(HOUSE_KEEPING, take_back(&self.db, &self.ambient, &self.registry, self.config.lease)).await {
            Ok(()) | Err(JobError::Retry { failure: Failure { code: ErrorCode::Unavailable, .. }, .. }) => {}
            Err(error) => tracing::error!(%error, "taking back jobs of lost workers; will try again"),
        }
        let corrected = queue::correct_times(&self.db, self.ambient.shared_now());
        if let Err(error) = within(HOUSE_KEEPING, corrected).await
            && !outage.covers(&error)
        {
            tracing::error!(%error, "correcting the times of jobs; will try again");
        }
        match within(HOUSE_KEEPING, self.schedule.fire(&self.db, &self.ambient)).await {
            Ok(()) => {}
            Err(Error::Unavailable(error)) => outage.note(&error),
            Err(error) => tracing::error!(?error, "firing scheduled tasks; will try again"),
        }
    }

    /// Claims jobs, and returns true if more may wait until there is room.
    async fn claim_all(&self, runner: &Runner, running: &mut Running) -> bool {
        while !runner.stopping.is_cancelled() {
            let most = self.config.concurrency.saturating_sub(running.len());
            let room = |(kind, limit): (&'static str, usize)| (kind, limit.saturating_sub(running.of_kind(kind)));
            let (rooms, full): (Vec<_>, Vec<_>) = self.registry.kinds().map(room).partition(|(_, room)| *room > 0);
            if most == 0 || rooms.is_empty() {
                return true;
            }
            let worker = self.lock.as_ref().filter(|lock| lock.is_held_now()).map(|lock| lock.id());
            let claim = queue::claim(&self.db, &self.ambient, &rooms, most, self.config.lease, worker);
            let rows = match within(PATIENCE, claim).await {
                Ok(rows) => rows,
                Err(error) => {
                    if !self.db.outage().covers(&error) {
                        tracing::error!(%error, "claiming jobs; will try again");
                    }
                    sleep(self.config.poll).await;
                    return true;
                }
            };
            let count = rows.len();
            // Where a kind has become full, its next ones may have stood before others that there is room for.
            let has_filled =
                rooms.iter().any(|(kind, room)| rows.iter().filter(|row| row.kind == *kind).count() >= *room);
            for row in rows {
                self.start(runner.clone(), running, row);
            }
            if count < most && !has_filled {
                return !full.is_empty();
            }
        }
        false
    }

    fn start(&self, runner: Runner, running: &mut Running, row: Model) {
        let Some((kind, _)) = self.registry.kinds().find(|(kind, _)| *kind == row.kind) else { return };
        let Some(job) = self.registry.get(kind) else { return };
        running.add(kind, runner.run(row, job));
    }
}

/// The running jobs, counted by kind.
#[derive(Default)]
struct Running {
    tasks: JoinSet<&'static str>,
    counts: HashMap<&'static str, usize>,
}

impl Running {
    fn add(&mut self, kind: &'static str, work: impl Future<Output = ()> + Send + 'static) {
        *self.counts.entry(kind).or_default() += 1;
        self.tasks.spawn(async move {
            work.await;
            kind
        });
    }

    fn len(&self) -> usize {
        self.tasks.len()
    }

    fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }

    fn of_kind(&self, kind: &str) -> usize {
        self.counts.get(kind).copied().unwrap_or(0)
    }

    async fn one_ends(&mut self) {
        match self.tasks.join_next().await {
            Some(Ok(kind)) => {
                if let Some(count) = self.counts.get_mut(kind) {
                    *count -= 1;
                }
            }
            // `Runner::run` catches panics of jobs; one of its own would leave a count too high, and a lease to expire.
            Some(Err(error)) => tracing::error!(%error, "the runner of a job failed"),
            None => {}
        }
    }

    async fn all_end(&mut self) {
        while !self.is_empty() {
            self.one_ends().await;
        }
    }
}
