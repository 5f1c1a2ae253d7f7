//! Why a page was not read.

use std::time::Duration;

/// Why a page was not read. No message contains an address, neither the URL's nor the network's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The URL, or one it redirects to, is none that is fetched at all.
    #[error("the address is not fetched: {reason}")]
    Unsuitable {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The URL, or one it redirects to, leads to a network address that is not public.
    #[error("the address leads into a network that is not public")]
    ForbiddenAddress,
    /// The site's `robots.txt` forbids this page.
    #[error("the site's robots.txt does not allow this page to be read")]
    Robots,
    /// The site's `robots.txt` could not be read, which forbids the whole site for a while (RFC 9309, 2.3.1.4).
    #[error("the site's robots.txt could not be read: {reason}")]
    RobotsUnreachable {
        /// What happened to it.
        reason: String,
    },
    /// The page is larger than the limit.
    #[error("the page is larger than {limit} bytes")]
    TooLarge {
        /// The limit, in bytes after decompression.
        limit: usize,
    },
    /// The page is no text that is read.
    #[error("the page is {what}, which is not read")]
    WrongType {
        /// What it is instead.
        what: String,
    },
    /// The page leads on and on.
    #[error("the page redirects more than {limit} times")]
    Redirects {
        /// How many redirects are followed.
        limit: usize,
    },
    /// The site answered, but with no page.
    #[error("the site answered with status {status}")]
    Status {
        /// The HTTP status code.
        status: u16,
        /// The pause the site asked for.
        retry_after: Option<Duration>,
    },
    /// The page was not there in time.
    #[error("the page did not come in time")]
    Timeout,
    /// There was no connection, or it broke before the page was complete.
    #[error("the page could not be read: {reason}")]
    Network {
        /// The innermost cause, such as "connection refused".
        reason: String,
    },
}

impl FetchError {
    /// Its kind, in metrics and traces.
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

    /// Whether the same page may be had later.
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

    /// The pause the site asked for before the next attempt.
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
