//! Early ends of writing a reply.

use crate::{domains::chat::message::Status, error::Error, jobs::JobError};

/// Reason why writing a reply ended early.
#[derive(Debug)]
pub(super) enum Halt {
    /// The reply was stopped or deleted meanwhile; nothing is left to do.
    Over,
    /// The reply had ended with this state before the attempt started.
    Ended(Status),
    /// The attempt failed or was interrupted.
    Attempt(JobError),
}

impl From<JobError> for Halt {
    fn from(error: JobError) -> Self {
        Self::Attempt(error)
    }
}

impl From<Error> for Halt {
    fn from(error: Error) -> Self {
        Self::Attempt(error.into())
    }
}

impl From<sea_orm::DbErr> for Halt {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Attempt(error.into())
    }
}
