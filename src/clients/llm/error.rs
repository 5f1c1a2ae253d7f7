//! Why a language model gave no answer.

use std::fmt;
use std::time::Duration;

use super::LlmProvider;

/// Why there is no answer. No message contains a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LlmError {
    /// There is no language model at all.
    #[error("no language model is configured: set {settings}")]
    NotConfigured {
        /// The settings of which one is needed.
        settings: &'static str,
    },
    /// The provider does not accept a key or does not know a model.
    #[error("{setting} was not accepted")]
    SettingRefused {
        /// The setting to correct.
        setting: &'static str,
    },
    /// The provider has no such capability, or not with this model.
    #[error("it is not supported: {reason}")]
    Unsupported {
        /// What is missing.
        reason: String,
    },
    /// The request is wrong, whoever is asked.
    #[error("the request is not valid: {reason}")]
    InvalidRequest {
        /// What is wrong with it.
        reason: String,
    },
    /// The conversation is longer than the model can read.
    #[error("the request is too long for the model: {reason}")]
    ContextTooLong {
        /// The provider's words.
        reason: String,
    },
    /// The provider or the model will not answer this.
    #[error("the model refused: {reason}")]
    Refused {
        /// Its reason.
        reason: String,
    },
    /// The provider wants fewer requests.
    #[error("the provider is limiting requests")]
    RateLimited {
        /// The pause it asked for.
        retry_after: Option<Duration>,
    },
    /// What was paid for is used up.
    #[error("the quota at the provider is used up: {reason}")]
    QuotaUsedUp {
        /// The provider's words.
        reason: String,
    },
    /// The provider could not be reached, or failed.
    #[error("the provider is unavailable: {reason}")]
    Unavailable {
        /// What happened.
        reason: String,
        /// The pause it asked for.
        retry_after: Option<Duration>,
    },
    /// The provider took longer than allowed.
    #[error("{0}")]
    Timeout(Phase),
    /// There is only a part of an answer, or of what should have become one.
    #[error("the answer is incomplete: {0}")]
    Truncated(Truncation),
    /// The answer cannot be understood.
    #[error("the answer cannot be understood: {reason}")]
    Garbage {
        /// What is wrong with it.
        reason: String,
    },
    /// The answer does not fit the schema asked for, also when asked a second time.
    #[error("the answer does not fit its schema: {reason}")]
    InvalidOutput {
        /// What is wrong with it.
        reason: String,
    },
    /// The provider failed so often that it is left alone for a while.
    #[error("the provider failed repeatedly and is left alone for {} s", retry_after.as_secs())]
    Resting {
        /// How much longer.
        retry_after: Duration,
    },
    /// Several providers were to be asked and none answered.
    #[error("no language model answered: {}", list(.failures))]
    AllFailed {
        /// Why, in the order in which they were asked.
        failures: Vec<(LlmProvider, Self)>,
    },
}

/// What took too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// The whole call.
    Answer,
    /// The beginning of a streamed answer.
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

/// Why an answer is only a part of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Truncation {
    /// The answer stopped without the provider's end marker.
    NoEnd,
    /// It hit a limit of tokens.
    TokenLimit,
    /// The provider ended it for a reason that is no end.
    Stopped {
        /// The provider's name for it.
        reason: String,
    },
    /// Something went wrong after its beginning had been handed out, so nobody else could be asked.
    BrokeOff {
        /// What.
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

/// The kind of a failure, for counting.
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
    /// Its name in logs and metrics.
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

/// What a failure says about the health of its provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is well: the fault is in the request, the settings or the model's words.
    Alive,
    /// It is not.
    Failed,
    /// Nothing, for it was not asked.
    Unknown,
}

impl LlmError {
    /// Its kind.
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

    /// Whether asking again later may help.
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

    /// Whether no model was there to answer, unlike one whose answer cannot be used: what was to be asked can be asked later.
    #[must_use]
    pub fn is_absence(&self) -> bool {
        match self {
            Self::AllFailed { failures } => failures.iter().any(|(_, error)| error.is_absence()),
            Self::InvalidOutput { .. } => false,
            Self::SettingRefused { .. } | Self::QuotaUsedUp { .. } => true,
            error => error.is_retryable(),
        }
    }

    /// The pause asked for before the next attempt; of several providers the shortest.
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

    /// Whether no other provider is asked after this. A request that is too long for one model may fit another, but what
    /// is wrong is wrong everywhere, `capped` by us in length everywhere; and we do not look for a model that does what
    /// another refused.
    pub(super) const fn is_final(&self, capped: bool) -> bool {
        match self {
            Self::InvalidRequest { .. } | Self::Refused { .. } => true,
            Self::Truncated(Truncation::TokenLimit) => capped,
            _ => false,
        }
    }

    /// What it says about the health of the provider.
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
