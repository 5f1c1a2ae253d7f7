//! Errors of stores.

use std::{io, time::Duration};

use rapport_toolkit::error::Error;

use crate::http::ClientError;

/// Time after which a store that is full or fails may be tried again.
const TRY_AGAIN: Duration = Duration::from_secs(30);

/// Reason why a store did not do something. No message contains a URL or a key.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no such file.
    #[error("the file is not in the store")]
    Missing,
    /// There is no room.
    #[error("the store of files is full")]
    Full(#[source] io::Error),
    /// The folder cannot be read or written.
    #[error("the folder of files cannot be used: {0}")]
    Folder(#[source] io::Error),
    /// The S3-compatible store failed.
    #[error("the S3 store failed: {0}")]
    S3(String),
}

impl From<io::Error> for StoreError {
    fn from(error: io::Error) -> Self {
        use io::ErrorKind::{FileTooLarge, NotFound, QuotaExceeded, StorageFull};
        match error.kind() {
            NotFound => Self::Missing,
            StorageFull | QuotaExceeded | FileTooLarge => Self::Full(error),
            _ => Self::Folder(error),
        }
    }
}

impl From<object_store::Error> for StoreError {
    fn from(error: object_store::Error) -> Self {
        use object_store::Error::{NotFound, PermissionDenied, Unauthenticated};
        match &error {
            NotFound { .. } => Self::Missing,
            PermissionDenied { .. } | Unauthenticated { .. } => {
                Self::S3("it does not accept the access key".to_owned())
            }
            _ => Self::S3(reason(&error)),
        }
    }
}

/// What it means to somebody.
impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Missing => {
                tracing::error!("the content of a file is not in its store");
                Self::NotFound("file")
            }
            StoreError::Full(cause) => {
                tracing::error!(%cause, "the store of files is full");
                Self::Busy { message: "The server has no room for the file".to_owned(), retry_after: TRY_AGAIN }
            }
            StoreError::Folder(cause) => Self::internal(cause),
            StoreError::S3(reason) => {
                tracing::warn!(reason, "the store of files failed");
                let message = "The store of files does not answer as it should; try again.".to_owned();
                Self::ProviderUnavailable { message, retry_after: Some(TRY_AGAIN) }
            }
        }
    }
}

/// Returns our own words for the innermost cause: those of the library name URLs and repeat what the store said.
fn reason(error: &object_store::Error) -> String {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if let Some(client) = error.downcast_ref::<ClientError>() {
            return client.to_string();
        }
        if let Some(object_store::client::HttpErrorKind::Decode) =
            error.downcast_ref::<object_store::client::HttpError>().map(object_store::client::HttpError::kind)
        {
            return "its answer cannot be understood".to_owned();
        }
        cause = error.source();
    }
    let said = error.to_string();
    let status = said.split_once("status code: ").and_then(|(_, rest)| rest.split([' ', ':']).next());
    match status {
        Some(status) if status.len() == 3 => format!("it answered with status {status}"),
        _ => "its answer cannot be understood".to_owned(),
    }
}
