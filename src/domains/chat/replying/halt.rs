//! Why writing a reply ends early.

use crate::{domains::chat::message::State, error::Error, jobs::JobError};

/// Why writing a reply ended early.
#[derive(Debug)]
pub(super) enum Halt {
    /// It was stopped or deleted in between: nothing is left to do.
    Over,
    /// It had ended in this state before the attempt began.
    Ended(State),
    /// The attempt cannot go on.
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
