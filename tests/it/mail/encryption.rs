//! Passwords and mails are not sent in clear text to a server that should encrypt.

use rapport::{
    clients::mail::MailError,
    config::{SMTP_PASSWORD, SMTP_TLS, SMTP_USER},
};

use super::{a_mail, mailer};
use crate::support::smtp::{Instead, Smtp, Stage};

const PASSWORD: &str = "correct horse battery";

/// Sends a mail as `dana` with the encryption of the settings, and returns the words that the server could read.
async fn heard_of(smtp: &Smtp, tls: &str, password: &str) -> (Result<(), MailError>, String) {
    let mut settings = smtp.settings();
    for (name, value) in [("SMTP_TLS", tls), ("SMTP_USER", "dana"), ("SMTP_PASSWORD", password)] {
        settings.insert(name, value.to_owned());
    }
    let sent = mailer(&settings).send(&a_mail()).await;
    (sent, smtp.heard().join("\n"))
}

async fn with_login(mechanisms: &'static str) -> Smtp {
    let smtp = Smtp::start().await;
    smtp.asks_for_login(mechanisms, "dana", PASSWORD);
    smtp
}

#[tokio::test]
async fn a_server_without_starttls_hears_neither_password_nor_mail() {
    let smtp = with_login("PLAIN LOGIN").await;
    let (sent, heard) = heard_of(&smtp, "starttls", PASSWORD).await;
    let error = sent.unwrap_err();
    assert!(matches!(error, MailError::NotConfigured { setting: SMTP_TLS, .. }), "{error:?}");
    assert!(!error.is_retryable());
    assert_eq!(heard, "EHLO rapport.example");
}

#[tokio::test]
async fn a_server_that_goes_back_on_starttls_hears_neither_password_nor_mail() {
    let smtp = with_login("PLAIN").await;
    smtp.at(Stage::Hello, Instead::Say("250-stand-in.example\r\n250-AUTH PLAIN\r\n250 STARTTLS"));
    let (sent, heard) = heard_of(&smtp, "starttls", PASSWORD).await;
    assert!(matches!(sent, Err(MailError::Refused { status: 502, .. })), "{sent:?}");
    assert_eq!(heard, "EHLO rapport.example\nSTARTTLS\nQUIT");
}

#[tokio::test]
async fn a_server_that_speaks_no_tls_hears_nothing_where_it_should() {
    let smtp = with_login("PLAIN").await;
    let (sent, heard) = heard_of(&smtp, "implicit", PASSWORD).await;
    assert!(matches!(sent, Err(MailError::Unreachable { .. })), "{sent:?}");
    assert_eq!(heard, "");
}

#[tokio::test]
async fn the_login_is_said_in_the_way_that_the_server_knows() {
    for mechanism in ["PLAIN", "LOGIN", "PLAIN LOGIN"] {
        let smtp = with_login(mechanism).await;
        heard_of(&smtp, "none", PASSWORD).await.0.unwrap();
        assert_eq!(smtp.count(), 1, "{mechanism}");
    }
}

#[tokio::test]
async fn a_wrong_password_is_a_matter_of_the_settings() {
    let smtp = with_login("PLAIN LOGIN").await;
    let (sent, heard) = heard_of(&smtp, "none", "wrong-password").await;
    let error = sent.unwrap_err();
    assert!(matches!(error, MailError::NotConfigured { setting: SMTP_PASSWORD, .. }), "{error:?}");
    assert!(!error.is_retryable());
    assert!(!heard.contains("MAIL"), "{heard}");
}

#[tokio::test]
async fn a_server_that_knows_no_login_is_a_matter_of_the_settings() {
    let smtp = Smtp::start().await;
    let (sent, _) = heard_of(&smtp, "none", PASSWORD).await;
    assert!(matches!(sent, Err(MailError::NotConfigured { setting: SMTP_USER, .. })), "{sent:?}");
}

#[tokio::test]
async fn a_server_that_repeats_the_password_is_quoted_without_it() {
    let smtp = with_login("PLAIN").await;
    for echo in [
        "535 5.7.8 not right: correct horse battery",
        // The same in Base64, alone and with the user.
        "535 5.7.8 not right: Y29ycmVjdCBob3JzZSBiYXR0ZXJ5",
        "535 5.7.8 not right: AGRhbmEAY29ycmVjdCBob3JzZSBiYXR0ZXJ5",
    ] {
        smtp.at(Stage::Login, Instead::Say(echo));
        let error = heard_of(&smtp, "none", PASSWORD).await.0.unwrap_err();
        let MailError::NotConfigured { reason, .. } = error else { panic!("{error:?}") };
        assert_eq!(reason, "535 5.7.8 not right: [redacted]");
    }
}
