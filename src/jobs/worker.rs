//! The worker: claims jobs and runs them side by side.

use std::{collections::HashMap, sync::Arc, time::Duration};

use tokio::{
    task::JoinSet,
    time::{Instant, sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use super::{
    Registry, Schedule,
    entity::Model,
    queue,
    runner::{Runner, take_back},
};
use crate::{
    ambient::Ambient,
    config::JobsConfig,
    db::{Db, Signal},
    events::EventLog,
};

/// Runs the jobs of this process.
#[derive(Clone)]
pub struct Worker {
    /// The database.
    pub db: Db,
    /// The event log, which tells of cancellations.
    pub log: EventLog,
    /// Time and randomness.
    pub ambient: Ambient,
    /// The kinds of job there are.
    pub registry: Arc<Registry>,
    /// What repeats.
    pub schedule: Arc<Schedule>,
    /// How many at a time, how long a lease, how often to look.
    pub config: JobsConfig,
}

impl Worker {
    /// Works until `stop`; then claims nothing more, begins no new steps, gives running jobs `grace` to end what they are
    /// at, and gives the rest back to the queue.
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
        let mut running = Running::default();
        let mut next_round = Instant::now();
        while !stop.is_cancelled() {
            if Instant::now() >= next_round {
                self.keep_house().await;
                next_round = Instant::now() + self.config.poll;
            }
            self.claim_all(&runner, &mut running).await;
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.db.signals().wait(Signal::Jobs) => {}
                () = running.one_ends(), if !running.is_empty() => {}
                () = tokio::time::sleep_until(next_round) => {}
            }
        }
        if timeout(grace, running.all_end()).await.is_err() {
            stop_now.cancel();
            running.all_end().await;
        }
    }

    /// What is done at each poll: expired leases, and the schedule.
    async fn keep_house(&self) {
        self.ambient.metrics().serving().worker_looked();
        if let Err(error) = take_back(&self.db, &self.ambient).await {
            tracing::error!(%error, "taking back jobs of lost workers; will try again");
        }
        if let Err(error) = self.schedule.fire(&self.db, &self.ambient).await {
            tracing::error!(?error, "firing scheduled tasks; will try again");
        }
    }

    async fn claim_all(&self, runner: &Runner, running: &mut Running) {
        while running.len() < self.config.concurrency && !runner.stopping.is_cancelled() {
            let open = |(kind, limit): &(&'static str, usize)| running.of_kind(kind) < *limit;
            let kinds: Vec<_> = self.registry.kinds().filter(open).map(|(kind, _)| kind).collect();
            if kinds.is_empty() {
                return;
            }
            match queue::claim(&self.db, &self.ambient, &kinds, self.config.lease).await {
                Ok(Some(row)) => self.start(runner.clone(), running, row),
                Ok(None) => return,
                Err(error) => {
                    tracing::error!(%error, "claiming a job; will try again");
                    return sleep(self.config.poll).await;
                }
            }
        }
    }

    fn start(&self, runner: Runner, running: &mut Running, row: Model) {
        let Some((kind, _)) = self.registry.kinds().find(|(kind, _)| *kind == row.kind) else { return };
        let Some(job) = self.registry.get(kind) else { return };
        running.add(kind, runner.run(row, job));
    }
}

/// The jobs that run now, counted by kind.
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
