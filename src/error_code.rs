//! The codes under which clients know errors.

use async_graphql::Enum;
use serde::{Deserialize, Serialize};

/// Why an operation failed: the value of `errors[].extensions.code`. The message beside it is for a person; programs
/// decide by this code and by `retryable`.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ErrorCode {
    /// Nobody is signed in, or the token is bad or expired. Sign in again.
    Unauthenticated,
    /// You are signed in, and lack the right that the message names.
    Forbidden,
    /// There is no such object, or you may not see it.
    NotFound,
    /// The document, a variable or an argument is wrong; `fields` lists each with its path.
    BadInput,
    /// The cursor is not one of this list and order. Start again without it.
    BadCursor,
    /// The object was changed by somebody else in the meantime, or its state forbids the change.
    Conflict,
    /// An object with this unique value exists.
    AlreadyExists,
    /// The idempotency key was used before with another input.
    IdempotencyMismatch,
    /// Too many requests; try again after `retryAfterMs`.
    RateLimited,
    /// The operation is over a limit of depth, cost, aliases, directives, tokens or size.
    QueryTooComplex,
    /// The server lacks a setting for an outside service; the message names it.
    ProviderNotConfigured,
    /// An outside service failed or did not answer in time.
    ProviderUnavailable,
    /// The events after this cursor are no longer kept. Read the present state and subscribe without `after`.
    HistoryLost,
    /// The document that the request names by its hash or id is not known. Send its text, with the hash, and the name will do
    /// from then on.
    PersistedQueryNotFound,
    /// The server keeps no documents by their hash. Always send the text.
    PersistedQueryNotSupported,
    /// The operation took longer than the server allows and was stopped.
    Timeout,
    /// The server is overloaded, or its database does not answer. Try again after `retryAfterMs`.
    Unavailable,
    /// The server failed; it is logged under `requestId`.
    Internal,
}

impl ErrorCode {
    /// The code as it stands in a response.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Forbidden => "FORBIDDEN",
            Self::NotFound => "NOT_FOUND",
            Self::BadInput => "BAD_INPUT",
            Self::BadCursor => "BAD_CURSOR",
            Self::Conflict => "CONFLICT",
            Self::AlreadyExists => "ALREADY_EXISTS",
            Self::IdempotencyMismatch => "IDEMPOTENCY_MISMATCH",
            Self::RateLimited => "RATE_LIMITED",
            Self::QueryTooComplex => "QUERY_TOO_COMPLEX",
            Self::ProviderNotConfigured => "PROVIDER_NOT_CONFIGURED",
            Self::ProviderUnavailable => "PROVIDER_UNAVAILABLE",
            Self::HistoryLost => "HISTORY_LOST",
            Self::PersistedQueryNotFound => "PERSISTED_QUERY_NOT_FOUND",
            Self::PersistedQueryNotSupported => "PERSISTED_QUERY_NOT_SUPPORTED",
            Self::Timeout => "TIMEOUT",
            Self::Unavailable => "UNAVAILABLE",
            Self::Internal => "INTERNAL",
        }
    }

    /// Whether the same request may succeed later without a change.
    pub fn is_retryable(self) -> bool {
        use ErrorCode::{Internal, ProviderUnavailable, RateLimited, Timeout, Unavailable};
        matches!(self, RateLimited | ProviderUnavailable | Timeout | Unavailable | Internal)
    }
}
