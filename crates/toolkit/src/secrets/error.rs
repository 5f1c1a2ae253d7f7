//! Errors of sealed secrets.

use std::{io, path::PathBuf};

use sea_orm::DbErr;

use super::place::SealedColumn;
use crate::{config::SECRETS_KEYS, error::Error};

/// Reason why a text could not be sealed or opened. None contains a key or a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// There is no key.
    #[error("there is no key: set {}", SECRETS_KEYS)]
    NotConfigured,
    /// The text is no sealed one, or was cut.
    #[error("it is no sealed text, or was cut")]
    Malformed,
    /// The key that sealed it is missing.
    #[error("it is sealed by the key `{0}`, which is missing")]
    UnknownKey(String),
    /// The text was changed, or sealed for another place or by another key of this id.
    #[error("it was changed, or sealed for another place or by another key")]
    DoesNotOpen,
    /// The column is not registered, so that a rotation would miss it.
    #[error("{0} is not among the sealed columns")]
    NotRegistered(SealedColumn),
    /// The cipher failed, which only a text of 64 GiB brings about.
    #[error("it could not be sealed")]
    Failed,
}

impl From<SealError> for Error {
    fn from(error: SealError) -> Self {
        match error {
            SealError::NotConfigured => {
                Self::ProviderNotConfigured { what: "The keeping of secrets".to_owned(), setting: SECRETS_KEYS }
            }
            other => Self::internal(other),
        }
    }
}

/// Reason why a process must not start with its keys, in a sentence for the person who starts it.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The file with the keys is unreadable or cannot be written.
    #[error("The file {} with the keys of sealed secrets cannot be kept: {source}", .file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// The error.
        #[source]
        source: io::Error,
    },
    /// The file holds no list of keys.
    #[error("The file {} {problem}; put it back from a backup.", .file.display())]
    Content {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// A key has the id of another one that was used before.
    #[error(
        "The key `{id}` in {place} is not the one that this database knows by that id: put the former key back, and give a \
         new key an id of its own in front of it."
    )]
    OtherKey {
        /// The id.
        id: String,
        /// Where the keys stand.
        place: String,
    },
    /// A key is missing that opens stored secrets.
    #[error(
        "The key `{id}` is not in {place}, but secrets in this database are sealed by it ({rows}): put it back behind the \
         present keys, and take a key away only when `rapport secrets status` says so."
    )]
    Missing {
        /// The id.
        id: String,
        /// Where the keys stand.
        place: String,
        /// Number of secrets that it sealed.
        rows: u64,
    },
    /// A canary could not be sealed.
    #[error("The keys of sealed secrets cannot be used: {0}.")]
    Seal(#[from] SealError),
    /// The database returned an error.
    #[error("The keys of sealed secrets cannot be checked: {0}")]
    Database(#[from] DbErr),
}

/// Reason why a rotation ended early. What it sealed anew stays so.
#[derive(Debug, thiserror::Error)]
pub enum RotationError {
    /// There is no key.
    #[error("There is no key to seal by: set {}.", SECRETS_KEYS)]
    NotConfigured,
    /// The database returned an error.
    #[error("The rotation was interrupted, and goes on when it is started again: {0}")]
    Database(#[from] DbErr),
}
