//! The headers of a mail, and what cannot be put into them.

use rapport::clients::mail::{Mail, MailError, Mailbox};

use super::{a_mail, delivered, send};
use crate::support::{smtp::Smtp, today};

const EXTRA_LINES: &str = "Hello\r\nBcc: eve@evil.example\r\n\r\nNot from us";

/// The `Message-ID` of a mail with this key.
async fn message_id(key: &str) -> String {
    let mail = Mail { message_id: key.to_owned(), ..a_mail() };
    delivered(&mail).await.parsed().message_id().unwrap().to_owned()
}

/// The names of a mail's headers.
async fn header_names(mail: &Mail) -> Vec<String> {
    let received = delivered(mail).await;
    assert_eq!(received.to, ["dana@example.com"]);
    assert!(!received.header_lines().iter().any(|line| line.starts_with("Bcc")), "{:?}", received.header_lines());
    received.parsed().headers().iter().map(|header| header.name().to_owned()).collect()
}

#[tokio::test]
async fn subject_and_names_may_be_in_any_script() {
    let mail = Mail {
        to: Mailbox::named("Zoë \"Zo\" Наталья, 李", "dana@example.com"),
        subject: "Приглашение — 招待 für Zoë 🎉".to_owned(),
        ..a_mail()
    };
    let received = delivered(&mail).await;
    assert!(received.raw.is_ascii());
    let parsed = received.parsed();
    assert_eq!(parsed.subject(), Some(mail.subject.as_str()));
    let to = parsed.to().unwrap().first().unwrap();
    assert_eq!((to.name(), to.address()), (mail.to.name.as_deref(), Some("dana@example.com")));
    let from = parsed.from().unwrap().first().unwrap();
    assert_eq!((from.name(), from.address()), (Some("Rapport"), Some("no-reply@rapport.example")));
}

#[tokio::test]
async fn answers_go_where_the_mail_says() {
    let mail = Mail { reply_to: Some(Mailbox::unnamed("team@example.com")), ..a_mail() };
    let received = delivered(&mail).await;
    assert_eq!(received.parsed().reply_to().unwrap().first().unwrap().address(), Some("team@example.com"));
}

#[tokio::test]
async fn a_mail_is_dated_by_our_clock_and_says_that_nobody_wrote_it() {
    let received = delivered(&a_mail()).await;
    let parsed = received.parsed();
    assert_eq!(parsed.date().unwrap().to_timestamp(), today().timestamp());
    assert_eq!(parsed.header("Auto-Submitted").unwrap().as_text(), Some("auto-generated"));
}

#[tokio::test]
async fn the_same_mail_sent_twice_has_the_same_message_id() {
    let smtp = Smtp::start().await;
    for _ in 0..2 {
        send(&smtp, &a_mail()).await.unwrap();
    }
    let ids: Vec<_> =
        smtp.received(2).await.iter().map(|mail| mail.parsed().message_id().unwrap().to_owned()).collect();
    assert_eq!(ids.len(), 2);
    assert_eq!(ids[0], ids[1]);
    assert!(ids[0].ends_with("@rapport.example"), "{ids:?}");
}

#[tokio::test]
async fn another_key_is_another_message_id() {
    assert_ne!(message_id("invitation 1").await, message_id("invitation 2").await);
}

#[tokio::test]
async fn a_key_may_hold_anything() {
    let id = message_id("job:1 <>@\r\nBcc: eve@evil.example\r\n\r\n✓").await;
    assert!(id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"@.".contains(&byte)), "{id}");
}

#[tokio::test]
async fn no_text_adds_a_header_or_a_recipient() {
    let eve = || Mailbox::named(EXTRA_LINES, "dana@example.com");
    let plain = header_names(&a_mail()).await;
    assert_eq!(header_names(&Mail { subject: EXTRA_LINES.to_owned(), ..a_mail() }).await, plain);
    assert_eq!(header_names(&Mail { to: eve(), ..a_mail() }).await, plain);
    let answered = header_names(&Mail { reply_to: Some(Mailbox::unnamed("team@example.com")), ..a_mail() }).await;
    assert_eq!(header_names(&Mail { reply_to: Some(eve()), ..a_mail() }).await, answered);
}

#[tokio::test]
async fn a_subject_is_one_line_and_no_longer_than_people_read() {
    for (subject, expected) in [
        (EXTRA_LINES.to_owned(), "Hello Bcc: eve@evil.example Not from us".to_owned()),
        ("x".repeat(5000), "x".repeat(250)),
    ] {
        let received = delivered(&Mail { subject, ..a_mail() }).await;
        assert_eq!(received.parsed().subject(), Some(expected.as_str()));
        assert!(received.header_lines().iter().all(|line| line.len() <= 998), "{:?}", received.header_lines());
    }
}

#[tokio::test]
async fn an_address_that_is_none_is_refused_before_anybody_is_asked() {
    let smtp = Smtp::start().await;
    for address in [
        "",
        "dana",
        "dana@",
        "@example.com",
        "dana@example.com, eve@evil.example",
        "Dana <dana@example.com>",
        "dana@example.com>\r\nRCPT TO:<eve@evil.example",
        "dana@example.com\r\nBcc: eve@evil.example",
        "\"dana\r\nRCPT TO:<eve@evil.example>\r\n\"@example.com",
        "dana\u{0}@example.com",
    ] {
        let to = Mail { to: Mailbox::unnamed(address), ..a_mail() };
        let reply_to = Mail { reply_to: Some(Mailbox::unnamed(address)), ..a_mail() };
        for mail in [to, reply_to] {
            let error = send(&smtp, &mail).await.unwrap_err();
            assert!(matches!(error, MailError::Invalid { .. }) && !error.is_retryable(), "{address}: {error:?}");
        }
    }
    assert_eq!(smtp.heard(), [""; 0]);
}

#[tokio::test]
async fn an_address_that_the_server_cannot_write_is_refused() {
    let smtp = Smtp::start().await;
    let error = send(&smtp, &Mail { to: Mailbox::unnamed("дана@example.com"), ..a_mail() }).await.unwrap_err();
    assert!(matches!(error, MailError::Invalid { .. }) && !error.is_retryable(), "{error:?}");
    assert_eq!(smtp.count(), 0);
}

#[tokio::test]
async fn an_internationalised_domain_goes_out_in_a_labels() {
    let mail = Mail {
        to: Mailbox::unnamed("kim@müller.example"),
        reply_to: Some(Mailbox::unnamed("team@例え.example")),
        ..a_mail()
    };
    let received = delivered(&mail).await;
    assert_eq!(received.to, ["kim@xn--mller-kva.example"]);
    let parsed = received.parsed();
    assert_eq!(parsed.to().unwrap().first().unwrap().address(), Some("kim@xn--mller-kva.example"));
    assert_eq!(parsed.reply_to().unwrap().first().unwrap().address(), Some("team@xn--r8jz45g.example"));
}
