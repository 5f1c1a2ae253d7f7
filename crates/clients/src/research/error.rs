//! Errors of research.

use std::time::Duration;

/// Reason why a research source gave no answer. No message contains a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResearchError {
    /// A setting is missing or rejected by the provider.
    #[error("research is not configured: {setting} is missing or was not accepted")]
    NotConfigured {
        /// The environment variable to set.
        setting: &'static str,
    },
    /// The provider's rate limit was exceeded.
    #[error("the research provider is limiting requests")]
    RateLimited {
        /// The requested pause.
        retry_after: Option<Duration>,
    },
    /// The provider was unreachable, did not answer in time, or failed.
    #[error("the research provider is unavailable: {reason}")]
    Unavailable {
        /// The cause.
        reason: String,
        /// The requested pause.
        retry_after: Option<Duration>,
    },
    /// The provider refused to answer.
    #[error("the research provider refused: {reason}")]
    Refused {
        /// The provider's reason.
        reason: String,
    },
    /// The provider's answer is incomplete, invalid or not backed by a search.
    #[error("the research provider's answer is unusable: {reason}")]
    Garbage {
        /// The problem.
        reason: String,
    },
    /// The source does not cover this company ([`super::ResearchSource::covers`] is false).
    #[error("this research source does not know the company")]
    UnknownCompany,
}

impl ResearchError {
    /// Returns true if a retry may help, including for an unusable answer, since the next one is generated anew.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::RateLimited { .. } | Self::Unavailable { .. } | Self::Garbage { .. } => true,
            Self::NotConfigured { .. } | Self::Refused { .. } | Self::UnknownCompany => false,
        }
    }

    /// Returns the pause requested by the provider before the next attempt.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after } | Self::Unavailable { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}
