//! What can go wrong between sending a request and having its answer.

use std::error::Error as _;
use std::time::Duration;

use super::excerpt::one_line;

/// Longest reason kept from a library's or a service's own words, in characters.
const REASON_CHARS: usize = 200;

/// Why a request brought no usable answer. No message contains a URL, a header or a request body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// The connection or the answer took longer than the client's limit.
    #[error("no answer in time")]
    Timeout,
    /// There was no answer at all: the name was not found, the connection was refused or was lost
    /// before the answer.
    #[error("no connection: {reason}")]
    Connect {
        /// The innermost cause, such as "connection refused".
        reason: String,
    },
    /// The service answered, but not with a 2xx status.
    #[error("refused with status {status}: {excerpt}")]
    Status {
        /// The HTTP status code.
        status: u16,
        /// The pause the service asked for, from its `Retry-After` header.
        retry_after: Option<Duration>,
        /// The beginning of the answer on one line, without the credentials that were sent.
        excerpt: String,
    },
    /// The answer is larger than the policy's limit.
    #[error("the answer is larger than {limit} bytes")]
    TooLarge {
        /// The limit, in bytes after decompression.
        limit: usize,
    },
    /// The answer ended before it was complete.
    #[error("the answer was cut off")]
    Cut,
    /// The answer is complete but cannot be understood.
    #[error("the answer cannot be understood: {reason}")]
    Garbage {
        /// What was wrong with it.
        reason: String,
    },
    /// The request or the client could not be built: a mistake in the settings, not in the network.
    #[error("the request cannot be sent: {reason}")]
    Request {
        /// What was wrong with it.
        reason: String,
    },
}

impl ClientError {
    /// Its kind, in metrics and traces.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::Connect { .. } => "no_connection",
            Self::Status { status: 429, .. } => "rate_limited",
            Self::Status { status: 500..=599, .. } => "server_error",
            Self::Status { .. } => "refused",
            Self::TooLarge { .. } => "too_large",
            Self::Cut => "cut_off",
            Self::Garbage { .. } => "garbage",
            Self::Request { .. } => "not_sent",
        }
    }

    /// Whether a later attempt may succeed. A job that fails so is worth repeating.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        matches!(self, Self::Cut) || self.is_transient()
    }

    /// Whether the same request may be repeated at once: no connection, no answer in time, 429,
    /// 5xx.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        match self {
            Self::Timeout | Self::Connect { .. } => true,
            Self::Status { status, .. } => matches!(*status, 429 | 500..=599),
            Self::TooLarge { .. } | Self::Cut | Self::Garbage { .. } | Self::Request { .. } => false,
        }
    }

    /// The pause the service asked for before the next attempt.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Status { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// An answer that cannot be understood, in the words of whoever tried.
    #[must_use]
    pub fn garbage(reason: &str) -> Self {
        Self::Garbage { reason: one_line(reason, REASON_CHARS) }
    }

    /// Sorts a reqwest error. Its own text is not used: it shows the URL, and with it the query.
    pub(super) fn from_reqwest(error: &reqwest::Error) -> Self {
        let mut cause: &dyn std::error::Error = error;
        while let Some(source) = cause.source() {
            cause = source;
        }
        // Without a cause the innermost error is reqwest's own, whose text has the URL.
        let reason = match error.source() {
            Some(_) => one_line(&cause.to_string(), REASON_CHARS),
            None => "unknown cause".to_owned(),
        };
        if error.is_timeout() {
            Self::Timeout
        } else if error.is_builder() {
            Self::Request { reason }
        } else if error.is_redirect() {
            Self::Garbage { reason: "too many redirects".to_owned() }
        } else {
            Self::Connect { reason }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(status: u16) -> ClientError {
        ClientError::Status { status, retry_after: None, excerpt: String::new() }
    }

    #[test]
    fn only_what_may_pass_by_itself_is_repeated_at_once() {
        for error in [ClientError::Timeout, ClientError::Connect { reason: String::new() }] {
            assert!(error.is_transient(), "{error:?}");
        }
        for code in [429, 500, 502, 503, 504, 529] {
            assert!(status(code).is_transient(), "{code}");
        }
        for code in [301, 400, 401, 403, 404, 409, 422] {
            assert!(!status(code).is_transient(), "{code}");
        }
    }

    #[test]
    fn a_cut_answer_is_left_to_the_caller_to_repeat() {
        assert!(ClientError::Cut.is_retryable());
        assert!(!ClientError::Cut.is_transient());
    }

    #[test]
    fn an_answer_of_the_wrong_kind_is_not_worth_repeating() {
        assert!(!ClientError::garbage("x").is_retryable());
        assert!(!ClientError::TooLarge { limit: 1 }.is_retryable());
    }
}
