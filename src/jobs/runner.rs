//! Runs one claimed job: keeps its lease, watches for cancellation, and writes how it ended.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures_util::FutureExt;
use sea_orm::ActiveValue::Set;
use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio_util::sync::CancellationToken;

use super::{
    Context, Failure, JobError, JobEvent,
    context::FencedTx,
    entity::{ActiveModel, Model},
    events::{JobEventKind, job_topic},
    queue,
    registry::{AttemptResult, ErasedJob},
};
use crate::{
    ambient::Ambient,
    db::Db,
    error::ErrorCode,
    events::{EventLog, Found},
};

/// The longest pause that the other side of a job may ask for.
const MAX_ASKED_PAUSE: Duration = Duration::from_secs(3600);

/// What a worker needs to run a job.
#[derive(Clone)]
pub(super) struct Runner {
    pub(super) db: Db,
    pub(super) log: EventLog,
    pub(super) ambient: Ambient,
    pub(super) lease: Duration,
    /// No new steps: the server is stopping.
    pub(super) stopping: CancellationToken,
    /// The time to end by itself is over.
    pub(super) stop_now: CancellationToken,
}

enum Ending {
    Attempt(AttemptResult),
    Cancelled,
    LeaseLost,
    Stopped,
}

impl Runner {
    /// Runs a claimed job to the end of its attempt.
    pub(super) async fn run(self, row: Model, job: Arc<dyn ErasedJob>) {
        let (id, kind) = (row.id, row.kind.clone());
        if let Err(error) = self.attempt(row, job).await
            && !matches!(error, JobError::Interrupted)
        {
            // The row stays as it is; when its lease runs out, another attempt begins.
            tracing::error!(job = %id, kind, %error, "the end of an attempt could not be written");
        }
    }

    async fn attempt(&self, row: Model, job: Arc<dyn ErasedJob>) -> Result<(), JobError> {
        let id = row.id;
        let ctx = Context::load(&self.db, &self.ambient, row, self.stopping.clone()).await?;
        let started = JobEventKind::Started { attempt: ctx.attempt() };
        self.record(ctx.begin().await?, started, ActiveModel::default()).await?;
        let work = AssertUnwindSafe(timeout(job.timeout(), job.run(ctx.clone(), &ctx.job().input))).catch_unwind();
        let ending = tokio::select! {
            result = work => Ending::Attempt(match result {
                Ok(Ok(result)) => result,
                Ok(Err(_)) => Err(retry(ErrorCode::Timeout, "The job took too long.")),
                Err(_) => Err(retry(ErrorCode::Internal, "The job failed on our side.")),
            }),
            ending = self.keep_lease(&ctx) => ending,
            () = self.cancel_request(&ctx) => Ending::Cancelled,
            () = self.stop_now.cancelled() => Ending::Stopped,
        };
        tracing::debug!(job = %id, "attempt ended");
        self.settle(&ctx, ending).await
    }

    async fn settle(&self, ctx: &Context, ending: Ending) -> Result<(), JobError> {
        match ending {
            Ending::Attempt(Ok((output, message))) => self.complete(ctx, output, message).await,
            Ending::Attempt(Err(JobError::Fail(failure))) => self.fail(ctx, failure).await,
            Ending::Attempt(Err(JobError::Retry { failure, after })) => {
                if ctx.attempt() >= ctx.job().max_attempts {
                    self.fail(ctx, failure).await
                } else {
                    self.retry_later(ctx, failure, after).await
                }
            }
            Ending::Attempt(Err(JobError::Interrupted)) | Ending::Stopped => self.give_back(ctx).await,
            Ending::Cancelled => self.finish(ctx, JobEventKind::Cancelled, ActiveModel::default()).await,
            Ending::LeaseLost => {
                tracing::warn!(job = %ctx.id(), "the lease was lost; the job goes on elsewhere");
                Ok(())
            }
        }
    }

    /// Renews the lease until it is lost, or until somebody asks to cancel. When the database does not answer, the lease
    /// counts as lost before it runs out, so that two workers never run one job.
    async fn keep_lease(&self, ctx: &Context) -> Ending {
        let mut ticks = interval(self.lease / 4);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut failures = 0;
        loop {
            ticks.tick().await;
            let renewal = queue::renew(&self.db, &self.ambient, ctx.id(), ctx.lease(), self.lease);
            match timeout(self.lease / 4, renewal).await {
                Ok(Ok(Some(false))) => failures = 0,
                Ok(Ok(Some(true))) => return Ending::Cancelled,
                Ok(Ok(None)) => return Ending::LeaseLost,
                Ok(Err(_)) | Err(_) => failures += 1,
            }
            if failures >= 2 {
                return Ending::LeaseLost;
            }
        }
    }

    /// Waits for somebody to ask for cancellation. The renewal of the lease sees it too, only later.
    async fn cancel_request(&self, ctx: &Context) {
        let Ok(Found::At(from) | Found::Purged(from)) = self.log.position_of(ctx.job().last_event).await else {
            return std::future::pending().await;
        };
        let mut events = self.log.subscribe(&job_topic(ctx.id()), from);
        while let Ok(event) = events.next().await {
            if JobEvent::read(&event).is_ok_and(|event| event.kind == JobEventKind::CancelRequested) {
                return;
            }
        }
        std::future::pending().await
    }

    async fn complete(&self, ctx: &Context, output: String, message: String) -> Result<(), JobError> {
        let change = ActiveModel { output: Set(Some(output)), progress: Set(1.0), ..Default::default() };
        self.finish(ctx, JobEventKind::Completed { message }, change).await
    }

    async fn fail(&self, ctx: &Context, failure: Failure) -> Result<(), JobError> {
        let change = error_change(Some(&failure));
        self.finish(ctx, JobEventKind::Failed { failure }, change).await
    }

    async fn finish(&self, ctx: &Context, kind: JobEventKind, change: ActiveModel) -> Result<(), JobError> {
        let change = ActiveModel {
            lease: Set(None),
            lease_until: Set(None),
            finished_at: Set(Some(self.ambient.now())),
            ..change
        };
        self.record(ctx.begin().await?, kind, change).await
    }

    async fn retry_later(&self, ctx: &Context, failure: Failure, after: Option<Duration>) -> Result<(), JobError> {
        let asked = after.unwrap_or_default().min(MAX_ASKED_PAUSE);
        let pause = queue::backoff(ctx.attempt(), self.ambient.unit()).max(asked);
        let run_at = self.ambient.now() + pause;
        let mut tx = ctx.begin().await?;
        let row = tx.row.clone();
        let stages = queue::forget_failures(tx.tx(), &row).await?;
        let change = ActiveModel {
            run_at: Set(run_at),
            lease: Set(None),
            lease_until: Set(None),
            stages: Set(serde_json::to_string(&stages)?),
            ..error_change(Some(&failure))
        };
        self.record(tx, JobEventKind::RetryScheduled { failure, run_at }, change).await
    }

    /// Puts the job back for another worker; the attempt does not count.
    async fn give_back(&self, ctx: &Context) -> Result<(), JobError> {
        let change = ActiveModel {
            attempt: Set(ctx.attempt() - 1),
            run_at: Set(self.ambient.now()),
            lease: Set(None),
            lease_until: Set(None),
            ..Default::default()
        };
        let mut tx = ctx.begin().await?;
        tx.tx().signal(crate::db::Signal::Jobs);
        self.record(tx, JobEventKind::Queued, change).await
    }

    async fn record(&self, mut tx: FencedTx, kind: JobEventKind, change: ActiveModel) -> Result<(), JobError> {
        let row = tx.row.clone();
        queue::record(tx.tx(), &self.ambient, &row, kind, change).await?;
        tx.commit().await
    }
}

/// Takes jobs from workers that have been silent for longer than their lease. The lost attempt counts.
pub(super) async fn take_back(db: &Db, ambient: &Ambient) -> Result<(), JobError> {
    for id in queue::expired(db, ambient.now()).await? {
        let (mut tx, row) = queue::begin_on(db, id).await?;
        let now = ambient.now();
        // The worker may have come back, or another process been faster.
        let Some(row) = row.filter(|row| row.lease.is_some() && row.lease_until.is_some_and(|until| until < now))
        else {
            continue;
        };
        let change = ActiveModel { lease: Set(None), lease_until: Set(None), ..Default::default() };
        let (kind, change) = if row.cancel_requested {
            (JobEventKind::Cancelled, ActiveModel { finished_at: Set(Some(now)), ..change })
        } else if row.attempt >= row.max_attempts {
            let failure = Failure::new(ErrorCode::Internal, "The worker stopped answering, again and again.");
            let change = ActiveModel { finished_at: Set(Some(now)), ..change };
            let error = error_change(Some(&failure));
            let change = ActiveModel { error_code: error.error_code, error_message: error.error_message, ..change };
            (JobEventKind::Failed { failure }, change)
        } else {
            (JobEventKind::Queued, ActiveModel { run_at: Set(now), ..change })
        };
        tracing::warn!(job = %id, attempt = row.attempt, "a worker was silent for longer than its lease");
        queue::record(&mut tx, ambient, &row, kind, change).await?;
        tx.signal(crate::db::Signal::Jobs);
        tx.commit().await?;
    }
    Ok(())
}

/// The change that writes `failure` into the row, or clears it.
pub(super) fn error_change(failure: Option<&Failure>) -> ActiveModel {
    ActiveModel {
        error_code: Set(failure.map(|failure| failure.code.as_str().to_owned())),
        error_message: Set(failure.map(|failure| failure.message.clone())),
        ..Default::default()
    }
}

fn retry(code: ErrorCode, message: &str) -> JobError {
    JobError::Retry { failure: Failure::new(code, message), after: None }
}
