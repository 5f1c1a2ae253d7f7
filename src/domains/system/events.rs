//! The events of a job, as clients see them.

#![expect(dead_code, reason = "SimpleObject makes getters that only the interface calls, and only some of them")]

use async_graphql::{ComplexObject, Context, Interface, Result as GraphQlResult, SimpleObject};

use crate::{
    db::Id,
    domains::{
        JobResult, result_of,
        shared::{follow::Place, one},
    },
    error::ErrorCode,
    graphql::{About, CursorText, Timestamp},
    jobs::{Failure, JobEntity, JobEvent as Logged, JobEventKind, JobRow, JobStatus, StageCounts},
};

/// What went wrong in a job or in one of its tasks.
#[derive(SimpleObject, Debug, Clone)]
pub struct JobError {
    /// The code to decide by.
    pub code: ErrorCode,
    /// What happened, for a person.
    pub message: String,
    /// Whether trying again may help.
    pub retryable: bool,
}

impl From<Failure> for JobError {
    fn from(failure: Failure) -> Self {
        Self { code: failure.code, message: failure.message, retryable: failure.code.is_retryable() }
    }
}

/// A stage of a job and its counts.
#[derive(SimpleObject, Debug, Clone)]
pub struct JobStage {
    /// Its name, such as `research`.
    pub name: String,
    /// Tasks that yielded something.
    pub completed: i32,
    /// Tasks that gave up.
    pub failed: i32,
    /// All tasks of the stage; 0 before it begins.
    pub total: i32,
    /// Whether all its tasks are dealt with.
    pub is_complete: bool,
}

/// Something that happened to a job. A client may select these fields alone and ignore the kinds it does not know.
#[derive(Interface, Debug, Clone)]
#[graphql(
    field(
        name = "cursor",
        ty = "&CursorText",
        desc = "The place of the event: give it as `after` to go on behind it."
    ),
    field(name = "job_id", ty = "&Id<JobRow>", desc = "Which job."),
    field(name = "at", ty = "&Timestamp", desc = "When it happened."),
    field(name = "progress", ty = "&f64", desc = "How far the job was then, 0 to 1; never falls.")
)]
pub enum JobEvent {
    /// The present state.
    State(JobState),
    /// It was queued.
    Queued(JobQueued),
    /// An attempt began.
    Started(JobStarted),
    /// A stage began.
    StageStarted(JobStageStarted),
    /// A task began.
    TaskStarted(JobTaskStarted),
    /// A task yielded something.
    TaskCompleted(JobTaskCompleted),
    /// A task gave up.
    TaskFailed(JobTaskFailed),
    /// A stage ended.
    StageCompleted(JobStageCompleted),
    /// An attempt failed.
    RetryScheduled(JobRetryScheduled),
    /// Somebody asked to stop it.
    CancelRequested(JobCancelRequested),
    /// It finished.
    Completed(JobCompleted),
    /// It gave up.
    Failed(JobFailed),
    /// It was stopped.
    Cancelled(JobCancelled),
}

/// Defines the type of an event: the fields that all have, and its own.
macro_rules! event {
    ($(#[doc = $doc:literal])* $(#[graphql($setting:ident)])? $name:ident { $($(#[$field_meta:meta])* $field:ident: $type:ty,)* }) => {
        $(#[doc = $doc])*
        #[derive(SimpleObject, Debug, Clone)]
        $(#[graphql($setting)])?
        pub struct $name {
            /// The place of the event: give it as `after` to go on behind it.
            pub cursor: CursorText,
            /// Which job.
            pub job_id: Id<JobRow>,
            /// When it happened.
            pub at: Timestamp,
            /// How far the job was then, 0 to 1; never falls.
            pub progress: f64,
            $($(#[$field_meta])* pub $field: $type,)*
        }
    };
}

event! {
    /// The present state of a job: the first event for a client that knows nothing yet.
    JobState {
        /// Where it stands.
        status: JobStatus,
        /// What it did last; null before it began.
        current_step: Option<String>,
        /// Its stages so far.
        #[graphql(directive = About::apply(5))]
        stages: Vec<JobStage>,
        /// What went wrong last; null unless it failed, or its last attempt did.
        last_error: Option<JobError>,
    }
}
event! {
    /// The job was put into the queue: for the first time, again by `retryJob`, or because its worker stopped.
    JobQueued {}
}
event! {
    /// An attempt began.
    JobStarted {
        /// Which attempt, from 1.
        attempt: i32,
    }
}
event! {
    /// A stage began.
    JobStageStarted {
        /// The stage.
        stage: String,
        /// For a person.
        message: String,
        /// Tasks that are done.
        completed: i32,
        /// All tasks of the stage.
        total: i32,
        /// Tasks that gave up.
        failed: i32,
    }
}
event! {
    /// A task began.
    JobTaskStarted {
        /// Its stage.
        stage: String,
        /// The task.
        task: String,
        /// Tasks of the stage that are done.
        completed: i32,
        /// All tasks of the stage.
        total: i32,
        /// Tasks of the stage that gave up.
        failed: i32,
    }
}
event! {
    /// A task yielded something.
    JobTaskCompleted {
        /// Its stage.
        stage: String,
        /// The task.
        task: String,
        /// Tasks of the stage that are done, this one included.
        completed: i32,
        /// All tasks of the stage.
        total: i32,
        /// Tasks of the stage that gave up.
        failed: i32,
    }
}
event! {
    /// A task gave up; the job goes on without it.
    JobTaskFailed {
        /// Its stage.
        stage: String,
        /// The task.
        task: String,
        /// Tasks of the stage that are done.
        completed: i32,
        /// All tasks of the stage.
        total: i32,
        /// Tasks of the stage that gave up, this one included.
        failed: i32,
        /// Why it gave up.
        error: JobError,
    }
}
event! {
    /// All tasks of a stage are dealt with.
    JobStageCompleted {
        /// The stage.
        stage: String,
        /// For a person.
        message: String,
        /// Tasks that are done.
        completed: i32,
        /// All tasks of the stage.
        total: i32,
        /// Tasks that gave up.
        failed: i32,
    }
}
event! {
    /// An attempt failed; another follows.
    JobRetryScheduled {
        /// Why it failed.
        error: JobError,
        /// When the next attempt begins, at the earliest.
        run_at: Timestamp,
    }
}
event! {
    /// Somebody asked to stop the job; it stops as soon as its worker sees it.
    JobCancelRequested {}
}
event! {
    /// The job finished with a result. The stream ends here.
    #[graphql(complex)]
    JobCompleted {
        /// A summary for a person.
        message: String,
    }
}

#[ComplexObject]
impl JobCompleted {
    /// What the job yielded, as `Job.result`; null for kinds of work that yield nothing to show.
    async fn result(&self, ctx: &Context<'_>) -> Option<GraphQlResult<JobResult>> {
        match one::<JobEntity>(ctx, self.job_id).await {
            Ok(job) => result_of_job(&job?.0),
            Err(error) => Some(Err(error.into())),
        }
    }
}
event! {
    /// The job gave up. The stream ends here.
    JobFailed {
        /// Why it gave up.
        error: JobError,
    }
}
event! {
    /// The job was stopped. The stream ends here.
    JobCancelled {}
}

impl JobEvent {
    /// The present state of a job.
    pub(super) fn state(place: Place, job: &JobRow) -> Self {
        let Place { cursor, at } = place;
        Self::State(JobState {
            cursor,
            job_id: job.id,
            at,
            progress: job.progress,
            status: job.status,
            current_step: job.current_step.clone(),
            stages: stages_of(job),
            last_error: job.failure().map(JobError::from),
        })
    }

    /// An event of the log.
    pub(super) fn logged(place: Place, job_id: Id<JobRow>, logged: Logged) -> Self {
        let Place { cursor, at } = place;
        let progress = logged.progress;
        match logged.kind {
            JobEventKind::Queued => Self::Queued(JobQueued { cursor, job_id, at, progress }),
            JobEventKind::Started { attempt } => Self::Started(JobStarted { cursor, job_id, at, progress, attempt }),
            JobEventKind::StageStarted { stage, message, counts } => {
                let StageCounts { completed, failed, total } = counts;
                Self::StageStarted(JobStageStarted {
                    cursor,
                    job_id,
                    at,
                    progress,
                    stage,
                    message,
                    completed,
                    total,
                    failed,
                })
            }
            JobEventKind::TaskStarted { stage, task, counts } => {
                let StageCounts { completed, failed, total } = counts;
                Self::TaskStarted(JobTaskStarted {
                    cursor,
                    job_id,
                    at,
                    progress,
                    stage,
                    task,
                    completed,
                    total,
                    failed,
                })
            }
            JobEventKind::TaskCompleted { stage, task, counts } => {
                let StageCounts { completed, failed, total } = counts;
                Self::TaskCompleted(JobTaskCompleted {
                    cursor,
                    job_id,
                    at,
                    progress,
                    stage,
                    task,
                    completed,
                    total,
                    failed,
                })
            }
            JobEventKind::TaskFailed { stage, task, counts, failure } => {
                let StageCounts { completed, failed, total } = counts;
                let error = failure.into();
                Self::TaskFailed(JobTaskFailed {
                    cursor,
                    job_id,
                    at,
                    progress,
                    stage,
                    task,
                    completed,
                    total,
                    failed,
                    error,
                })
            }
            JobEventKind::StageCompleted { stage, message, counts } => {
                let StageCounts { completed, failed, total } = counts;
                Self::StageCompleted(JobStageCompleted {
                    cursor,
                    job_id,
                    at,
                    progress,
                    stage,
                    message,
                    completed,
                    total,
                    failed,
                })
            }
            JobEventKind::RetryScheduled { failure, run_at } => Self::RetryScheduled(JobRetryScheduled {
                cursor,
                job_id,
                at,
                progress,
                error: failure.into(),
                run_at: Timestamp(run_at),
            }),
            JobEventKind::CancelRequested => Self::CancelRequested(JobCancelRequested { cursor, job_id, at, progress }),
            JobEventKind::Completed { message } => {
                Self::Completed(JobCompleted { cursor, job_id, at, progress, message })
            }
            JobEventKind::Failed { failure } => {
                Self::Failed(JobFailed { cursor, job_id, at, progress, error: failure.into() })
            }
            JobEventKind::Cancelled => Self::Cancelled(JobCancelled { cursor, job_id, at, progress }),
        }
    }
}

/// What a job yielded; `None` until it is completed, and for kinds of work that yield nothing to show.
pub(super) fn result_of_job(job: &JobRow) -> Option<GraphQlResult<JobResult>> {
    let output = job.output.as_deref().filter(|_| job.status == JobStatus::Completed)?;
    result_of(&job.kind, output).map(|result| result.map_err(Into::into))
}

/// The stages of a job so far.
pub(super) fn stages_of(job: &JobRow) -> Vec<JobStage> {
    let stage = |(name, counts, is_complete): (String, StageCounts, bool)| JobStage {
        name,
        completed: counts.completed,
        failed: counts.failed,
        total: counts.total,
        is_complete,
    };
    job.stage_counts().into_iter().map(stage).collect()
}
