//! Outgoing mail, against a stand-in mail server over real sockets.

mod content;
mod encryption;
mod failing;
mod headers;
mod real;

use std::{collections::BTreeMap, sync::Arc};

use rapport::{
    clients::mail::{Mail, MailError, Mailbox, Mailer, SmtpMailer},
    config::Config,
};

use crate::support::{
    ambient,
    smtp::{Received, Smtp},
};

/// The mailer that a server with these settings has.
fn mailer(settings: &BTreeMap<&'static str, String>) -> Arc<dyn Mailer> {
    let config = Config::read(|name| settings.get(name).cloned()).unwrap();
    Arc::new(SmtpMailer::new(config.mail.unwrap(), ambient()).unwrap())
}

/// Sends one mail to the stand-in.
async fn send(smtp: &Smtp, mail: &Mail) -> Result<(), MailError> {
    mailer(&smtp.settings()).send(mail).await
}

/// Sends one mail to the stand-in and reads what arrived.
async fn delivered(mail: &Mail) -> Received {
    let smtp = Smtp::start().await;
    send(&smtp, mail).await.unwrap();
    let mut mails = smtp.received(1).await;
    assert_eq!(mails.len(), 1);
    mails.remove(0)
}

fn a_mail() -> Mail {
    Mail {
        to: Mailbox::named("Dana Scully", "dana@example.com"),
        subject: "An invitation".to_owned(),
        text: "Come in.\n".to_owned(),
        html: None,
        message_id: "invitation 1".to_owned(),
        reply_to: None,
    }
}

/// A mail of which only the text matters.
fn with_text(text: impl Into<String>) -> Mail {
    Mail { text: text.into(), ..a_mail() }
}
