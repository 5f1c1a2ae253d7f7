//! What a job tells its followers.

use serde::{Deserialize, Serialize};

use super::{Failure, JobStatus, StageCounts, entity};
use crate::{
    db::Id,
    events::{Event, NewEvent},
};

/// The topic of a job's events.
pub fn job_topic(id: Id<entity::Model>) -> String {
    format!("job:{id}")
}

/// Something that happened to a job, as stored in the event log. `progress` stands beside it in [`JobEvent::progress`].
#[expect(missing_docs, reason = "the fields are the words of the events")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum JobEventKind {
    /// It was put into the queue.
    Queued,
    /// An attempt began.
    Started { attempt: i32 },
    /// A stage began.
    StageStarted { stage: String, message: String, counts: StageCounts },
    /// A task began.
    TaskStarted { stage: String, task: String, counts: StageCounts },
    /// A task yielded something.
    TaskCompleted { stage: String, task: String, counts: StageCounts },
    /// A task gave up; the job goes on.
    TaskFailed { stage: String, task: String, counts: StageCounts, failure: Failure },
    /// All tasks of a stage are dealt with.
    StageCompleted { stage: String, message: String, counts: StageCounts },
    /// An attempt failed; another follows.
    RetryScheduled { failure: Failure, run_at: chrono::DateTime<chrono::Utc> },
    /// Somebody asked to stop it; it stops as soon as its worker sees it.
    CancelRequested,
    /// It finished with a result.
    Completed { message: String },
    /// It gave up.
    Failed { failure: Failure },
    /// It was stopped.
    Cancelled,
}

impl JobEventKind {
    /// The status of the job after this; `None` where it stays as it was.
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

    /// Whether nothing follows this by itself.
    pub fn is_final(&self) -> bool {
        self.status().is_some_and(JobStatus::is_final)
    }
}

/// An event of a job, as read from the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JobEvent {
    /// How far the job was, 0 to 1.
    pub progress: f64,
    /// What happened.
    #[serde(flatten)]
    pub kind: JobEventKind,
}

impl JobEvent {
    /// The job event that `event` of the log holds.
    ///
    /// # Errors
    /// When the payload is of another kind.
    pub fn read(event: &Event) -> Result<Self, serde_json::Error> {
        Self::deserialize(&event.payload)
    }

    /// The event as it is appended to the log.
    pub(super) fn to_new_event(&self, job: Id<entity::Model>) -> Result<NewEvent, serde_json::Error> {
        Ok(NewEvent { topic: job_topic(job), kind: "job", payload: serde_json::to_value(self)?, actor: None })
    }
}
