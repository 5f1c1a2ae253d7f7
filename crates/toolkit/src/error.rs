//! Errors of services.

use std::time::Duration;

use sea_orm::DbErr;
use serde::Serialize;

use crate::db::{TRY_AGAIN, is_busy_with_others, is_outage};
pub use crate::error_code::ErrorCode;

/// A problem with one input field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldProblem {
    /// Path of the input field, such as `input.email`.
    pub path: String,
    /// Human-readable instruction.
    pub message: String,
}

/// The error of a service call.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody is signed in, or the credentials are wrong.
    #[error("{0}")]
    Unauthenticated(String),
    /// The viewer lacks a permission.
    #[error("You need the permission `{0}` for this; ask an administrator.")]
    Forbidden(&'static str),
    /// The viewer lacks a permission for a condition in an argument.
    #[error("You need the permission `{permission}` for this; ask an administrator.")]
    ForbiddenIn {
        /// The permission.
        permission: &'static str,
        /// Path of the input field, such as `filter.company`.
        path: String,
    },
    /// The viewer has the permission, but may not use it in this way.
    #[error("{0}")]
    NotAllowed(String),
    /// The object does not exist, or is not visible to the viewer.
    #[error("There is no such {0}, or you may not see it.")]
    NotFound(&'static str),
    /// Invalid input, with each problem.
    #[error("{}", summary(.0))]
    BadInput(Vec<FieldProblem>),
    /// An invalid cursor, or one of another list.
    #[error("{0}")]
    BadCursor(String),
    /// The object has changed since the viewer read it.
    #[error("The {noun} was changed in the meantime; read it again and repeat the change.")]
    Outdated {
        /// Noun for the object.
        noun: &'static str,
        /// Its present version.
        version: i32,
    },
    /// The state of the object forbids the change.
    #[error("{0}")]
    Conflict(String),
    /// The state of objects in the input forbids the change.
    #[error("{}", summary(.0))]
    ConflictIn(Vec<FieldProblem>),
    /// An object with this unique value already exists.
    #[error("{}", .0.message)]
    AlreadyExists(FieldProblem),
    /// An idempotency key used before with another input.
    #[error("The idempotency key was already used with another input; choose a new key for a new request.")]
    IdempotencyMismatch,
    /// Too many attempts.
    #[error("Too many attempts; try again in {}.", in_words(*.retry_after))]
    RateLimited {
        /// Time to wait.
        retry_after: Duration,
    },
    /// The capacity for a kind of work is exhausted.
    #[error("{message}; try again in {}.", in_words(*.retry_after))]
    Busy {
        /// Human-readable message.
        message: String,
        /// Time to wait.
        retry_after: Duration,
    },
    /// A setting is missing.
    #[error("{what} is not configured: set {setting} and start the server again.")]
    ProviderNotConfigured {
        /// The unavailable function.
        what: String,
        /// The name of the setting.
        setting: &'static str,
    },
    /// An external service failed.
    #[error("{message}")]
    ProviderUnavailable {
        /// Human-readable message.
        message: String,
        /// Retry delay requested by the service.
        retry_after: Option<Duration>,
    },
    /// The events after a cursor were purged.
    #[error("The events after this cursor are no longer kept; read the present state and subscribe without `after`.")]
    HistoryLost,
    /// An error shared by several waiters.
    #[error(transparent)]
    Shared(std::sync::Arc<Error>),
    /// The database is unavailable or full. The cause is logged and never shown.
    #[error("The server is overloaded, or its database does not answer; try again in a few seconds.")]
    Unavailable(#[source] DbErr),
    /// An internal error. The cause is logged and never shown.
    #[error("Something went wrong on our side; the request id helps us find it.")]
    Internal(#[source] anyhow::Error),
}

/// The result of a service call.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// Returns an error about one input field.
    pub fn bad_input(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self::BadInput(vec![FieldProblem { path: path.into(), message: message.into() }])
    }

    /// Returns the error for an existing unique value; `path` is the input field with the value.
    pub fn already_exists(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self::AlreadyExists(FieldProblem { path: path.into(), message: message.into() })
    }

    /// Returns an internal error with its cause.
    pub fn internal(cause: impl Into<anyhow::Error>) -> Self {
        Self::Internal(cause.into())
    }

    /// Returns an error that several waiters share, such as those of a loader.
    pub fn shared(error: std::sync::Arc<Self>) -> Self {
        std::sync::Arc::try_unwrap(error).unwrap_or_else(Self::Shared)
    }

    /// Prepends `step` to the path of a condition if the error is a missing permission.
    #[must_use]
    pub fn within(self, step: &str) -> Self {
        match self {
            Self::Forbidden(permission) => Self::ForbiddenIn { permission, path: step.to_owned() },
            Self::ForbiddenIn { permission, path } => Self::ForbiddenIn { permission, path: format!("{step}.{path}") },
            other => other,
        }
    }

    /// Returns true if the viewer lacks access: they are not signed in, lack a permission, or may not see the object.
    pub fn is_refusal(&self) -> bool {
        matches!(self.code(), ErrorCode::Unauthenticated | ErrorCode::Forbidden | ErrorCode::NotFound)
    }

    /// Returns the code for clients.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Unauthenticated(_) => ErrorCode::Unauthenticated,
            Self::Forbidden(_) | Self::ForbiddenIn { .. } | Self::NotAllowed(_) => ErrorCode::Forbidden,
            Self::NotFound(_) => ErrorCode::NotFound,
            Self::BadInput(_) => ErrorCode::BadInput,
            Self::BadCursor(_) => ErrorCode::BadCursor,
            Self::Outdated { .. } | Self::Conflict(_) | Self::ConflictIn(_) => ErrorCode::Conflict,
            Self::AlreadyExists(_) => ErrorCode::AlreadyExists,
            Self::IdempotencyMismatch => ErrorCode::IdempotencyMismatch,
            Self::RateLimited { .. } => ErrorCode::RateLimited,
            Self::ProviderNotConfigured { .. } => ErrorCode::ProviderNotConfigured,
            Self::ProviderUnavailable { .. } => ErrorCode::ProviderUnavailable,
            Self::HistoryLost => ErrorCode::HistoryLost,
            Self::Unavailable(_) | Self::Busy { .. } => ErrorCode::Unavailable,
            Self::Shared(error) => error.code(),
            Self::Internal(_) => ErrorCode::Internal,
        }
    }
}

impl From<DbErr> for Error {
    fn from(cause: DbErr) -> Self {
        if is_busy_with_others(&cause) {
            let message = "Your operations that began before are still reading".to_owned();
            return Self::Busy { message, retry_after: TRY_AGAIN };
        }
        if is_outage(&cause) { Self::Unavailable(cause) } else { Self::internal(cause) }
    }
}

impl From<serde_json::Error> for Error {
    fn from(cause: serde_json::Error) -> Self {
        Self::internal(cause)
    }
}

/// Collects problems of an input, to report them all at once.
#[derive(Debug, Default)]
pub struct Problems(Vec<FieldProblem>);

impl Problems {
    /// Maximum number of reported problems, since a response must not be many times larger than the request.
    const MOST: usize = 50;
    /// Maximum length of a path, which may contain names from the client, and of a message, in characters.
    const MOST_CHARS: usize = 500;

    /// Adds a problem; those after the first fifty are dropped.
    pub fn add(&mut self, path: impl Into<String>, message: impl Into<String>) {
        if self.0.len() < Self::MOST {
            self.0.push(FieldProblem { path: Self::cut(path.into()), message: Self::cut(message.into()) });
        }
    }

    fn cut(mut text: String) -> String {
        if let Some((end, _)) = text.char_indices().nth(Self::MOST_CHARS) {
            text.truncate(end);
            text.push('…');
        }
        text
    }

    /// Validates an idempotency key, if given.
    pub fn check_idempotency_key(&mut self, path: &str, key: Option<&str>) {
        if key.is_some_and(|key| key.is_empty() || key.chars().count() > 200 || key.contains(char::is_control)) {
            self.add(path, "Give 1 to 200 characters, or leave it out.");
        }
    }

    /// Returns `Ok` without problems, otherwise [`Error::BadInput`] with all of them.
    ///
    /// # Errors
    /// If there are problems.
    pub fn into_result(self) -> Result<()> {
        if self.0.is_empty() { Ok(()) } else { Err(Error::BadInput(self.0)) }
    }
}

/// Formats a waiting time: in seconds up to two minutes, then in minutes.
fn in_words(time: Duration) -> String {
    match time.as_millis().div_ceil(1000) {
        0 | 1 => "a second".to_owned(),
        seconds @ 2..=120 => format!("{seconds} seconds"),
        seconds => format!("{} minutes", seconds.div_ceil(60)),
    }
}

/// Maximum number of problems in the message of an error; `fields` contains the others.
const IN_WORDS: usize = 10;

fn summary(problems: &[FieldProblem]) -> String {
    let told = problems.iter().take(IN_WORDS).map(|problem| format!("{}: {}", problem.path, problem.message));
    let more = problems.len().checked_sub(IN_WORDS).filter(|more| *more > 0).map(|more| format!("And {more} more."));
    told.chain(more).collect::<Vec<_>>().join(" ")
}
