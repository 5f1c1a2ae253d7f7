//! Errors of language models.

use std::fmt;
use std::time::Duration;

use super::LlmProvider;

/// Reason why there is no answer. No message contains a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LlmError {
    /// No language model is configured.
    #[error("no language model is configured: set {settings}")]
    NotConfigured {
        /// The settings, of which one is needed.
        settings: &'static str,
    },
    /// The provider rejects a key or does not know a model.
    #[error("{setting} was not accepted")]
    SettingRefused {
        /// The setting to correct.
        setting: &'static str,
    },
    /// The provider, or this model, lacks the capability.
    #[error("it is not supported: {reason}")]
    Unsupported {
        /// The missing capability.
        reason: String,
    },
    /// The request is invalid for every provider.
    #[error("the request is not valid: {reason}")]
    InvalidRequest {
        /// The problem.
        reason: String,
    },
    /// The conversation exceeds the model's context length.
    #[error("the request is too long for the model: {reason}")]
    ContextTooLong {
        /// The provider's message.
        reason: String,
    },
    /// The provider or the model refused to answer.
    #[error("the model refused: {reason}")]
    Refused {
        /// The reason.
        reason: String,
    },
    /// The provider's rate limit was exceeded.
    #[error("the provider is limiting requests")]
    RateLimited {
        /// The requested pause.
        retry_after: Option<Duration>,
    },
    /// The paid quota is used up.
    #[error("the quota at the provider is used up: {reason}")]
    QuotaUsedUp {
        /// The provider's message.
        reason: String,
    },
    /// The provider was unreachable or failed.
    #[error("the provider is unavailable: {reason}")]
    Unavailable {
        /// The cause.
        reason: String,
        /// The requested pause.
        retry_after: Option<Duration>,
    },
    /// The provider exceeded a time limit.
    #[error("{0}")]
    Timeout(Phase),
    /// The answer, or its structured form, is incomplete.
    #[error("the answer is incomplete: {0}")]
    Truncated(Truncation),
    /// The answer could not be parsed.
    #[error("the answer cannot be understood: {reason}")]
    Garbage {
        /// The problem.
        reason: String,
    },
    /// The answer does not match the schema, even in a second attempt.
    #[error("the answer does not fit its schema: {reason}")]
    InvalidOutput {
        /// The problem.
        reason: String,
    },
    /// The provider is skipped for a while after repeated failures.
    #[error("the provider failed repeatedly and is left alone for {} s", retry_after.as_secs())]
    Resting {
        /// Remaining time.
        retry_after: Duration,
    },
    /// All providers failed.
    #[error("no language model answered: {}", list(.failures))]
    AllFailed {
        /// Their errors, in the order of the attempts.
        failures: Vec<(LlmProvider, Self)>,
    },
}

/// Phase that exceeded its time limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// The whole call.
    Answer,
    /// The first piece of a streamed answer.
    FirstToken,
    /// The next piece of a streamed answer.
    NextToken,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Answer => "there was no answer in time",
            Self::FirstToken => "the answer did not begin in time",
            Self::NextToken => "the answer did not go on in time",
        })
    }
}

/// Reason why an answer is incomplete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Truncation {
    /// The answer stopped without the provider's end marker.
    NoEnd,
    /// It reached a token limit.
    TokenLimit,
    /// The provider stopped it for another reason.
    Stopped {
        /// The provider's name of the reason.
        reason: String,
    },
    /// A failure after its beginning was delivered, so that no other provider could be tried.
    BrokeOff {
        /// The failure.
        cause: Box<LlmError>,
    },
}

impl fmt::Display for Truncation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoEnd => f.write_str("it stopped without an end"),
            Self::TokenLimit => f.write_str("it hit the limit of tokens"),
            Self::Stopped { reason } => write!(f, "the provider ended it ({reason})"),
            Self::BrokeOff { cause } => write!(f, "it broke off after its beginning was handed out: {cause}"),
        }
    }
}

fn list(failures: &[(LlmProvider, LlmError)]) -> String {
    let lines: Vec<_> = failures.iter().map(|(provider, error)| format!("{provider}: {error}")).collect();
    lines.join("; ")
}

/// Kind of failure, for metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each is the variant of LlmError of the same name")]
pub enum FailureKind {
    NotConfigured,
    SettingRefused,
    Unsupported,
    InvalidRequest,
    ContextTooLong,
    Refused,
    RateLimited,
    QuotaUsedUp,
    Unavailable,
    Timeout,
    Truncated,
    Garbage,
    InvalidOutput,
    Resting,
    AllFailed,
}

impl FailureKind {
    /// Returns the name in logs and metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotConfigured => "not_configured",
            Self::SettingRefused => "setting_refused",
            Self::Unsupported => "unsupported",
            Self::InvalidRequest => "invalid_request",
            Self::ContextTooLong => "context_too_long",
            Self::Refused => "refused",
            Self::RateLimited => "rate_limited",
            Self::QuotaUsedUp => "quota_used_up",
            Self::Unavailable => "unavailable",
            Self::Timeout => "timeout",
            Self::Truncated => "truncated",
            Self::Garbage => "garbage",
            Self::InvalidOutput => "invalid_output",
            Self::Resting => "resting",
            Self::AllFailed => "all_failed",
        }
    }
}

/// Meaning of a failure for the health of its provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Healthy: the fault is in the request, the settings or the model's answer.
    Alive,
    /// Unhealthy.
    Failed,
    /// Unknown, because it was not asked.
    Unknown,
}

impl LlmError {
    /// Returns the kind of failure.
    #[must_use]
    pub const fn kind(&self) -> FailureKind {
        match self {
            Self::NotConfigured { .. } => FailureKind::NotConfigured,
            Self::SettingRefused { .. } => FailureKind::SettingRefused,
            Self::Unsupported { .. } => FailureKind::Unsupported,
            Self::InvalidRequest { .. } => FailureKind::InvalidRequest,
            Self::ContextTooLong { .. } => FailureKind::ContextTooLong,
            Self::Refused { .. } => FailureKind::Refused,
            Self::RateLimited { .. } => FailureKind::RateLimited,
            Self::QuotaUsedUp { .. } => FailureKind::QuotaUsedUp,
            Self::Unavailable { .. } => FailureKind::Unavailable,
            Self::Timeout(_) => FailureKind::Timeout,
            Self::Truncated(_) => FailureKind::Truncated,
            Self::Garbage { .. } => FailureKind::Garbage,
            Self::InvalidOutput { .. } => FailureKind::InvalidOutput,
            Self::Resting { .. } => FailureKind::Resting,
            Self::AllFailed { .. } => FailureKind::AllFailed,
        }
    }

    /// Returns true if a later retry may help.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::RateLimited { .. }
            | Self::Unavailable { .. }
            | Self::Timeout(_)
            | Self::Garbage { .. }
            | Self::InvalidOutput { .. }
            | Self::Resting { .. } => true,
            Self::Truncated(truncation) => *truncation != Truncation::TokenLimit,
            Self::AllFailed { failures } => failures.iter().any(|(_, error)| error.is_retryable()),
            Self::NotConfigured { .. }
            | Self::SettingRefused { .. }
            | Self::Unsupported { .. }
            | Self::InvalidRequest { .. }
            | Self::ContextTooLong { .. }
            | Self::Refused { .. }
            | Self::QuotaUsedUp { .. } => false,
        }
    }

    /// Returns true if no model was available to answer, as opposed to an unusable answer, so that the request can be
    /// made later.
    #[must_use]
    pub fn is_absence(&self) -> bool {
        match self {
            Self::AllFailed { failures } => failures.iter().any(|(_, error)| error.is_absence()),
            Self::InvalidOutput { .. } => false,
            Self::SettingRefused { .. } | Self::QuotaUsedUp { .. } => true,
            error => error.is_retryable(),
        }
    }

    /// Returns the pause before the next attempt; the shortest of several providers.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after } | Self::Unavailable { retry_after, .. } => *retry_after,
            Self::Resting { retry_after } => Some(*retry_after),
            Self::AllFailed { failures } => {
                let retryable = failures.iter().filter(|(_, error)| error.is_retryable());
                retryable.map(|(_, error)| error.retry_after().unwrap_or_default()).min()
            }
            _ => None,
        }
    }

    /// Returns true if no other provider should be tried. A request too long for one model may fit another, but an
    /// invalid one is invalid everywhere, as is the length of an answer `capped` by the request; and a refusal by one
    /// model is respected.
    pub(super) const fn is_final(&self, capped: bool) -> bool {
        match self {
            Self::InvalidRequest { .. } | Self::Refused { .. } => true,
            Self::Truncated(Truncation::TokenLimit) => capped,
            _ => false,
        }
    }

    /// Returns its meaning for the health of the provider.
    pub(super) const fn verdict(&self) -> Verdict {
        match self {
            Self::RateLimited { .. }
            | Self::QuotaUsedUp { .. }
            | Self::Unavailable { .. }
            | Self::Timeout(_)
            | Self::Garbage { .. } => Verdict::Failed,
            Self::Truncated(Truncation::TokenLimit) => Verdict::Alive,
            Self::Truncated(_) => Verdict::Failed,
            Self::SettingRefused { .. }
            | Self::InvalidRequest { .. }
            | Self::ContextTooLong { .. }
            | Self::Refused { .. }
            | Self::InvalidOutput { .. } => Verdict::Alive,
            Self::NotConfigured { .. } | Self::Unsupported { .. } | Self::Resting { .. } | Self::AllFailed { .. } => {
                Verdict::Unknown
            }
        }
    }
}
