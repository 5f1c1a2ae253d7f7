//! Conversion of a [`Mail`] to a message for a mail server (RFC 5322, MIME).

use lettre::{
    Address, Message,
    message::{
        Mailbox as Header, MultiPart, SinglePart,
        header::{HeaderName, HeaderValue},
    },
};
use sha2::{Digest, Sha256};

use super::{Mail, MailError, Mailbox};
use crate::http::one_line;
use rapport_toolkit::{ambient::Ambient, mail_address::with_ascii_domain};

/// Maximum length of a subject or name, in characters, which when encoded and folded stays far below the 998 characters
/// of a line.
const HEADER_CHARS: usize = 250;

/// Builds the message of `mail`.
///
/// # Errors
/// [`MailError::Invalid`] if an address is invalid.
pub(super) fn build(mail: &Mail, from: &Header, ambient: &Ambient) -> Result<Message, MailError> {
    let mut message = Message::builder()
        .from(from.clone())
        .to(header(&mail.to)?)
        .subject(one_line(&mail.subject, HEADER_CHARS))
        .date(ambient.now().into())
        .message_id(Some(message_id(&mail.message_id, from.email.domain())))
        // RFC 3834: nobody's absence assistant should answer.
        .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()));
    if let Some(reply_to) = &mail.reply_to {
        message = message.reply_to(header(reply_to)?);
    }
    let text = SinglePart::plain(lines(&mail.text));
    let message = match &mail.html {
        Some(html) => message.multipart(
            MultiPart::alternative()
                .boundary(ambient.uuid().simple().to_string())
                .singlepart(text)
                .singlepart(SinglePart::html(lines(html))),
        ),
        None => message.singlepart(text),
    };
    message.map_err(|error| MailError::Invalid { reason: error.to_string() })
}

fn header(mailbox: &Mailbox) -> Result<Header, MailError> {
    let address: Address = with_ascii_domain(&mailbox.address).parse().map_err(|_| MailError::Invalid {
        reason: format!("`{}` is not a mail address", one_line(&mailbox.address, HEADER_CHARS)),
    })?;
    let name = mailbox.name.as_ref().map(|name| one_line(name, HEADER_CHARS)).filter(|name| !name.is_empty());
    Ok(Header::new(name, address))
}

/// Returns a `Message-ID` by RFC 5322, section 3.6.4. The key is hashed, because it may contain characters that are
/// invalid in headers, and details unsuitable for the recipient.
fn message_id(key: &str, domain: &str) -> String {
    let id = hex::encode(&Sha256::digest(key)[..16]);
    format!("<{id}@{domain}>")
}

/// Normalizes line ends to line feeds without carriage returns, from which lettre makes valid line ends. Some servers
/// take a lone carriage return for a line end, and a line with a dot ends a mail.
fn lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}
