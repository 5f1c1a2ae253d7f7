//! Why a search brought no answer.

use std::time::Duration;

use crate::clients::http::ClientError;

/// Why a search brought no answer. No message contains a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SearchError {
    /// A setting is missing, or what it names does not answer us.
    #[error("web search is not configured: {setting}: {reason}")]
    NotConfigured {
        /// The environment variable to set.
        setting: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// The search engine wants fewer requests.
    #[error("the web search is limiting requests")]
    RateLimited {
        /// The pause it asked for.
        retry_after: Option<Duration>,
    },
    /// The search engine could not be reached, did not answer in time or failed.
    #[error("the web search is unavailable: {reason}")]
    Unavailable {
        /// What happened.
        reason: String,
        /// The pause it asked for.
        retry_after: Option<Duration>,
    },
    /// The search engine understood the query and will not answer it.
    #[error("the web search refused: {reason}")]
    Refused {
        /// Its reason.
        reason: String,
    },
    /// The answer is cut, malformed or not of the form that is documented.
    #[error("the answer of the web search is unusable: {reason}")]
    Garbage {
        /// What was wrong with it.
        reason: String,
    },
}

impl SearchError {
    /// Whether asking again later may help.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::RateLimited { .. } | Self::Unavailable { .. } | Self::Garbage { .. } => true,
            Self::NotConfigured { .. } | Self::Refused { .. } => false,
        }
    }

    /// The pause that was asked for.
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
