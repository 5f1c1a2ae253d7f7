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
    /// The scopes of the viewer's API key, or of a token of another issuer, lack a permission.
    #[error("{}", out_of_scope(.permission, *.is_api_key))]
    OutOfScope {
        /// The permission.
        permission: &'static str,
        /// True for an API key, false for a token.
        is_api_key: bool,
        /// Path of the input field that needs it, if any.
        path: Option<String>,
    },
    /// The viewer has the permission, but may not use it in this way.
    #[error("{0}")]
    NotAllowed(String),
    /// The object does not exist, or is not visible to the viewer.
    #[error("There is no such {0}, or you may not see it.")]
    NotFound(&'static str),
    /// Invalid input, with each problem.
    #[error("{}", .0.summary())]
    BadInput(Problems),
    /// An invalid cursor, or one of another list.
    #[error("{0}")]
    BadCursor(String),
    /// The object has changed since the viewer read it.
    #[error("Somebody changed the {noun} in the meantime; read the present state and repeat the change.")]
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
    #[error("{}", .0.summary())]
    ConflictIn(Problems),
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
        let problem = FieldProblem { path: path.into(), message: message.into() };
        Self::BadInput(Problems { reported: vec![problem], others: 0 })
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
            Self::OutOfScope { permission, is_api_key, path } => {
                let path = path.map_or_else(|| step.to_owned(), |path| format!("{step}.{path}"));
                Self::OutOfScope { permission, is_api_key, path: Some(path) }
            }
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
            Self::Forbidden(_) | Self::ForbiddenIn { .. } | Self::OutOfScope { .. } | Self::NotAllowed(_) => {
                ErrorCode::Forbidden
            }
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
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems {
    reported: Vec<FieldProblem>,
    /// Number of problems that are counted but not reported.
    others: usize,
}

impl Problems {
    /// Maximum number of reported problems, since a response must not be many times larger than the request.
    const MOST: usize = 50;
    /// Maximum length of a path, which may contain names from the client, and of a message, in characters.
    const MOST_CHARS: usize = 500;

    /// Adds a problem; those after the first fifty are only counted.
    pub fn add(&mut self, path: impl Into<String>, message: impl Into<String>) {
        if self.reported.len() < Self::MOST {
            self.reported.push(FieldProblem { path: Self::cut(path.into()), message: Self::cut(message.into()) });
        } else {
            self.others += 1;
        }
    }

    /// Returns the first fifty problems.
    pub fn reported(&self) -> &[FieldProblem] {
        &self.reported
    }

    /// Returns the first fifty problems, to be changed.
    pub fn reported_mut(&mut self) -> &mut [FieldProblem] {
        &mut self.reported
    }

    fn summary(&self) -> String {
        let first = self.reported.iter().take(IN_WORDS).map(|problem| format!("{}: {}", problem.path, problem.message));
        let more = (self.reported.len() + self.others).saturating_sub(IN_WORDS);
        let more = (more > 0).then(|| format!("And {more} more."));
        first.chain(more).collect::<Vec<_>>().join(" ")
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
        if self.reported.is_empty() { Ok(()) } else { Err(Error::BadInput(self)) }
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

fn out_of_scope(permission: &str, is_api_key: bool) -> String {
    match is_api_key {
        true => format!("The API key lacks the scope `{permission}`; create a key that has it with `createApiKey`."),
        false => format!("The token lacks the permission `{permission}`; get one that has it from its issuer."),
    }
}

/// Maximum number of problems in the message of an error; `fields` contains the others.
const IN_WORDS: usize = 10;
