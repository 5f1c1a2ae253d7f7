//! GraphQL types for job events.

#![expect(dead_code, reason = "SimpleObject makes getters that only the interface calls, and only some of them")]

use async_graphql::{ComplexObject, Context, Interface, Result as GraphQlResult, SimpleObject};

use crate::{
    db::Id,
    domains::{
        JobResult, result_of,
        shared::{Link, follow::Place, one},
    },
    error::ErrorCode,
    graphql::{About, CursorText, Timestamp},
    jobs::{Failure, JobEntity, JobEvent as Logged, JobEventKind, JobRow, JobStatus, StageCounts},
};

/// Error of a job or of one of its tasks.
#[derive(SimpleObject, Debug, Clone)]
pub struct JobError {
    /// Machine-readable error code.
    pub code: ErrorCode,
    /// Human-readable message.
    pub message: String,
    /// True if a retry may succeed.
    pub retryable: bool,
}

impl From<Failure> for JobError {
    fn from(failure: Failure) -> Self {
        Self { code: failure.code, message: failure.message, retryable: failure.code.is_retryable() }
    }
}

/// Stage of a job with its task counts.
#[derive(SimpleObject, Debug, Clone)]
pub struct JobStage {
    /// Name of the stage, such as `research`.
    pub name: String,
    /// Name of the stage for people, such as `Research`.
    pub label: String,
    /// Number of successful tasks.
    pub completed: i32,
    /// Number of failed tasks.
    pub failed: i32,
    /// Total number of tasks; 0 before the stage begins.
    pub total: i32,
    /// True if all tasks have succeeded or failed.
    pub is_complete: bool,
}

/// Event of a job. Clients can select these fields alone and ignore unknown event types.
#[derive(Interface, Debug, Clone)]
#[graphql(
    field(
        name = "cursor",
        ty = "&CursorText",
        desc = "Cursor of the event. Pass it as `after` to continue after this event."
    ),
    field(name = "job", ty = "&Link<JobEntity>", desc = "Job, as it is now; null if it no longer exists."),
    field(name = "occurred_at", ty = "&Timestamp", desc = "Time of the event."),
    field(name = "progress", ty = "&f64", desc = "Progress at that time, 0–1; never decreases.")
)]
pub enum JobEvent {
    /// The present state.
    State(JobState),
    /// The job was queued.
    Queued(JobQueued),
    /// An attempt started.
    Started(JobStarted),
    /// A stage started.
    StageStarted(JobStageStarted),
    /// A task started.
    TaskStarted(JobTaskStarted),
    /// A task succeeded.
    TaskCompleted(JobTaskCompleted),
    /// A task failed.
    TaskFailed(JobTaskFailed),
    /// A stage completed.
    StageCompleted(JobStageCompleted),
    /// An attempt failed.
    RetryScheduled(JobRetryScheduled),
    /// Cancellation was requested.
    CancelRequested(JobCancelRequested),
    /// The job completed.
    Completed(JobCompleted),
    /// The job failed.
    Failed(JobFailed),
    /// The job was cancelled.
    Cancelled(JobCancelled),
}

/// Defines an event type with the common fields and its own.
macro_rules! event {
    ($(#[doc = $doc:literal])* $(#[graphql($setting:ident)])? $name:ident { $($(#[$field_meta:meta])* $field:ident: $type:ty,)* }) => {
        $(#[doc = $doc])*
        #[derive(SimpleObject, Debug, Clone)]
        $(#[graphql($setting)])?
        pub struct $name {
            /// Cursor of the event. Pass it as `after` to continue after this event.
            pub cursor: CursorText,
            /// Job, as it is now; null if it no longer exists.
            pub job: Link<JobEntity>,
            /// Time of the event.
            pub occurred_at: Timestamp,
            /// Progress at that time, 0–1; never decreases.
            pub progress: f64,
            $($(#[$field_meta])* pub $field: $type,)*
        }
    };
}

event! {
    /// Present state of a job, sent first when the subscription starts without `after`.
    JobState {
        /// Status of the job.
        status: JobStatus,
        /// Last step; null before the job starts. `currentStepLabel` is for people.
        current_step: Option<String>,
        /// Last step for people, such as `Research: Case studies - completed`; null before the job starts.
        current_step_label: Option<String>,
        /// Stages so far.
        #[graphql(directive = About::apply(5))]
        stages: Vec<JobStage>,
        /// Last error; null unless the job or its last attempt failed.
        last_error: Option<JobError>,
    }
}
event! {
    /// The job was queued: initially, by `retryJob`, or because its worker stopped.
    JobQueued {}
}
event! {
    /// An attempt started.
    JobStarted {
        /// Number of the attempt, from 1.
        attempt: i32,
    }
}
event! {
    /// A stage started.
    JobStageStarted {
        /// Name of the stage.
        stage: String,
        /// Name of the stage for people, such as `Research`.
        stage_label: String,
        /// Human-readable message.
        message: String,
        /// Number of successful tasks.
        completed: i32,
        /// Total number of tasks.
        total: i32,
        /// Number of failed tasks.
        failed: i32,
    }
}
event! {
    /// A task started.
    JobTaskStarted {
        /// Name of the stage.
        stage: String,
        /// Name of the stage for people, such as `Research`.
        stage_label: String,
        /// Name of the task.
        task: String,
        /// Name of the task for people, such as `Case studies`.
        task_label: String,
        /// Number of successful tasks of the stage.
        completed: i32,
        /// Total number of tasks of the stage.
        total: i32,
        /// Number of failed tasks of the stage.
        failed: i32,
    }
}
event! {
    /// A task succeeded.
    JobTaskCompleted {
        /// Name of the stage.
        stage: String,
        /// Name of the stage for people, such as `Research`.
        stage_label: String,
        /// Name of the task.
        task: String,
        /// Name of the task for people, such as `Case studies`.
        task_label: String,
        /// Number of successful tasks of the stage, including this one.
        completed: i32,
        /// Total number of tasks of the stage.
        total: i32,
        /// Number of failed tasks of the stage.
        failed: i32,
    }
}
event! {
    /// A task failed; the job continues without it.
    JobTaskFailed {
        /// Name of the stage.
        stage: String,
        /// Name of the stage for people, such as `Research`.
        stage_label: String,
        /// Name of the task.
        task: String,
        /// Name of the task for people, such as `Case studies`.
        task_label: String,
        /// Number of successful tasks of the stage.
        completed: i32,
        /// Total number of tasks of the stage.
        total: i32,
        /// Number of failed tasks of the stage, including this one.
        failed: i32,
        /// Error of the task.
        error: JobError,
    }
}
event! {
    /// All tasks of a stage have succeeded or failed.
    JobStageCompleted {
        /// Name of the stage.
        stage: String,
        /// Name of the stage for people, such as `Research`.
        stage_label: String,
        /// Human-readable message.
        message: String,
        /// Number of successful tasks.
        completed: i32,
        /// Total number of tasks.
        total: i32,
        /// Number of failed tasks.
        failed: i32,
    }
}
event! {
    /// An attempt failed; the job will be retried.
    JobRetryScheduled {
        /// Error of the attempt.
        error: JobError,
        /// Earliest time of the next attempt.
        run_at: Timestamp,
    }
}
event! {
    /// Cancellation was requested; the job stops as soon as its worker notices.
    JobCancelRequested {}
}
event! {
    /// The job completed with a result. Ends the stream.
    #[graphql(complex)]
    JobCompleted {
        /// Human-readable summary.
        message: String,
        #[graphql(skip)]
        job_id: Id<JobRow>,
    }
}

#[ComplexObject]
impl JobCompleted {
    /// Result of the job, as in `Job.result`; null for kinds of work without a result.
    async fn result(&self, ctx: &Context<'_>) -> Option<GraphQlResult<JobResult>> {
        match one::<JobEntity>(ctx, self.job_id).await {
            Ok(job) => result_of_job(&job?.0),
            Err(error) => Some(Err(error.into())),
        }
    }
}
event! {
    /// The job failed permanently. Ends the stream.
    JobFailed {
        /// Error of the job.
        error: JobError,
    }
}
event! {
    /// The job was cancelled. Ends the stream.
    JobCancelled {}
}

impl JobEvent {
    /// Returns the present state of a job.
    pub(super) fn state(place: Place, job: &JobRow) -> Self {
        let Place { cursor, occurred_at } = place;
        Self::State(JobState {
            cursor,
            job: Link::within(job.id),
            occurred_at,
            progress: job.progress,
            status: job.status,
            current_step: job.current_step.clone(),
            current_step_label: job.current_step.as_deref().map(step_label),
            stages: stages_of(job),
            last_error: job.failure().map(JobError::from),
        })
    }

    /// Converts an event of the log.
    pub(super) fn logged(place: Place, job_id: Id<JobRow>, logged: Logged) -> Self {
        let (Place { cursor, occurred_at }, job) = (place, Link::within(job_id));
        let progress = logged.progress;
        match logged.kind {
            JobEventKind::Queued => Self::Queued(JobQueued { cursor, job, occurred_at, progress }),
            JobEventKind::Started { attempt } => {
                Self::Started(JobStarted { cursor, job, occurred_at, progress, attempt })
            }
            JobEventKind::StageStarted { stage, message, counts } => {
                let StageCounts { completed, failed, total } = counts;
                Self::StageStarted(JobStageStarted {
                    cursor,
                    job,
                    occurred_at,
                    progress,
                    stage_label: label_of(&stage),
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
                    job,
                    occurred_at,
                    progress,
                    stage_label: label_of(&stage),
                    stage,
                    task_label: label_of(&task),
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
                    job,
                    occurred_at,
                    progress,
                    stage_label: label_of(&stage),
                    stage,
                    task_label: label_of(&task),
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
                    job,
                    occurred_at,
                    progress,
                    stage_label: label_of(&stage),
                    stage,
                    task_label: label_of(&task),
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
                    job,
                    occurred_at,
                    progress,
                    stage_label: label_of(&stage),
                    stage,
                    message,
                    completed,
                    total,
                    failed,
                })
            }
            JobEventKind::RetryScheduled { failure, run_at } => Self::RetryScheduled(JobRetryScheduled {
                cursor,
                job,
                occurred_at,
                progress,
                error: failure.into(),
                run_at: Timestamp(run_at),
            }),
            JobEventKind::CancelRequested => {
                Self::CancelRequested(JobCancelRequested { cursor, job, occurred_at, progress })
            }
            JobEventKind::Completed { message } => {
                Self::Completed(JobCompleted { cursor, job, occurred_at, progress, message, job_id })
            }
            JobEventKind::Failed { failure } => {
                Self::Failed(JobFailed { cursor, job, occurred_at, progress, error: failure.into() })
            }
            JobEventKind::Cancelled => Self::Cancelled(JobCancelled { cursor, job, occurred_at, progress }),
        }
    }
}

/// Returns the result of a job; `None` until it is completed, and for kinds of work without a result.
pub(super) fn result_of_job(job: &JobRow) -> Option<GraphQlResult<JobResult>> {
    let output = job.output.as_deref().filter(|_| job.status == JobStatus::Completed)?;
    result_of(&job.kind, output).map(|result| result.map_err(Into::into))
}

/// Returns the name of a stage or task for people: `case_studies` is `Case studies`.
fn label_of(name: &str) -> String {
    let words = name.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Returns a step for people: `research: case_studies - completed` is `Research: Case studies - completed`.
pub(super) fn step_label(step: &str) -> String {
    let (names, state) = step.rsplit_once(" - ").map_or((step, None), |(names, state)| (names, Some(state)));
    let names = match names.split_once(": ") {
        Some((stage, task)) => format!("{}: {}", label_of(stage), label_of(task)),
        None => label_of(names),
    };
    state.map_or(names.clone(), |state| format!("{names} - {state}"))
}

/// Returns the stages of a job so far.
pub(super) fn stages_of(job: &JobRow) -> Vec<JobStage> {
    let stage = |(name, counts, is_complete): (String, StageCounts, bool)| JobStage {
        label: label_of(&name),
        name,
        completed: counts.completed,
        failed: counts.failed,
        total: counts.total,
        is_complete,
    };
    job.stage_counts().into_iter().map(stage).collect()
}

#[cfg(test)]
mod tests {
    use super::{label_of, step_label};

    #[test]
    fn labels_are_names_for_people() {
        let labels = ["research", "case_studies", "0001193125-23-048785", "Über_uns", ""].map(label_of);
        assert_eq!(labels, ["Research", "Case studies", "0001193125-23-048785", "Über uns", ""]);
        let steps = ["research", "research - completed", "research: case_studies - started"].map(step_label);
        assert_eq!(steps, ["Research", "Research - completed", "Research: Case studies - started"]);
    }
}
