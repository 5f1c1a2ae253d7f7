//! Outgoing mail.
//!
//! A [`Mailer`] passes one mail to a mail server and returns the outcome. It does not retry: mails are sent by a job,
//! which retries according to [`MailError::is_retryable`].

mod error;
mod message;
mod smtp;

use std::fmt;

use async_trait::async_trait;

pub use error::MailError;
pub use smtp::SmtpMailer;

/// Sends mail. Implementations are shared as `Arc<dyn Mailer>`; dropping a call's future cancels the attempt.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Sends the mail to the mail server. On success the server has accepted it; a failed delivery is only reported
    /// later, by a mail to the sender.
    ///
    /// A failure does not prove that nothing was sent: the connection may be lost between the server's decision and its
    /// answer. Hence the [`Mail::message_id`].
    ///
    /// # Errors
    /// See [`MailError`]; [`MailError::is_retryable`] tells if a retry may help.
    async fn send(&self, mail: &Mail) -> Result<(), MailError>;
}

/// Mail address of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// The display name, in any script.
    pub name: Option<String>,
    /// The address, such as `dana@example.com`.
    pub address: String,
}

impl Mailbox {
    /// Creates a mailbox with a display name.
    pub fn named(name: impl Into<String>, address: impl Into<String>) -> Self {
        Self { name: Some(name.into()), address: address.into() }
    }

    /// Creates a mailbox without a display name.
    pub fn unnamed(address: impl Into<String>) -> Self {
        Self { name: None, address: address.into() }
    }
}

/// A mail to one recipient. The sender is the configured one.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// The recipient.
    pub to: Mailbox,
    /// The subject, in one line; other white space becomes blanks.
    pub subject: String,
    /// The plain text body.
    pub text: String,
    /// The HTML body.
    pub html: Option<String>,
    /// The idempotency key. The `Message-ID` is derived from it, so that servers and people can recognize a mail sent
    /// twice. It may have any form and is not shown.
    pub message_id: String,
    /// The address for replies, if it differs from the sender.
    pub reply_to: Option<Mailbox>,
}

impl fmt::Debug for Mail {
    /// Shows the sizes instead of the content, which may contain a sign-in link.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail")
            .field("to", &self.to)
            .field("text_bytes", &self.text.len())
            .field("html_bytes", &self.html.as_ref().map(String::len))
            .field("message_id", &self.message_id)
            .finish_non_exhaustive()
    }
}
