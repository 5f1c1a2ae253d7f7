//! Error codes for clients.

use async_graphql::Enum;
use serde::{Deserialize, Serialize};

/// Machine-readable reason of an error, in `errors[].extensions.code`. The message is for people; programs should use
/// this code and `retryable`.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ErrorCode {
    /// No valid token was sent, or it expired. Sign in again.
    Unauthenticated,
    /// You lack the permission named in the message.
    Forbidden,
    /// The object does not exist, or you may not see it.
    NotFound,
    /// The document, a variable or an argument is invalid; `fields` lists each problem with its path.
    BadInput,
    /// The cursor does not belong to this list and order. Start again without it.
    BadCursor,
    /// The object was changed concurrently, or its state does not permit the change.
    Conflict,
    /// An object with this unique value already exists.
    AlreadyExists,
    /// The idempotency key was used before with a different input.
    IdempotencyMismatch,
    /// Too many requests. Retry after `retryAfterMs`.
    RateLimited,
    /// The operation exceeds a limit of depth, cost, aliases, directives, tokens or size.
    QueryTooComplex,
    /// A setting for an external service is missing; the message names it.
    ProviderNotConfigured,
    /// An external service failed or did not answer in time.
    ProviderUnavailable,
    /// The events after this cursor are no longer kept. Query the present state and subscribe without `after`.
    HistoryLost,
    /// The persisted document with this hash or id is unknown. Send its text with the hash once; afterwards the hash
    /// suffices.
    PersistedQueryNotFound,
    /// The server does not support persisted documents by hash. Always send the text.
    PersistedQueryNotSupported,
    /// The operation exceeded the time limit and was stopped.
    Timeout,
    /// The server is overloaded or its database is unavailable. Retry after `retryAfterMs`.
    Unavailable,
    /// The server failed; the error is logged under `requestId`.
    Internal,
}

impl ErrorCode {
    /// Returns the code as written in a response.
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

    /// Returns true if the same request may succeed later unchanged.
    pub fn is_retryable(self) -> bool {
        use ErrorCode::{Internal, ProviderUnavailable, RateLimited, Timeout, Unavailable};
        matches!(self, RateLimited | ProviderUnavailable | Timeout | Unavailable | Internal)
    }
}
