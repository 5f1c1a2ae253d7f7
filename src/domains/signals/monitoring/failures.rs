//! Failures of a monitoring job.

use crate::{
    error::{Error, ErrorCode},
    jobs::{Failure, JobError},
};

/// Maximum number of problems in a result.
pub(super) const MOST_PROBLEMS: usize = 50;

/// Returns the failure of one task. Errors that affect all tasks end the attempt instead: the SEC demands a pause, or a
/// setting is missing.
pub(super) fn failure(error: Error) -> Result<Failure, JobError> {
    match &error {
        Error::ProviderUnavailable { retry_after: Some(_), .. } | Error::ProviderNotConfigured { .. } => {
            Err(error.into())
        }
        Error::Internal(_) => Err(error.into()),
        _ => Ok(Failure::new(error.code(), error.to_string())),
    }
}

/// Returns the error if no customer's reports could be read: retried if that may help.
pub(super) fn nothing_read(failure: Failure) -> JobError {
    let is_retryable = failure.code.is_retryable() && failure.code != ErrorCode::Internal;
    if is_retryable { JobError::Retry { failure, after: None } } else { JobError::Fail(failure) }
}
