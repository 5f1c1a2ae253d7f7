//! The durable job queue, which runs all long work.
//!
//! A job is a row that commits with the rows it concerns ([`enqueue`]). A worker claims it with a lease, renews the
//! lease while it runs, and writes nothing without holding it (fencing): a worker that lost its lease changes nothing.
//! The end of a worker's process is visible by its released lock ([`WorkerLock`]), long before its leases expire.
//! Finished steps are stored ([`Context::task`]), so a restarted job does not repeat them. Progress is a row update and
//! an event in one transaction, and never decreases.
//!
//! A job moves `QUEUED → RUNNING → COMPLETED | FAILED | CANCELLED`; a failed attempt, a lost worker or a stopping
//! server leads back to `QUEUED`.

mod context;
mod control;
mod enqueue;
mod entity;
mod events;
mod progress;
mod purge;
mod queue;
mod registry;
mod runner;
mod schedule;
mod step;
mod worker;
mod worker_lock;

use std::time::Duration;

pub use context::{Context, FencedTx};
pub use control::{Steered, cancel, cancel_unless_ended, retry, withdraw};
pub use enqueue::{Enqueued, NewJob, enqueue};
pub use entity::{Column as JobColumn, Entity as JobEntity, JobStatus, Model as JobRow};
pub use events::{JobEvent, JobEventKind, job_topic};
pub use progress::{Stage, StageCounts};
pub use purge::{PurgeEvents, PurgeJobs};
pub use queue::{QueueDepth, depth};
pub use registry::{Job, Registry};
pub use schedule::{LastRun, NewSchedule, Schedule, ScheduledTask, TaskState, Tick, delete_schedule, set_schedule};
pub use step::TaskOutcome;
pub use worker::Worker;
pub use worker_lock::WorkerLock;

use crate::error::{Error, ErrorCode};

/// The failure of a job or a task, as stored and shown.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Failure {
    /// The error code for clients.
    pub code: ErrorCode,
    /// Human-readable message without internal details.
    pub message: String,
}

impl Failure {
    /// Creates a failure with a code and a message.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    /// Returns an internal failure, whose cause is logged.
    fn of_ours() -> Self {
        Self::new(ErrorCode::Internal, "The job failed on our side.")
    }
}

/// Reason why an attempt ended without a result.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// May succeed later: the job is retried after a growing pause, or the one that an external service requested.
    #[error("{}", .failure.message)]
    Retry {
        /// The failure.
        failure: Failure,
        /// Pause requested by an external service.
        after: Option<Duration>,
    },
    /// Retrying is pointless.
    #[error("{}", .0.message)]
    Fail(Failure),
    /// The attempt must stop: the lease is lost, or the server is stopping. Nothing is written.
    #[error("the attempt was interrupted")]
    Interrupted,
}

impl From<Error> for JobError {
    fn from(error: Error) -> Self {
        let failure = Failure::new(error.code(), error.to_string());
        match error {
            Error::Internal(cause) => {
                tracing::error!(error = ?cause, "a job failed inside");
                Self::Retry { failure: Failure::of_ours(), after: None }
            }
            Error::ProviderUnavailable { retry_after, .. } => Self::Retry { failure, after: retry_after },
            Error::Unavailable(_) => Self::Retry { failure, after: None },
            Error::Busy { retry_after, .. } => Self::Retry { failure, after: Some(retry_after) },
            _ => Self::Fail(failure),
        }
    }
}

impl From<sea_orm::DbErr> for JobError {
    fn from(error: sea_orm::DbErr) -> Self {
        Error::from(error).into()
    }
}

impl From<serde_json::Error> for JobError {
    fn from(error: serde_json::Error) -> Self {
        Error::from(error).into()
    }
}
