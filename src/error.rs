//! The errors that services answer with.

use std::time::Duration;

use sea_orm::DbErr;
use serde::Serialize;

use crate::db::is_outage;
pub use crate::error_code::ErrorCode;

/// One thing that is wrong with an input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldProblem {
    /// Where: the path of the input field, such as `input.email`.
    pub path: String,
    /// What to do, for a person.
    pub message: String,
}

/// What a service answers with when it cannot do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody is signed in, or the credentials are wrong.
    #[error("{0}")]
    Unauthenticated(String),
    /// The viewer lacks a right.
    #[error("You need the permission `{0}` for this; ask an administrator.")]
    Forbidden(&'static str),
    /// The viewer has the right, but may not use it in this way.
    #[error("{0}")]
    NotAllowed(String),
    /// No such object, or not for this viewer.
    #[error("There is no such {0}, or you may not see it.")]
    NotFound(&'static str),
    /// Wrong input, with each problem.
    #[error("{}", summary(.0))]
    BadInput(Vec<FieldProblem>),
    /// A cursor of another list, or none at all.
    #[error("{0}")]
    BadCursor(String),
    /// Somebody else has changed the object since the viewer read it.
    #[error("The {noun} was changed in the meantime; read it again and repeat the change.")]
    Outdated {
        /// What was changed.
        noun: &'static str,
        /// Its version now.
        version: i32,
    },
    /// The state of the object forbids the change.
    #[error("{0}")]
    Conflict(String),
    /// An object with this unique value exists.
    #[error("{}", .0.message)]
    AlreadyExists(FieldProblem),
    /// An idempotency key that stands for another input.
    #[error("The idempotency key was already used with another input; choose a new key for a new request.")]
    IdempotencyMismatch,
    /// Too many attempts.
    #[error("Too many attempts; try again in {}.", in_words(*.retry_after))]
    RateLimited {
        /// How long to wait.
        retry_after: Duration,
    },
    /// All places for a kind of work are taken.
    #[error("{message}; try again in {}.", in_words(*.retry_after))]
    Busy {
        /// What takes the places, for a person.
        message: String,
        /// How long to wait.
        retry_after: Duration,
    },
    /// A setting is missing.
    #[error("{what} is not configured: set {setting} and start the server again.")]
    ProviderNotConfigured {
        /// What cannot be done.
        what: String,
        /// The name of the setting.
        setting: &'static str,
    },
    /// An outside service failed.
    #[error("{message}")]
    ProviderUnavailable {
        /// What failed, for a person.
        message: String,
        /// When the service asks us to come back.
        retry_after: Option<Duration>,
    },
    /// The events after a cursor are gone.
    #[error("The events after this cursor are no longer kept; read the present state and subscribe without `after`.")]
    HistoryLost,
    /// One of the others, shared by several waiters.
    #[error(transparent)]
    Shared(std::sync::Arc<Error>),
    /// The database does not answer, or has no room. The cause is logged and never shown.
    #[error("The server is overloaded, or its database does not answer; try again in a few seconds.")]
    Unavailable(#[source] DbErr),
    /// A fault of ours. The cause is logged and never shown.
    #[error("Something went wrong on our side; the request id helps us find it.")]
    Internal(#[source] anyhow::Error),
}

/// The result of a service call.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// One wrong input field.
    pub fn bad_input(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self::BadInput(vec![FieldProblem { path: path.into(), message: message.into() }])
    }

    /// An object with this unique value exists; `path` is the input field that gave it.
    pub fn already_exists(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self::AlreadyExists(FieldProblem { path: path.into(), message: message.into() })
    }

    /// A fault of ours with its cause.
    pub fn internal(cause: impl Into<anyhow::Error>) -> Self {
        Self::Internal(cause.into())
    }

    /// An error that several waiters share, as a loader has it.
    pub fn shared(error: std::sync::Arc<Self>) -> Self {
        std::sync::Arc::try_unwrap(error).unwrap_or_else(Self::Shared)
    }

    /// Whether it says that the viewer may not: that they are nobody, lack a right, or may not see what they ask for.
    pub fn is_refusal(&self) -> bool {
        matches!(self.code(), ErrorCode::Unauthenticated | ErrorCode::Forbidden | ErrorCode::NotFound)
    }

    /// The code under which a client knows this error.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Unauthenticated(_) => ErrorCode::Unauthenticated,
            Self::Forbidden(_) | Self::NotAllowed(_) => ErrorCode::Forbidden,
            Self::NotFound(_) => ErrorCode::NotFound,
            Self::BadInput(_) => ErrorCode::BadInput,
            Self::BadCursor(_) => ErrorCode::BadCursor,
            Self::Outdated { .. } | Self::Conflict(_) => ErrorCode::Conflict,
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
        if is_outage(&cause) { Self::Unavailable(cause) } else { Self::internal(cause) }
    }
}

impl From<serde_json::Error> for Error {
    fn from(cause: serde_json::Error) -> Self {
        Self::internal(cause)
    }
}

/// Collects what is wrong with an input, so that all of it is told at once.
#[derive(Debug, Default)]
pub struct Problems(Vec<FieldProblem>);

impl Problems {
    /// The most that are told at a time: an answer must not be many times what was sent.
    const MOST: usize = 50;
    /// The most characters of a path, which may hold names that somebody sent, and of a message.
    const MOST_CHARS: usize = 500;

    /// Notes a problem; those after the first fifty are not told.
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

    /// Notes what is wrong with a key by which a repeated request is known, where one is given.
    pub fn check_idempotency_key(&mut self, path: &str, key: Option<&str>) {
        if key.is_some_and(|key| key.is_empty() || key.chars().count() > 200 || key.contains(char::is_control)) {
            self.add(path, "Give 1 to 200 characters, or leave it out.");
        }
    }

    /// `Ok` when nothing was noted, else [`Error::BadInput`] with everything.
    ///
    /// # Errors
    /// When a problem was noted.
    pub fn into_result(self) -> Result<()> {
        if self.0.is_empty() { Ok(()) } else { Err(Error::BadInput(self.0)) }
    }
}

/// A time to wait: in seconds up to two minutes, then in minutes.
fn in_words(time: Duration) -> String {
    match time.as_millis().div_ceil(1000) {
        0 | 1 => "a second".to_owned(),
        seconds @ 2..=120 => format!("{seconds} seconds"),
        seconds => format!("{} minutes", seconds.div_ceil(60)),
    }
}

/// The most problems that stand in the words of an error; `fields` has the others.
const IN_WORDS: usize = 10;

fn summary(problems: &[FieldProblem]) -> String {
    let told = problems.iter().take(IN_WORDS).map(|problem| format!("{}: {}", problem.path, problem.message));
    let more = problems.len().checked_sub(IN_WORDS).filter(|more| *more > 0).map(|more| format!("And {more} more."));
    told.chain(more).collect::<Vec<_>>().join(" ")
}
