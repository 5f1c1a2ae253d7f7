//! Runs one claimed job: renews its lease, watches for cancellation, and records its outcome.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use chrono::{DateTime, SubsecRound, Utc};
use futures_util::FutureExt;
use sea_orm::ActiveValue::Set;
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout};
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, Span, field::Empty};

use super::{
    Context, Failure, JobError, JobEvent,
    context::FencedTx,
    entity::{ActiveModel, JobStatus, Model},
    events::{JobEventKind, job_topic},
    queue,
    registry::{AttemptResult, ErasedJob, Registry},
    worker_lock::WorkerLock,
};
use crate::{
    ambient::Ambient,
    db::{Db, Id, within},
    error::ErrorCode,
    events::{EventLog, Heard, Live},
    telemetry::{metrics::AttemptOutcome, trace},
};

/// Maximum number of lost workers per job. Deployments, machines and people kill workers through no fault of the job,
/// but a job that kills its own process must end eventually.
const MAX_LOSSES: i32 = 20;
/// Maximum pause that an external service may request.
const MAX_ASKED_PAUSE: Duration = Duration::from_secs(3600);

/// The dependencies for running a job.
#[derive(Clone)]
pub(super) struct Runner {
    pub(super) db: Db,
    pub(super) log: EventLog,
    pub(super) ambient: Ambient,
    pub(super) lease: Duration,
    /// Cancelled when the server is stopping: no new steps may start.
    pub(super) stopping: CancellationToken,
    /// Cancelled when the time for finishing is over.
    pub(super) stop_now: CancellationToken,
}

/// The end of an attempt.
enum Ending {
    /// It ended by itself, or was cancelled, or the server is stopping.
    Attempt(AttemptResult),
    LeaseLost,
}

impl Ending {
    fn interrupted() -> Self {
        Self::Attempt(Err(JobError::Interrupted))
    }
}

impl Runner {
    /// Runs a claimed job to the end of its attempt.
    pub(super) async fn run(self, row: Model, job: Arc<dyn ErasedJob>) {
        let (id, kind, attempt) = (row.id, row.kind.clone(), row.attempt);
        let (metrics, started) = (self.ambient.metrics().clone(), Instant::now());
        let waited = (self.ambient.shared_now() - row.run_at).to_std().unwrap_or_default();
        let running = metrics.jobs().running(&kind, waited);
        let span = span(&row);
        let ended = self.attempt(row, job).instrument(span.clone()).await;
        drop(running);
        let (outcome, took) = (ended.as_ref().map_or(AttemptOutcome::Lost, |outcome| *outcome), started.elapsed());
        metrics.jobs().ended(&kind, outcome, took);
        span.record("outcome", outcome.as_str());
        if let Err(error) = ended
            && !matches!(error, JobError::Interrupted)
        {
            // The row stays as it is; when its lease runs out, another attempt begins.
            tracing::error!(job = %id, kind, attempt, %error, "the end of an attempt could not be written");
        }
        let duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        let outcome = outcome.as_str();
        tracing::debug!(parent: None, job = %id, kind, attempt, duration_ms, outcome, "an attempt ended");
    }

    async fn attempt(&self, row: Model, job: Arc<dyn ErasedJob>) -> Result<AttemptOutcome, JobError> {
        // Before the first transaction, which finds a cancellation that came before it: so none is missed.
        let events = self.log.listen(job_topic(row.id).name());
        // The lease is not kept before the work begins, nor after it has ended: past its length it is lost.
        let ctx = within(self.lease, Context::load(&self.db, &self.ambient, row, self.stopping.clone())).await?;
        if !job.begins_by_writing() {
            within(self.lease, async { ctx.begin().await?.commit().await }).await?;
        }
        let work = AssertUnwindSafe(timeout(job.timeout(), job.run(ctx.clone(), &ctx.job().input))).catch_unwind();
        let ending = tokio::select! {
            result = work => Ending::Attempt(match result {
                Ok(Ok(result)) => result,
                Ok(Err(_)) => Err(retry(Failure::new(ErrorCode::Timeout, "The job took too long."))),
                Err(_) => Err(retry(Failure::of_ours())),
            }),
            ending = self.keep_lease(&ctx) => ending,
            () = ctx.cancelled() => Ending::interrupted(),
            () = self.cancel_request(ctx.id(), events) => Ending::interrupted(),
            () = self.stop_now.cancelled() => Ending::interrupted(),
        };
        within(self.lease, self.settle(&ctx, ending, &*job)).await
    }

    async fn settle(&self, ctx: &Context, ending: Ending, job: &dyn ErasedJob) -> Result<AttemptOutcome, JobError> {
        let Ending::Attempt(result) = ending else {
            tracing::warn!(job = %ctx.id(), "the lease was lost; the job goes on elsewhere");
            return Ok(AttemptOutcome::Lost);
        };
        let tx = match (&result, ctx.take_left()) {
            (Ok(_), Some(left)) => left,
            (_, left) => {
                // What it left counts no more, and must end before another transaction begins.
                drop(left);
                ctx.begin().await?
            }
        };
        let (written, outcome) = match result {
            Ok((output, message)) => (self.complete(tx, job, output, message).await, AttemptOutcome::Completed),
            // However it ended: whoever asked to stop the job must not see it come back.
            Err(_) if tx.row.cancel_requested => {
                let cancelled = self.finish(tx, JobEventKind::Cancelled, ActiveModel::default()).await;
                (cancelled, AttemptOutcome::Cancelled)
            }
            Err(JobError::Fail(failure)) => (self.fail(tx, job, failure).await, AttemptOutcome::Failed),
            Err(JobError::Retry { failure, .. }) if tx.row.failures + 1 >= tx.row.max_attempts => {
                (self.fail(tx, job, failure).await, AttemptOutcome::Failed)
            }
            Err(JobError::Retry { failure, after }) => {
                (self.retry_later(tx, failure, after).await, AttemptOutcome::Retried)
            }
            Err(JobError::Interrupted) => (self.give_back(tx).await, AttemptOutcome::GivenBack),
        };
        written.map(|()| outcome)
    }

    /// Renews the lease until it is lost or cancellation is requested. If the database does not answer, the lease
    /// counts as lost before it expires, so that two workers never run one job.
    async fn keep_lease(&self, ctx: &Context) -> Ending {
        let mut ticks = interval_at(Instant::now() + self.lease / 4, self.lease / 4);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut failures = 0;
        loop {
            ticks.tick().await;
            let renewal = queue::renew(&self.db, &self.ambient, ctx.id(), ctx.lease(), self.lease);
            match timeout(self.lease / 4, renewal).await {
                Ok(Ok(Some(false))) => failures = 0,
                Ok(Ok(Some(true))) => return Ending::interrupted(),
                Ok(Ok(None)) => return Ending::LeaseLost,
                Ok(Err(_)) | Err(_) => failures += 1,
            }
            if failures >= 2 {
                return Ending::LeaseLost;
            }
        }
    }

    /// Waits for a cancellation request. Transactions of the job and the renewal of its lease notice it too.
    async fn cancel_request(&self, id: Id<Model>, mut events: Live) {
        while let Some(heard) = events.next().await {
            let is_asked = match heard {
                Heard::Event(event) => {
                    JobEvent::read(&event).is_ok_and(|event| event.kind == JobEventKind::CancelRequested)
                }
                Heard::Missed => queue::is_cancel_requested(&self.db, id).await.unwrap_or(false),
            };
            if is_asked {
                return;
            }
        }
        std::future::pending().await
    }

    async fn complete(
        &self,
        mut tx: FencedTx,
        job: &dyn ErasedJob,
        output: String,
        message: String,
    ) -> Result<(), JobError> {
        job.on_end(&mut tx.tx, &tx.row, JobStatus::Completed).await?;
        let change = ActiveModel { output: Set(Some(output)), progress: Set(1.0), ..error_change(None) };
        self.finish(tx, JobEventKind::Completed { message }, change).await
    }

    async fn fail(&self, mut tx: FencedTx, job: &dyn ErasedJob, failure: Failure) -> Result<(), JobError> {
        let Failure { code, message } = &failure;
        tracing::error!(job = %tx.row.id, kind = tx.row.kind, attempt = tx.row.attempt, code = code.as_str(), message, "a job failed");
        job.on_end(&mut tx.tx, &tx.row, JobStatus::Failed).await?;
        let change = error_change(Some(&failure));
        self.finish(tx, JobEventKind::Failed { failure }, change).await
    }

    async fn finish(&self, tx: FencedTx, kind: JobEventKind, change: ActiveModel) -> Result<(), JobError> {
        let change = ActiveModel {
            lease: Set(None),
            lease_until: Set(None),
            completed_at: Set(Some(self.ambient.shared_now())),
            ..change
        };
        self.record(tx, kind, change).await
    }

    async fn retry_later(&self, mut tx: FencedTx, failure: Failure, after: Option<Duration>) -> Result<(), JobError> {
        let row = tx.row.clone();
        let Failure { code, message } = &failure;
        tracing::warn!(job = %row.id, kind = row.kind, attempt = row.attempt, code = code.as_str(), message, "an attempt failed; another follows");
        let asked = after.unwrap_or_default().min(MAX_ASKED_PAUSE);
        let pause = queue::backoff(row.failures + 1, self.ambient.unit()).max(asked);
        // No finer than both databases keep it, so that the row and the event tell the same time.
        let run_at = (self.ambient.shared_now() + pause).trunc_subsecs(6);
        let stages = queue::forget_failures(tx.tx(), &row).await?;
        let change = ActiveModel {
            run_at: Set(run_at),
            lease: Set(None),
            lease_until: Set(None),
            stages: Set(serde_json::to_string(&stages)?),
            failures: Set(row.failures + 1),
            ..error_change(Some(&failure))
        };
        self.record(tx, JobEventKind::RetryScheduled { failure, run_at }, change).await
    }

    /// Returns the job to the queue for another worker; the attempt does not count.
    async fn give_back(&self, mut tx: FencedTx) -> Result<(), JobError> {
        let change = ActiveModel {
            attempt: Set(tx.row.attempt - 1),
            run_at: Set(self.ambient.shared_now()),
            lease: Set(None),
            lease_until: Set(None),
            ..Default::default()
        };
        tx.tx().signal(crate::db::Signal::Jobs);
        self.record(tx, JobEventKind::Queued, change).await
    }

    async fn record(&self, mut tx: FencedTx, kind: JobEventKind, change: ActiveModel) -> Result<(), JobError> {
        let row = tx.row.clone();
        queue::record(tx.tx(), &self.ambient, &row, kind, change).await?;
        tx.commit().await
    }
}

/// Returns the span of an attempt, which continues the trace of the request that started the job.
fn span(row: &Model) -> Span {
    let span = tracing::info_span!(
        parent: None,
        "job",
        otel.name = format!("job {}", row.kind),
        otel.kind = "consumer",
        job = %row.id,
        kind = row.kind,
        attempt = row.attempt,
        outcome = Empty,
    );
    trace::go_on(&span, row.trace_parent.as_deref());
    span
}

/// Takes over jobs of workers that have been silent for longer than their lease. A lost attempt is not a failure.
pub(super) async fn take_back(db: &Db, ambient: &Ambient, kinds: &Registry, ttl: Duration) -> Result<(), JobError> {
    let mut result = Ok(());
    for id in queue::expired(db, ambient.shared_now(), ttl).await? {
        // One that cannot be taken now does not keep the others waiting for it.
        result = take_back_one(db, ambient, kinds, id, |row, now| {
            row.lease_until.is_some_and(|until| queue::has_run_out(until, now, ttl))
        })
        .await
        .and(result);
    }
    result
}

/// Takes over jobs of workers whose process has ended. A lost attempt is not a failure.
pub(super) async fn take_from_dead(
    db: &Db,
    ambient: &Ambient,
    kinds: &Registry,
    lock: &WorkerLock,
) -> Result<(), JobError> {
    let mut result = Ok(());
    for worker in queue::workers(db).await? {
        if worker == lock.id() || !lock.is_dead(worker).await? {
            continue;
        }
        for id in queue::run_by(db, worker).await? {
            let taken = take_back_one(db, ambient, kinds, id, |row, _| row.worker == Some(worker));
            result = taken.await.and(result);
        }
    }
    result
}

async fn take_back_one(
    db: &Db,
    ambient: &Ambient,
    kinds: &Registry,
    id: Id<Model>,
    is_lost: impl Fn(&Model, DateTime<Utc>) -> bool,
) -> Result<(), JobError> {
    let Some((mut tx, row)) = queue::try_begin_on(db, id).await? else { return Ok(()) };
    let now = ambient.shared_now();
    // The worker may have come back, or another process been faster.
    let is_lost = |row: &Model| row.status == JobStatus::Running && is_lost(row, now);
    let Some(row) = row.filter(is_lost) else { return Ok(()) };
    let ended = Set(Some(now));
    let (kind, change) = if row.cancel_requested {
        (JobEventKind::Cancelled, ActiveModel { completed_at: ended, ..Default::default() })
    } else if row.losses() >= MAX_LOSSES {
        let failure = Failure::new(ErrorCode::Internal, "The worker stopped answering, again and again.");
        let change = ActiveModel { completed_at: ended, ..error_change(Some(&failure)) };
        (JobEventKind::Failed { failure }, change)
    } else {
        (JobEventKind::Queued, ActiveModel { run_at: Set(now), ..Default::default() })
    };
    let change = ActiveModel { lease: Set(None), lease_until: Set(None), ..change };
    tracing::warn!(job = %id, attempt = row.attempt, "a worker is gone, or was silent for longer than its lease");
    if kind.status() == Some(JobStatus::Failed)
        && let Some(job) = kinds.get(&row.kind)
    {
        job.on_end(&mut tx, &row, JobStatus::Failed).await?;
    }
    queue::record(&mut tx, ambient, &row, kind, change).await?;
    tx.signal(crate::db::Signal::Jobs);
    Ok(tx.commit().await?)
}

/// Returns the change that sets or clears `failure` in the row.
pub(super) fn error_change(failure: Option<&Failure>) -> ActiveModel {
    ActiveModel {
        error_code: Set(failure.map(|failure| failure.code.as_str().to_owned())),
        error_message: Set(failure.map(|failure| failure.message.clone())),
        ..Default::default()
    }
}

fn retry(failure: Failure) -> JobError {
    JobError::Retry { failure, after: None }
}
