//! Reasons why a file is not kept.

use std::time::Duration;

use crate::{clients::files::StoreError, error::Error};

/// Reason why a file is not kept.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// The viewer may not, the input is wrong, or the store or the database fails.
    #[error(transparent)]
    Service(#[from] Error),
    /// The file is too large.
    #[error("The file is larger than {0} bytes, which FILE_MAX_BYTES allows.")]
    TooLarge(u64),
    /// The content is not of a type of the purpose.
    #[error("{0}")]
    WrongType(String),
    /// The content broke off.
    #[error("The upload broke off.")]
    Cut,
    /// The content came too slowly.
    #[error("The file did not arrive in time.")]
    TooSlow,
    /// The user has uploaded too much today.
    #[error("This upload would make more than {most} bytes on one day (UTC), which FILE_MAX_BYTES_PER_DAY allows.")]
    UsedUp {
        /// The limit.
        most: u64,
        /// Time until the next day.
        retry_after: Duration,
    },
    /// The user has too many uploads under way.
    #[error("You have too many uploads under way; wait until one has ended.")]
    TooMany,
}

impl From<StoreError> for UploadError {
    fn from(error: StoreError) -> Self {
        Self::Service(error.into())
    }
}
