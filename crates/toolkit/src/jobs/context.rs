//! The view of the queue for a running job.

use std::{
    collections::HashMap,
    future::Future,
    sync::{
        Arc, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde::{Serialize, de::DeserializeOwned};
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;
use uuid::Uuid;

use super::{
    Failure, JobError, Stage, StageCounts, TaskOutcome,
    entity::{ActiveModel, Model},
    events::JobEventKind,
    progress::Stages,
    queue, step,
};
use crate::{
    ambient::Ambient,
    db::{Db, Id, WriteTx},
};

/// Handle of a running job on its own row: progress, checkpoints, and transactions that only the lease holder may
/// commit. Cheap to clone; concurrent tasks share it.
#[derive(Clone)]
pub struct Context(Arc<Inner>);

struct Inner {
    db: Db,
    ambient: Ambient,
    job: Model,
    lease: Uuid,
    /// The stages as last written. A transaction locks them from start to end, so that reports are serialized; always
    /// locked before the transaction starts, to avoid deadlocks.
    stages: Arc<Mutex<Stages>>,
    finished: Mutex<HashMap<String, step::Model>>,
    stopping: CancellationToken,
    /// True once the start of this attempt is recorded.
    is_begun: Arc<AtomicBool>,
    /// Cancelled when a transaction finds a cancellation request.
    cancelled: CancellationToken,
    /// The transaction to be committed together with the end of the job.
    left: std::sync::Mutex<Option<FencedTx>>,
}

impl Context {
    /// Creates the context of a claimed job, with the finished steps of earlier attempts. `stopping` prevents new
    /// steps.
    pub(super) async fn load(
        db: &Db,
        ambient: &Ambient,
        job: Model,
        stopping: CancellationToken,
    ) -> Result<Self, JobError> {
        let stages = job.stages();
        // Steps are kept together with the counts of their stages: where there are none, nothing was finished.
        let steps = if stages.is_empty() {
            Vec::new()
        } else {
            step::Entity::find().filter(step::Column::JobId.eq(job.id)).all(db.reader()).await?
        };
        Ok(Self(Arc::new(Inner {
            db: db.clone(),
            ambient: ambient.clone(),
            lease: job.lease.ok_or(JobError::Interrupted)?,
            stages: Arc::new(Mutex::new(stages)),
            finished: Mutex::new(steps.into_iter().map(|step| (step.name.clone(), step)).collect()),
            job,
            stopping,
            is_begun: Arc::default(),
            cancelled: CancellationToken::new(),
            left: std::sync::Mutex::default(),
        })))
    }

    /// Returns the id of the job.
    pub fn id(&self) -> Id<Model> {
        self.0.job.id
    }

    /// Returns the user who started the job.
    pub fn owner(&self) -> Option<Uuid> {
        self.0.job.owner_id
    }

    /// Returns the creation time of the job, the same in every attempt.
    pub fn asked_at(&self) -> DateTime<Utc> {
        self.0.job.created_at
    }

    /// Returns the number of this attempt, from 1.
    pub fn attempt(&self) -> i32 {
        self.0.job.attempt
    }

    /// Returns the number of earlier attempts whose worker was lost.
    pub fn losses(&self) -> i32 {
        self.0.job.losses()
    }

    /// Returns the number of earlier attempts that failed.
    pub fn failures(&self) -> i32 {
        self.0.job.failures
    }

    /// Declares the stages, from which the overall progress is computed.
    pub async fn plan(&self, stages: &[Stage]) {
        self.0.stages.lock().await.plan(stages);
    }

    /// Begins a stage of `total` tasks. A stage begun by an earlier attempt is not announced again, unless its number
    /// of tasks changed.
    ///
    /// # Errors
    /// [`JobError::Interrupted`] if the job must stop, or if the database fails.
    pub async fn begin_stage(&self, name: &str, total: usize, message: String) -> Result<(), JobError> {
        let tx = self.begin().await?;
        let mut next = tx.stages.clone();
        let stage = next.stage(name);
        if stage.is_started && stage.counts.total == count(total) {
            return Ok(());
        }
        stage.is_started = true;
        stage.is_complete = false;
        stage.counts.total = count(total);
        let kind = JobEventKind::StageStarted { stage: name.to_owned(), message, counts: stage.counts };
        self.report(tx, next, kind, name.to_owned()).await
    }

    /// Ends a stage. A stage ended by an earlier attempt is not announced again.
    ///
    /// # Errors
    /// [`JobError::Interrupted`] if the job must stop, or if the database fails.
    pub async fn end_stage(&self, name: &str, message: String) -> Result<(), JobError> {
        let tx = self.begin().await?;
        let mut next = tx.stages.clone();
        let stage = next.stage(name);
        if stage.is_complete {
            return Ok(());
        }
        stage.is_complete = true;
        let kind = JobEventKind::StageCompleted { stage: name.to_owned(), message, counts: stage.counts };
        self.report(tx, next, kind, format!("{name} - completed")).await
    }

    /// Returns the counts of a stage.
    pub async fn counts(&self, stage: &str) -> StageCounts {
        self.0.stages.lock().await.get(stage).map(|stage| stage.counts).unwrap_or_default()
    }

    /// Runs a task of a stage, announces its start and end, and stores its outcome: when the job runs again, a finished
    /// task returns its stored output and is neither repeated nor announced.
    ///
    /// # Errors
    /// [`JobError::Interrupted`] if the job must stop, or if the database fails.
    pub async fn task<T, F>(&self, stage: &str, task: &str, work: F) -> Result<TaskOutcome<T>, JobError>
    where
        T: Serialize + DeserializeOwned,
        F: Future<Output = Result<T, Failure>>,
    {
        if let Some(outcome) = self.start_task(stage, task).await? {
            return Ok(outcome);
        }
        let span = tracing::info_span!("task", otel.name = step_name(stage, task), stage, task);
        let outcome = match work.instrument(span).await {
            Ok(output) => TaskOutcome::Done(output),
            Err(failure) => TaskOutcome::Failed(failure),
        };
        let tx = self.begin().await?;
        self.commit_task(tx, stage, task, &outcome).await?;
        Ok(outcome)
    }

    /// Starts a task that writes rows: returns its outcome if an earlier attempt finished it; otherwise announces its
    /// start and returns `None`. Its rows are written in a transaction of [`Context::begin`], its outcome by
    /// [`Context::commit_task`].
    ///
    /// # Errors
    /// [`JobError::Interrupted`] if the job must stop, or if the database fails.
    pub async fn start_task<T: DeserializeOwned>(
        &self,
        stage: &str,
        task: &str,
    ) -> Result<Option<TaskOutcome<T>>, JobError> {
        if let Some(outcome) = self.finished(stage, task).await? {
            return Ok(Some(outcome));
        }
        self.check_stopping()?;
        self.announce(stage, task).await?;
        Ok(None)
    }

    /// Returns the outcome of a task finished by this or an earlier attempt.
    ///
    /// # Errors
    /// If the stored output has another type.
    pub async fn finished<T: DeserializeOwned>(
        &self,
        stage: &str,
        task: &str,
    ) -> Result<Option<TaskOutcome<T>>, JobError> {
        self.0.finished.lock().await.get(&step_name(stage, task)).map(step::Model::outcome).transpose()
    }

    /// Starts a transaction that commits only while this worker holds the job's lease. For rows written together with
    /// the end of a task, see [`Context::commit_task`]; for other rows, see [`FencedTx::commit`] and
    /// [`Context::leave`]. The first one of an attempt records the start of the attempt.
    ///
    /// # Errors
    /// [`JobError::Interrupted`] if the lease is lost, or if the database fails.
    pub async fn begin(&self) -> Result<FencedTx, JobError> {
        let stages = self.0.stages.clone().lock_owned().await;
        let (mut tx, row) = queue::begin_fenced(&self.0.db, &self.0.ambient, self.id(), self.0.lease).await?;
        if row.cancel_requested {
            self.0.cancelled.cancel();
        }
        let is_begun = self.0.is_begun.clone();
        if !is_begun.load(Ordering::Acquire) {
            let kind = JobEventKind::Started { attempt: self.attempt() };
            queue::record(&mut tx, &self.0.ambient, &row, kind, ActiveModel::default()).await?;
        }
        Ok(FencedTx { tx, row, stages, is_begun })
    }

    /// Leaves the last transaction of the job open, to be committed together with the end of the job, which must follow
    /// at once: nothing is written if the job does not complete.
    pub fn leave(&self, tx: FencedTx) {
        *self.left() = Some(tx);
    }

    /// Takes the transaction left by the job.
    pub(super) fn take_left(&self) -> Option<FencedTx> {
        self.left().take()
    }

    fn left(&self) -> std::sync::MutexGuard<'_, Option<FencedTx>> {
        // It is whole after any panic.
        self.0.left.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until a transaction of this attempt finds a cancellation request.
    pub(super) async fn cancelled(&self) {
        self.0.cancelled.cancelled().await;
    }

    /// Commits the rows of a task, its outcome and its event in one transaction.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn commit_task<T: Serialize>(
        &self,
        tx: FencedTx,
        stage: &str,
        task: &str,
        outcome: &TaskOutcome<T>,
    ) -> Result<(), JobError> {
        let name = step_name(stage, task);
        let step = step::Model::of(self.id(), &name, outcome, self.0.ambient.shared_now())?;
        step::Entity::insert(step.clone().into_active_model()).exec_without_returning(&*tx.tx).await?;
        let mut next = tx.stages.clone();
        let counts = &mut next.stage(stage).counts;
        let (stage, task) = (stage.to_owned(), task.to_owned());
        let (kind, done) = match outcome {
            TaskOutcome::Done(_) => {
                counts.completed += 1;
                (JobEventKind::TaskCompleted { stage, task, counts: *counts }, "completed")
            }
            TaskOutcome::Failed(failure) => {
                counts.failed += 1;
                let failure = failure.clone();
                let Failure { code, message } = &failure;
                tracing::warn!(job = %self.id(), step = name, code = code.as_str(), message, "a task failed; its job goes on");
                (JobEventKind::TaskFailed { stage, task, counts: *counts, failure }, "failed")
            }
        };
        self.report(tx, next, kind, format!("{name} - {done}")).await?;
        self.0.finished.lock().await.insert(name, step);
        Ok(())
    }

    /// Announces the start of a task.
    ///
    /// # Errors
    /// [`JobError::Interrupted`] if the job must stop, or if the database fails.
    pub async fn announce(&self, stage: &str, task: &str) -> Result<(), JobError> {
        let tx = self.begin().await?;
        let next = tx.stages.clone();
        let counts = next.get(stage).map(|stage| stage.counts).unwrap_or_default();
        let kind = JobEventKind::TaskStarted { stage: stage.to_owned(), task: task.to_owned(), counts };
        self.report(tx, next, kind, format!("{} - started", step_name(stage, task))).await
    }

    /// Returns an error if the server is stopping: running tasks may finish, new ones may not start.
    fn check_stopping(&self) -> Result<(), JobError> {
        if self.0.stopping.is_cancelled() { Err(JobError::Interrupted) } else { Ok(()) }
    }

    async fn report(&self, mut tx: FencedTx, next: Stages, kind: JobEventKind, step: String) -> Result<(), JobError> {
        let change = ActiveModel {
            stages: Set(serde_json::to_string(&next)?),
            progress: Set(next.fraction()),
            current_step: Set(Some(step)),
            ..Default::default()
        };
        queue::record(&mut tx.tx, &self.0.ambient, &tx.row, kind, change).await?;
        tx.commit_with(|stages| *stages = next).await
    }

    pub(super) fn lease(&self) -> Uuid {
        self.0.lease
    }

    pub(super) fn job(&self) -> &Model {
        &self.0.job
    }
}

/// A write transaction started while the lease was held, which prevents other workers from taking the job over until it
/// ends.
pub struct FencedTx {
    pub(super) tx: WriteTx,
    pub(super) row: Model,
    stages: OwnedMutexGuard<Stages>,
    is_begun: Arc<AtomicBool>,
}

impl FencedTx {
    /// Returns the transaction, for services to write in.
    pub fn tx(&mut self) -> &mut WriteTx {
        &mut self.tx
    }

    /// Commits without an event of the job.
    ///
    /// # Errors
    /// If the database fails; then nothing was changed.
    pub async fn commit(self) -> Result<(), JobError> {
        self.commit_with(|_| ()).await
    }

    /// Commits, and then applies `change` to the stages in memory.
    async fn commit_with(mut self, change: impl FnOnce(&mut Stages)) -> Result<(), JobError> {
        self.tx.commit().await?;
        self.is_begun.store(true, Ordering::Release);
        change(&mut self.stages);
        Ok(())
    }
}

fn step_name(stage: &str, task: &str) -> String {
    format!("{stage}: {task}")
}

fn count(total: usize) -> i32 {
    i32::try_from(total).unwrap_or(i32::MAX)
}
