//! Events of a job.

use serde::{Deserialize, Serialize};

use super::{Failure, JobStatus, StageCounts, entity};
use crate::{
    db::Id,
    events::{Event, NewEvent, Topic},
};

/// Returns the topic of a job's events.
pub fn job_topic(id: Id<entity::Model>) -> Topic {
    Topic::of_one("job", id)
}

/// The kind of a job event, as stored in the event log. The progress is stored separately in [`JobEvent::progress`].
#[expect(missing_docs, reason = "the fields are the words of the events")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum JobEventKind {
    /// The job was queued.
    Queued,
    /// An attempt started.
    Started { attempt: i32 },
    /// A stage started.
    StageStarted { stage: String, message: String, counts: StageCounts },
    /// A task started.
    TaskStarted { stage: String, task: String, counts: StageCounts },
    /// A task succeeded.
    TaskCompleted { stage: String, task: String, counts: StageCounts },
    /// A task failed; the job continues.
    TaskFailed { stage: String, task: String, counts: StageCounts, failure: Failure },
    /// All tasks of a stage have succeeded or failed.
    StageCompleted { stage: String, message: String, counts: StageCounts },
    /// An attempt failed; the job will be retried.
    RetryScheduled { failure: Failure, run_at: chrono::DateTime<chrono::Utc> },
    /// Cancellation was requested; the job stops as soon as its worker notices.
    CancelRequested,
    /// The job completed with a result.
    Completed { message: String },
    /// The job failed permanently.
    Failed { failure: Failure },
    /// The job was cancelled.
    Cancelled,
}

impl JobEventKind {
    /// Returns the status of the job after this event; `None` if unchanged.
    pub(super) fn status(&self) -> Option<JobStatus> {
        match self {
            Self::Queued | Self::RetryScheduled { .. } => Some(JobStatus::Queued),
            Self::Started { .. } => Some(JobStatus::Running),
            Self::Completed { .. } => Some(JobStatus::Completed),
            Self::Failed { .. } => Some(JobStatus::Failed),
            Self::Cancelled => Some(JobStatus::Cancelled),
            _ => None,
        }
    }

    /// Returns the kind in the event log.
    fn name(&self) -> &'static str {
        match self {
            Self::Queued => "job.queued",
            Self::Started { .. } => "job.started",
            Self::StageStarted { .. } => "job_stage.started",
            Self::TaskStarted { .. } => "job_task.started",
            Self::TaskCompleted { .. } => "job_task.completed",
            Self::TaskFailed { .. } => "job_task.failed",
            Self::StageCompleted { .. } => "job_stage.completed",
            Self::RetryScheduled { .. } => "job.retry_scheduled",
            Self::CancelRequested => "job.cancel_requested",
            Self::Completed { .. } => "job.completed",
            Self::Failed { .. } => "job.failed",
            Self::Cancelled => "job.cancelled",
        }
    }

    /// Returns true if no event follows by itself.
    pub fn is_final(&self) -> bool {
        self.status().is_some_and(JobStatus::is_final)
    }
}

/// An event of a job, as read from the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JobEvent {
    /// Progress of the job, 0–1.
    pub progress: f64,
    /// Kind of event.
    #[serde(flatten)]
    pub kind: JobEventKind,
}

impl JobEvent {
    /// Reads the job event from an `event` of the log.
    ///
    /// # Errors
    /// If the payload has another format.
    pub fn read(event: &Event) -> Result<Self, serde_json::Error> {
        Self::deserialize(&event.payload)
    }

    /// Converts the event for appending to the log.
    pub(super) fn to_new_event(&self, job: Id<entity::Model>) -> Result<NewEvent, serde_json::Error> {
        let payload = serde_json::to_value(self)?;
        Ok(NewEvent { topic: job_topic(job), kind: self.kind.name(), payload, actor: None })
    }
}
