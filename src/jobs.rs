//! The durable job queue: everything that takes time runs here.
//!
//! A job is a row that commits with the rows it concerns ([`enqueue`]). A worker claims it with a lease, renews the lease
//! while it runs, and writes nothing without holding it (fencing): a worker that lost its lease changes nothing. A worker
//! whose process is gone is known by a lock that went with it ([`WorkerLock`]), long before its leases end. Finished
//! steps are kept ([`Context::task`]), so a restarted job does not repeat them. Progress is a row
//! update and an event in one transaction, and never falls.
//!
//! A job moves `QUEUED → RUNNING → COMPLETED | FAILED | CANCELLED`; a failed attempt, a lost worker or a stopping server
//! leads back to `QUEUED`.

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
pub use control::{Steered, cancel, cancel_unless_ended, retry};
pub use enqueue::{Enqueued, NewJob, enqueue};
pub use entity::{Column as JobColumn, Entity as JobEntity, JobStatus, Model as JobRow};
pub use events::{JobEvent, JobEventKind, job_topic};
pub use progress::{Stage, StageCounts};
pub use purge::{PurgeEvents, PurgeJobs};
pub use queue::{QueueDepth, depth};
pub use registry::{Job, Registry};
pub use schedule::{Schedule, ScheduledTask};
pub use step::TaskOutcome;
pub use worker::Worker;
pub use worker_lock::WorkerLock;

use crate::error::{Error, ErrorCode};

/// What went wrong in a job or a task, as it is stored and shown.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Failure {
    /// The code under which clients know it.
    pub code: ErrorCode,
    /// For a person; holds no internals.
    pub message: String,
}

impl Failure {
    /// A failure with a code and a message for a person.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    /// A fault of ours, whose cause is in the log.
    fn of_ours() -> Self {
        Self::new(ErrorCode::Internal, "The job failed on our side.")
    }
}

/// Why an attempt at a job ended without a result.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// May succeed later: it is tried again, after a growing pause or the one the other side asked for.
    #[error("{}", .failure.message)]
    Retry {
        /// What went wrong.
        failure: Failure,
        /// When to come back, where the other side said so.
        after: Option<Duration>,
    },
    /// Will not succeed by trying again.
    #[error("{}", .0.message)]
    Fail(Failure),
    /// The attempt may not go on: the lease is lost, or the server is stopping. Nothing is written.
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
