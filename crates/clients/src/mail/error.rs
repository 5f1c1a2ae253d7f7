//! Errors of sending mail.

use rapport_toolkit::error::Error;

/// Reason why a mail was not sent. No message contains the password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// Invalid settings: the mail server rejects the login or the encryption, or a file of certificates is unreadable.
    #[error("mail is not configured: {setting} was not accepted ({reason})")]
    NotConfigured {
        /// The environment variable to check.
        setting: &'static str,
        /// The cause.
        reason: String,
    },
    /// The server was unreachable, the connection was lost, or the peer does not speak SMTP.
    #[error("the mail server cannot be reached: {reason}")]
    Unreachable {
        /// The cause.
        reason: String,
    },
    /// The server did not accept the mail in time.
    #[error("the mail server did not answer in time")]
    Timeout,
    /// The server temporarily rejects the mail (4xx, RFC 5321, section 4.2.1).
    #[error("the mail server put the mail off with {status}: {reason}")]
    Deferred {
        /// The reply code.
        status: u16,
        /// The server's message.
        reason: String,
    },
    /// The server rejects the mail (5xx, RFC 5321, section 4.2.1).
    #[error("the mail server refused the mail with {status}: {reason}")]
    Refused {
        /// The reply code.
        status: u16,
        /// The server's message.
        reason: String,
    },
    /// An address is invalid, or of a kind that the server does not support.
    #[error("the mail cannot be sent: {reason}")]
    Invalid {
        /// The problem.
        reason: String,
    },
}

impl MailError {
    /// Returns the kind for metrics and traces.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::NotConfigured { .. } => "not_configured",
            Self::Unreachable { .. } => "no_connection",
            Self::Timeout => "timeout",
            Self::Deferred { .. } => "deferred",
            Self::Refused { .. } => "refused",
            Self::Invalid { .. } => "not_sent",
        }
    }

    /// Returns true if the mail server is down, or unusable with the present settings.
    #[must_use]
    pub const fn is_of_the_server(&self) -> bool {
        matches!(self, Self::NotConfigured { .. } | Self::Unreachable { .. } | Self::Timeout)
    }

    /// Returns true if sending the same mail later may succeed.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Timeout | Self::Deferred { .. } => true,
            Self::NotConfigured { .. } | Self::Refused { .. } | Self::Invalid { .. } => false,
        }
    }
}

impl From<MailError> for Error {
    fn from(error: MailError) -> Self {
        match error {
            MailError::NotConfigured { setting, .. } => {
                Self::ProviderNotConfigured { what: "Sending mail".to_owned(), setting }
            }
            MailError::Unreachable { reason } => Self::ProviderUnavailable {
                message: format!("The mail server cannot be reached: {reason}"),
                retry_after: None,
            },
            MailError::Timeout => Self::ProviderUnavailable {
                message: "The mail server did not answer in time.".to_owned(),
                retry_after: None,
            },
            MailError::Deferred { status, reason } => Self::ProviderUnavailable {
                message: format!("The mail server does not take the mail now: {status} {reason}"),
                retry_after: None,
            },
            MailError::Refused { status, reason } => {
                Self::bad_input("to", format!("The mail server refused the mail: {status} {reason}"))
            }
            MailError::Invalid { reason } => Self::bad_input("to", format!("The mail cannot be sent: {reason}.")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rapport_toolkit::{
        config::SMTP_PASSWORD,
        error::ErrorCode,
        jobs::{Failure, JobError},
    };

    fn all() -> [(MailError, ErrorCode); 6] {
        let reason = || "why".to_owned();
        [
            (MailError::NotConfigured { setting: SMTP_PASSWORD, reason: reason() }, ErrorCode::ProviderNotConfigured),
            (MailError::Unreachable { reason: reason() }, ErrorCode::ProviderUnavailable),
            (MailError::Timeout, ErrorCode::ProviderUnavailable),
            (MailError::Deferred { status: 451, reason: reason() }, ErrorCode::ProviderUnavailable),
            (MailError::Refused { status: 550, reason: reason() }, ErrorCode::BadInput),
            (MailError::Invalid { reason: reason() }, ErrorCode::BadInput),
        ]
    }

    #[test]
    fn a_job_tries_again_what_may_succeed_and_nothing_else() {
        for (error, code) in all() {
            let retryable = error.is_retryable();
            let (retried, failure) = match JobError::from(Error::from(error)) {
                JobError::Retry { failure, .. } => (true, failure),
                JobError::Fail(failure) => (false, failure),
                JobError::Interrupted => (false, Failure::new(ErrorCode::Internal, "interrupted")),
            };
            assert_eq!((retried, failure.code), (retryable, code), "{}", failure.message);
        }
    }
}
