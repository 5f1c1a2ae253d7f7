//! What is sent arrives as it was meant.

use rapport::clients::mail::Mail;

use super::{a_mail, delivered, with_text};

/// The text that arrived, with line feeds as line ends; those at its very end mean nothing, and the way adds some.
async fn text_of(mail: &Mail) -> String {
    let received = delivered(mail).await;
    let text = received.parsed().body_text(0).unwrap().replace("\r\n", "\n").trim_end_matches('\n').to_owned();
    assert!(received.raw.split(|byte| *byte == b'\n').all(|line| line.len() <= 999), "a line is too long for SMTP");
    text
}

#[tokio::test]
async fn a_mail_of_text_and_html_arrives_as_two_alternatives_the_html_last() {
    let html = "<p>Grüße, <b>Dana</b> 👋</p>\n";
    let mail = Mail { html: Some(html.to_owned()), ..with_text("Grüße, Dana 👋\n") };
    let received = delivered(&mail).await;
    let parsed = received.parsed();
    assert_eq!(parsed.body_text(0).unwrap().replace("\r\n", "\n"), mail.text);
    assert_eq!(parsed.body_html(0).unwrap().replace("\r\n", "\n"), html);
    let raw = String::from_utf8_lossy(&received.raw).into_owned();
    assert!(raw.contains("multipart/alternative"), "{raw}");
    assert!(raw.find("text/plain").unwrap() < raw.find("text/html").unwrap(), "{raw}");
}

#[tokio::test]
async fn the_envelope_names_the_sender_of_the_settings_and_the_recipient() {
    let received = delivered(&a_mail()).await;
    assert_eq!(received.from, "no-reply@rapport.example");
    assert_eq!(received.to, ["dana@example.com"]);
}

#[tokio::test]
async fn lines_that_begin_with_a_dot_arrive_whole() {
    let text = ".\n..\n.hidden\n\n.\nthe end";
    assert_eq!(text_of(&with_text(text)).await, text);
}

#[tokio::test]
async fn long_lines_arrive_whole() {
    for text in ["x".repeat(5000), "ü—x".repeat(2000)] {
        assert_eq!(text_of(&with_text(text.clone())).await, text);
    }
}

#[tokio::test]
async fn a_line_end_of_another_kind_cannot_end_the_mail() {
    let text = "a\r.\r\nMAIL FROM:<eve@evil.example>\n.\rb";
    assert_eq!(text_of(&with_text(text)).await, "a\n.\nMAIL FROM:<eve@evil.example>\n.\nb");
}
