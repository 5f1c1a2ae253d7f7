//! Outgoing mail.
//!
//! A [`Mailer`] hands one mail to a mail server and says what became of it. It does not repeat anything: a mail is sent
//! by a job, which knows from [`MailError::is_retryable`] whether to try again.

mod error;
mod message;
mod smtp;

use std::fmt;

use async_trait::async_trait;

pub use error::MailError;
pub use smtp::SmtpMailer;

/// Sends mail. Implementations are shared as `Arc<dyn Mailer>`; dropping a call's future gives up the attempt.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Hands the mail to the mail server. When this returns, the server has taken it over; whether it reaches its
    /// recipient shows only later, as a mail to the sender.
    ///
    /// A failure does not prove that nothing was sent: the connection may be lost between the server's decision and its
    /// answer. Hence the [`Mail::message_id`].
    ///
    /// # Errors
    /// See [`MailError`]; [`MailError::is_retryable`] says whether sending again may help.
    async fn send(&self, mail: &Mail) -> Result<(), MailError>;
}

/// A person and the address of his mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// The name to be shown, in any script.
    pub name: Option<String>,
    /// The address, such as `dana@example.com`.
    pub address: String,
}

impl Mailbox {
    /// A mailbox with a name to be shown.
    pub fn named(name: impl Into<String>, address: impl Into<String>) -> Self {
        Self { name: Some(name.into()), address: address.into() }
    }

    /// A mailbox of which only the address is known.
    pub fn unnamed(address: impl Into<String>) -> Self {
        Self { name: None, address: address.into() }
    }
}

/// A mail to one recipient. The sender is the one in the settings.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// Who gets it.
    pub to: Mailbox,
    /// The subject, one line; other white space than blanks becomes a blank.
    pub subject: String,
    /// The whole mail as plain text.
    pub text: String,
    /// The same as HTML, for programs that show it.
    pub html: Option<String>,
    /// The idempotency key. The `Message-ID` follows from it, so that a mail that was sent twice can be recognised by
    /// servers and by whoever looks for it. It need not have the form of one and is not shown.
    pub message_id: String,
    /// Who gets the answers, when not the sender.
    pub reply_to: Option<Mailbox>,
}

impl fmt::Debug for Mail {
    /// Shows the sizes in place of the content, which may hold a link that signs somebody in.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail")
            .field("to", &self.to)
            .field("text_bytes", &self.text.len())
            .field("html_bytes", &self.html.as_ref().map(String::len))
            .field("message_id", &self.message_id)
            .finish_non_exhaustive()
    }
}
