//! Errors of web search.

use std::time::Duration;

use crate::http::ClientError;

/// Reason why a search yielded no answer. No message contains a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SearchError {
    /// A setting is missing, or its server does not accept us.
    #[error("web search is not configured: {setting}: {reason}")]
    NotConfigured {
        /// The environment variable to set.
        setting: &'static str,
        /// The problem.
        reason: String,
    },
    /// The search engine's rate limit was exceeded.
    #[error("the web search is limiting requests")]
    RateLimited {
        /// The requested pause.
        retry_after: Option<Duration>,
    },
    /// The search engine was unreachable, did not answer in time, or failed.
    #[error("the web search is unavailable: {reason}")]
    Unavailable {
        /// The cause.
        reason: String,
        /// The requested pause.
        retry_after: Option<Duration>,
    },
    /// The search engine refused the query.
    #[error("the web search refused: {reason}")]
    Refused {
        /// The reason.
        reason: String,
    },
    /// The answer is incomplete, invalid or undocumented.
    #[error("the answer of the web search is unusable: {reason}")]
    Garbage {
        /// The problem.
        reason: String,
    },
}

impl SearchError {
    /// Returns true if a later retry may help.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::RateLimited { .. } | Self::Unavailable { .. } | Self::Garbage { .. } => true,
            Self::NotConfigured { .. } | Self::Refused { .. } => false,
        }
    }

    /// Returns the requested pause.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after } | Self::Unavailable { retry_after, .. } => *retry_after,
            Self::NotConfigured { .. } | Self::Refused { .. } | Self::Garbage { .. } => None,
        }
    }
}

impl From<ClientError> for SearchError {
    fn from(error: ClientError) -> Self {
        match error {
            ClientError::Status { status: 429, retry_after, .. } => Self::RateLimited { retry_after },
            ClientError::Status { status, retry_after, excerpt } => {
                let reason = format!("status {status}: {excerpt}");
                match status {
                    408 | 500..=599 => Self::Unavailable { reason, retry_after },
                    _ => Self::Refused { reason },
                }
            }
            ClientError::Timeout | ClientError::Connect { .. } | ClientError::Cut => {
                Self::Unavailable { reason: error.to_string(), retry_after: None }
            }
            ClientError::TooLarge { .. } | ClientError::Garbage { .. } => Self::Garbage { reason: error.to_string() },
            ClientError::Request { reason } => Self::Refused { reason },
        }
    }
}
