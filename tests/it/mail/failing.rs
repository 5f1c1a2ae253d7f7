//! What is said of a mail that was not sent, at each stage of the conversation.

use futures_util::future::join_all;
use rapport::{clients::mail::MailError, config::SMTP_PASSWORD};

use super::{a_mail, mailer, send};
use crate::support::smtp::{Instead, Smtp, Stage};

/// Sends a mail to a server that does `instead` at `stage`. It may take one second if nothing is said, and else as long as
/// a busy machine needs.
async fn failing(stage: Stage, instead: Instead) -> Result<(), MailError> {
    let smtp = Smtp::start().await;
    smtp.asks_for_login("PLAIN", "dana", "a password");
    smtp.at(stage, instead);
    let mut settings = smtp.settings();
    let limit = if matches!(instead, Instead::Silence) { "1" } else { "30" };
    for (name, value) in [("SMTP_USER", "dana"), ("SMTP_PASSWORD", "a password"), ("SMTP_TIMEOUT_SECONDS", limit)] {
        settings.insert(name, value.to_owned());
    }
    let sent = mailer(&settings).send(&a_mail()).await;
    assert_eq!(smtp.count(), usize::from(stage == Stage::Goodbye));
    sent
}

/// The error of a server that does `instead`, at each stage before the mail is taken.
async fn at_each_stage(instead: Instead) -> Vec<(Stage, MailError)> {
    let errors = Stage::BEFORE_THE_END.map(|stage| async move { (stage, failing(stage, instead).await.unwrap_err()) });
    join_all(errors).await
}

#[tokio::test]
async fn what_the_server_puts_off_is_worth_trying_again() {
    for (stage, error) in at_each_stage(Instead::Say("451 4.3.0 try again later")).await {
        let put_off = MailError::Deferred { status: 451, reason: "4.3.0 try again later".to_owned() };
        assert_eq!(error, put_off, "{stage:?}");
        assert!(error.is_retryable());
    }
}

#[tokio::test]
async fn what_the_server_refuses_is_not() {
    for (stage, error) in at_each_stage(Instead::Say("550 5.1.1 no such\r\n550 5.1.1 mailbox")).await {
        let expected = match stage {
            Stage::Login => MailError::NotConfigured { setting: SMTP_PASSWORD, reason: "550 5.1.1 no such".to_owned() },
            _ => MailError::Refused { status: 550, reason: "5.1.1 no such".to_owned() },
        };
        assert_eq!(error, expected, "{stage:?}");
        assert!(!error.is_retryable());
    }
}

#[tokio::test]
async fn a_server_that_falls_silent_is_given_up_after_the_time_of_the_settings() {
    for (stage, error) in at_each_stage(Instead::Silence).await {
        assert_eq!(error, MailError::Timeout, "{stage:?}");
        assert!(error.is_retryable());
    }
}

#[tokio::test]
async fn a_server_that_hangs_up_is_worth_trying_again() {
    for (stage, error) in at_each_stage(Instead::Close).await {
        assert!(matches!(error, MailError::Unreachable { .. }) && error.is_retryable(), "{stage:?}: {error:?}");
    }
}

#[tokio::test]
async fn an_answer_that_is_none_is_told_from_a_refusal() {
    for bytes in [&b"HTTP/1.1 400 Bad Request\r\n\r\n"[..], b"\xff\xfe\x00\r\n", b"999\r\n"] {
        for (stage, error) in at_each_stage(Instead::Send(bytes)).await {
            assert!(matches!(error, MailError::Unreachable { .. }) && error.is_retryable(), "{stage:?}: {error:?}");
        }
    }
}

#[tokio::test]
async fn an_endless_answer_is_given_up() {
    const ENDLESS: &[u8] = &[b'2'; 1 << 20];
    let error = failing(Stage::Greeting, Instead::Send(ENDLESS)).await.unwrap_err();
    assert!(error.is_retryable(), "{error:?}");
}

#[tokio::test]
async fn a_mail_that_was_taken_is_sent_however_the_server_parts() {
    let ways = [
        Instead::Say("421 4.3.0 tired"),
        Instead::Say("550 5.0.0 no"),
        Instead::Send(b"\xff\r\n"),
        Instead::Silence,
        Instead::Close,
    ];
    for sent in join_all(ways.map(|instead| failing(Stage::Goodbye, instead))).await {
        assert_eq!(sent, Ok(()));
    }
}

#[tokio::test]
async fn no_server_is_worth_trying_again() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let smtp = Smtp::start().await;
    let mut settings = smtp.settings();
    settings.insert("SMTP_PORT", listener.local_addr().unwrap().port().to_string());
    drop(listener);
    let error = mailer(&settings).send(&a_mail()).await.unwrap_err();
    assert!(matches!(error, MailError::Unreachable { .. }) && error.is_retryable(), "{error:?}");
}

#[tokio::test]
async fn the_next_attempt_after_a_failure_succeeds() {
    let smtp = Smtp::start().await;
    smtp.at(Stage::End, Instead::Close);
    assert!(send(&smtp, &a_mail()).await.unwrap_err().is_retryable());
    smtp.recovers();
    send(&smtp, &a_mail()).await.unwrap();
    assert_eq!(smtp.count(), 1);
}
