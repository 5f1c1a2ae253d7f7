//! Why research brought no answer.

use std::time::Duration;

/// Why a research source gave no answer. No message contains a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResearchError {
    /// A setting is missing or the provider does not accept its value.
    #[error("research is not configured: {setting} is missing or was not accepted")]
    NotConfigured {
        /// The environment variable to set.
        setting: &'static str,
    },
    /// The provider wants fewer requests.
    #[error("the research provider is limiting requests")]
    RateLimited {
        /// The pause it asked for.
        retry_after: Option<Duration>,
    },
    /// The provider could not be reached, did not answer in time or failed.
    #[error("the research provider is unavailable: {reason}")]
    Unavailable {
        /// What happened.
        reason: String,
        /// The pause it asked for.
        retry_after: Option<Duration>,
    },
    /// The provider understood the request and will not answer it.
    #[error("the research provider refused: {reason}")]
    Refused {
        /// The provider's reason.
        reason: String,
    },
    /// The provider's answer is incomplete, malformed or not backed by a search.
    #[error("the research provider's answer is unusable: {reason}")]
    Garbage {
        /// What was wrong with it.
        reason: String,
    },
    /// The source knows nothing about this company ([`super::ResearchSource::covers`] is false).
    #[error("this research source does not know the company")]
    UnknownCompany,
}

impl ResearchError {
    /// Whether asking again later may help. An unusable answer counts: the next one is written
    /// anew.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::RateLimited { .. } | Self::Unavailable { .. } | Self::Garbage { .. } => true,
            Self::NotConfigured { .. } | Self::Refused { .. } | Self::UnknownCompany => false,
        }
    }

    /// The pause the provider asked for before the next attempt.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after } | Self::Unavailable { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}
