//! What goes wrong on the way.

use crate::{
    error::{Error, ErrorCode},
    jobs::{Failure, JobError},
};

/// The most problems that a result tells.
pub(super) const MOST_PROBLEMS: usize = 50;

/// A failure of one task. What concerns all of them ends the attempt instead: the SEC asks for a pause, or a setting is
/// missing.
pub(super) fn failure(error: Error) -> Result<Failure, JobError> {
    match &error {
        Error::ProviderUnavailable { retry_after: Some(_), .. } | Error::ProviderNotConfigured { .. } => {
            Err(error.into())
        }
        Error::Internal(_) => Err(error.into()),
        _ => Ok(Failure::new(error.code(), error.to_string())),
    }
}

/// No customer's reports could be read: tried again when that may help.
pub(super) fn nothing_read(failure: Failure) -> JobError {
    let is_retryable = failure.code.is_retryable() && failure.code != ErrorCode::Internal;
    if is_retryable { JobError::Retry { failure, after: None } } else { JobError::Fail(failure) }
}
