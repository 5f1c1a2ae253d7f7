//! What a running job sees of the queue.

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

/// The handle of a running job on its own row: progress, checkpoints, and transactions that only the holder of the lease
/// may commit. Cheap to clone; tasks that run side by side share it.
#[derive(Clone)]
pub struct Context(Arc<Inner>);

struct Inner {
    db: Db,
    ambient: Ambient,
    job: Model,
    lease: Uuid,
    /// The stages as last written. A transaction holds them from its begin to its end, so that reports come one after the
    /// other; always taken before the transaction, so that two tasks cannot wait for each other.
    stages: Arc<Mutex<Stages>>,
    finished: Mutex<HashMap<String, step::Model>>,
    stopping: CancellationToken,
    /// Whether the begin of this attempt is told.
    is_begun: Arc<AtomicBool>,
    /// A transaction has found that somebody asked to cancel the job.
    cancelled: CancellationToken,
    /// What the job left to be committed with its end.
    left: std::sync::Mutex<Option<FencedTx>>,
}

impl Context {
    /// The context of a claimed job, with the steps that earlier attempts finished. `stopping` says that no new step may
    /// begin.
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

    /// The job's id.
    pub fn id(&self) -> Id<Model> {
        self.0.job.id
    }

    /// The user who asked for the job.
    pub fn owner(&self) -> Option<Uuid> {
        self.0.job.owner_id
    }

    /// When the job was asked for: the same in every attempt.
    pub fn asked_at(&self) -> DateTime<Utc> {
        self.0.job.created_at
    }

    /// Which attempt this is, from 1.
    pub fn attempt(&self) -> i32 {
        self.0.job.attempt
    }

    /// How many attempts before this one ended because their worker was lost.
    pub fn losses(&self) -> i32 {
        self.0.job.losses()
    }

    /// How many attempts before this one failed.
    pub fn failures(&self) -> i32 {
        self.0.job.failures
    }

    /// Lays out the stages, from which the overall progress is reckoned.
    pub async fn plan(&self, stages: &[Stage]) {
        self.0.stages.lock().await.plan(stages);
    }

    /// Begins a stage of `total` tasks. A stage that an earlier attempt began is not announced again, unless it had another
    /// number of tasks then.
    ///
    /// # Errors
    /// [`JobError::Interrupted`] when the job may not go on, or when the database fails.
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

    /// Ends a stage. A stage that an earlier attempt ended is not announced again.
    ///
    /// # Errors
    /// [`JobError::Interrupted`] when the job may not go on, or when the database fails.
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

    /// The counts of a stage.
    pub async fn counts(&self, stage: &str) -> StageCounts {
        self.0.stages.lock().await.get(stage).map(|stage| stage.counts).unwrap_or_default()
    }

    /// Does a task of a stage, announces its begin and its end, and keeps its outcome: when the job is run again, a
    /// finished task returns what it yielded then and is neither repeated nor announced.
    ///
    /// # Errors
    /// [`JobError::Interrupted`] when the job may not go on, or when the database fails.
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

    /// Begins a task that writes rows: how it ended when an earlier attempt finished it; else `None`, and its begin is
    /// announced. Its rows are written in a transaction of [`Context::begin`], those of its end by
    /// [`Context::commit_task`].
    ///
    /// # Errors
    /// [`JobError::Interrupted`] when the job may not go on, or when the database fails.
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

    /// How a task ended that this attempt or an earlier one finished.
    ///
    /// # Errors
    /// When what was kept is of another shape.
    pub async fn finished<T: DeserializeOwned>(
        &self,
        stage: &str,
        task: &str,
    ) -> Result<Option<TaskOutcome<T>>, JobError> {
        self.0.finished.lock().await.get(&step_name(stage, task)).map(step::Model::outcome).transpose()
    }

    /// Begins a transaction that commits only while this worker holds the job's lease. For rows that a task writes
    /// together with its end: see [`Context::commit_task`]; or for rows of the work itself: see [`FencedTx::commit`] and
    /// [`Context::leave`]. The first one of an attempt tells that the attempt began.
    ///
    /// # Errors
    /// [`JobError::Interrupted`] when the lease is lost, or when the database fails.
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

    /// Leaves the last transaction of the job open, to be committed together with the end of the job, which must follow at
    /// once: nothing of it is written when the job does not complete.
    pub fn leave(&self, tx: FencedTx) {
        *self.left() = Some(tx);
    }

    /// What the job left.
    pub(super) fn take_left(&self) -> Option<FencedTx> {
        self.left().take()
    }

    fn left(&self) -> std::sync::MutexGuard<'_, Option<FencedTx>> {
        // It is whole after any panic.
        self.0.left.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until a transaction of this attempt finds that somebody asked to cancel the job.
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

    /// Announces that a task begins.
    ///
    /// # Errors
    /// [`JobError::Interrupted`] when the job may not go on, or when the database fails.
    pub async fn announce(&self, stage: &str, task: &str) -> Result<(), JobError> {
        let tx = self.begin().await?;
        let next = tx.stages.clone();
        let counts = next.get(stage).map(|stage| stage.counts).unwrap_or_default();
        let kind = JobEventKind::TaskStarted { stage: stage.to_owned(), task: task.to_owned(), counts };
        self.report(tx, next, kind, format!("{} - started", step_name(stage, task))).await
    }

    /// A stopping server lets running tasks end and begins no new ones.
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

/// A write transaction that was begun while the lease was held, and that keeps others from taking the job over until it
/// ends.
pub struct FencedTx {
    pub(super) tx: WriteTx,
    pub(super) row: Model,
    stages: OwnedMutexGuard<Stages>,
    is_begun: Arc<AtomicBool>,
}

impl FencedTx {
    /// The transaction, for services to write in.
    pub fn tx(&mut self) -> &mut WriteTx {
        &mut self.tx
    }

    /// Commits what was written, without an event of the job.
    ///
    /// # Errors
    /// When the database fails; then nothing was changed.
    pub async fn commit(self) -> Result<(), JobError> {
        self.commit_with(|_| ()).await
    }

    /// Commits, and then changes the stages as they are known here.
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
