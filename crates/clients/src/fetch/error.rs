//! Errors of fetching pages.

use std::time::Duration;

/// Reason why a page was not fetched. No message contains an address, neither a URL nor an IP address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The URL, or one it redirects to, is unsuitable.
    #[error("the address is not fetched: {reason}")]
    Unsuitable {
        /// The problem.
        reason: &'static str,
    },
    /// The URL, or one it redirects to, leads to a non-public IP address.
    #[error("the address leads into a network that is not public")]
    ForbiddenAddress,
    /// The site's `robots.txt` disallows this page.
    #[error("the site's robots.txt does not allow this page to be read")]
    Robots,
    /// The site's `robots.txt` was unavailable, which disallows the whole site for a while (RFC 9309, 2.3.1.4).
    #[error("the site's robots.txt could not be read: {reason}")]
    RobotsUnreachable {
        /// The cause.
        reason: String,
    },
    /// The page exceeds the size limit.
    #[error("the page is larger than {limit} bytes")]
    TooLarge {
        /// The limit, in bytes after decompression.
        limit: usize,
    },
    /// The page has an unsupported type.
    #[error("the page is {what}, which is not read")]
    WrongType {
        /// The type.
        what: String,
    },
    /// The page redirects too often.
    #[error("the page redirects more than {limit} times")]
    Redirects {
        /// Maximum number of redirects.
        limit: usize,
    },
    /// The site answered with an error status.
    #[error("the site answered with status {status}")]
    Status {
        /// The HTTP status code.
        status: u16,
        /// The pause requested by the site.
        retry_after: Option<Duration>,
    },
    /// The page did not arrive in time.
    #[error("the page did not come in time")]
    Timeout,
    /// The connection failed, or broke before the page was complete.
    #[error("the page could not be read: {reason}")]
    Network {
        /// The innermost cause, such as "connection refused".
        reason: String,
    },
}

impl FetchError {
    /// Returns the kind for metrics and traces.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Unsuitable { .. } => "unsuitable",
            Self::ForbiddenAddress => "forbidden_address",
            Self::Robots | Self::RobotsUnreachable { .. } => "robots",
            Self::TooLarge { .. } => "too_large",
            Self::WrongType { .. } => "wrong_type",
            Self::Redirects { .. } => "redirects",
            Self::Status { status: 500..=599, .. } => "server_error",
            Self::Status { .. } => "refused",
            Self::Timeout => "timeout",
            Self::Network { .. } => "no_connection",
        }
    }

    /// Returns true if a later attempt may succeed.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::RobotsUnreachable { .. } | Self::Timeout | Self::Network { .. } => true,
            Self::Status { status, .. } => matches!(*status, 408 | 429 | 500..=599),
            Self::Unsuitable { .. }
            | Self::ForbiddenAddress
            | Self::Robots
            | Self::TooLarge { .. }
            | Self::WrongType { .. }
            | Self::Redirects { .. } => false,
        }
    }

    /// Returns the pause requested by the site before the next attempt.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Status { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_may_come_back_is_worth_another_try() {
        for status in [408, 429, 500, 503] {
            assert!(FetchError::Status { status, retry_after: None }.is_retryable(), "{status}");
        }
        assert!(FetchError::Timeout.is_retryable());
        assert!(FetchError::Network { reason: String::new() }.is_retryable());
        assert!(FetchError::RobotsUnreachable { reason: String::new() }.is_retryable());
    }

    #[test]
    fn what_is_forbidden_or_unreadable_stays_so() {
        for status in [300, 401, 403, 404, 410, 451] {
            assert!(!FetchError::Status { status, retry_after: None }.is_retryable(), "{status}");
        }
        for error in [FetchError::ForbiddenAddress, FetchError::Robots, FetchError::TooLarge { limit: 1 }] {
            assert!(!error.is_retryable(), "{error}");
        }
    }
}
