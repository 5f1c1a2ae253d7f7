//! Errors of HTTP requests.

use std::error::Error as _;
use std::time::Duration;

use super::excerpt::one_line;

/// Maximum length of a reason from a library or service, in characters.
const REASON_CHARS: usize = 200;

/// Reason why a request yielded no usable answer. No message contains a URL, a header or a request body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// The time limit was exceeded.
    #[error("no answer in time")]
    Timeout,
    /// There was no answer: the name was not found, or the connection was refused or lost.
    #[error("no connection: {reason}")]
    Connect {
        /// The innermost cause, such as "connection refused".
        reason: String,
    },
    /// The service answered with a status other than 2xx.
    #[error("refused with status {status}: {excerpt}")]
    Status {
        /// The HTTP status code.
        status: u16,
        /// The pause requested by the service in its `Retry-After` header.
        retry_after: Option<Duration>,
        /// The beginning of the answer on one line, without the credentials that were sent.
        excerpt: String,
    },
    /// The answer exceeds the policy's size limit.
    #[error("the answer is larger than {limit} bytes")]
    TooLarge {
        /// The limit, in bytes after decompression.
        limit: usize,
    },
    /// The answer was incomplete.
    #[error("the answer was cut off")]
    Cut,
    /// The answer is complete but invalid.
    #[error("the answer cannot be understood: {reason}")]
    Garbage {
        /// The problem.
        reason: String,
    },
    /// The request or the client could not be built, because of invalid settings.
    #[error("the request cannot be sent: {reason}")]
    Request {
        /// The problem.
        reason: String,
    },
}

impl ClientError {
    /// Returns the kind for metrics and traces.
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

    /// Returns true if a later attempt may succeed, so that a job should be retried.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        matches!(self, Self::Cut) || self.is_transient()
    }

    /// Returns true if the same request may be repeated at once: no connection, timeout, 429, 5xx.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        match self {
            Self::Timeout | Self::Connect { .. } => true,
            Self::Status { status, .. } => matches!(*status, 429 | 500..=599),
            Self::TooLarge { .. } | Self::Cut | Self::Garbage { .. } | Self::Request { .. } => false,
        }
    }

    /// Returns the pause requested by the service before the next attempt.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Status { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// Returns the error for an invalid answer, with a reason.
    #[must_use]
    pub fn garbage(reason: &str) -> Self {
        Self::Garbage { reason: one_line(reason, REASON_CHARS) }
    }

    /// Classifies a reqwest error. Its message is not used, because it contains the URL with the query.
    pub(crate) fn from_reqwest(error: &reqwest::Error) -> Self {
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
