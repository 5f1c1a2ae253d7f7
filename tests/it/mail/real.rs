//! Mail to a real server, with STARTTLS and a login.

use rapport::{
    clients::mail::{Mail, MailError, SmtpMailer},
    config::{Config, SMTP_PASSWORD},
};

use super::{a_mail, mailer, with_text};
use crate::support::{
    TestDb, ambient,
    mail_server::{LOGIN, MailServer, Trouble},
};

#[tokio::test]
async fn a_mail_arrives_whole_over_an_encrypted_connection_with_a_login() {
    let db = TestDb::new().await;
    let server = MailServer::start(db.folder()).await;
    let text = "Grüße\n.\n..\n.hidden\n\nthe end";
    let mail = Mail { html: Some("<p>Grüße 👋</p>".to_owned()), ..with_text(text) };
    mailer(&server.settings()).send(&mail).await.unwrap();
    server.has_taken(1).await;
    let raw = server.taken().remove(0);
    let parsed = mail_parser::MessageParser::default().parse(&raw).unwrap();
    assert_eq!(parsed.subject(), Some("An invitation"));
    assert_eq!(parsed.body_text(0).unwrap().replace("\r\n", "\n").trim_end(), text);
    assert_eq!(parsed.body_html(0).unwrap().trim_end(), "<p>Grüße 👋</p>");
    assert_eq!(server.passwords(), [LOGIN.1]);
}

#[tokio::test]
async fn a_server_whose_certificate_nobody_vouches_for_hears_neither_password_nor_mail() {
    let db = TestDb::new().await;
    let server = MailServer::start(db.folder()).await;
    let mut settings = server.settings();
    settings.remove("SMTP_CA_FILE");
    let error = mailer(&settings).send(&a_mail()).await.unwrap_err();
    assert!(matches!(error, MailError::Unreachable { .. }), "{error:?}");
    assert!(server.passwords().is_empty() && server.taken().is_empty());
}

#[tokio::test]
async fn a_server_with_the_certificate_of_another_hears_neither_password_nor_mail() {
    let db = TestDb::new().await;
    let server = MailServer::with_certificate_for("mail.example", db.folder()).await;
    let error = mailer(&server.settings()).send(&a_mail()).await.unwrap_err();
    assert!(matches!(error, MailError::Unreachable { .. }), "{error:?}");
    assert!(server.passwords().is_empty() && server.taken().is_empty());
}

#[tokio::test]
async fn a_real_server_that_refuses_the_password_gets_no_mail() {
    let db = TestDb::new().await;
    let server = MailServer::start(db.folder()).await;
    let mut settings = server.settings();
    settings.insert("SMTP_PASSWORD", "a wrong password".to_owned());
    let error = mailer(&settings).send(&a_mail()).await.unwrap_err();
    assert!(matches!(error, MailError::NotConfigured { setting: SMTP_PASSWORD, .. }), "{error:?}");
    assert_eq!(server.passwords(), ["a wrong password"]);
    assert!(server.taken().is_empty());
}

#[tokio::test]
async fn what_befalls_a_mail_on_an_encrypted_connection_is_told_apart() {
    let db = TestDb::new().await;
    let server = MailServer::start(db.folder()).await;
    let mailer = mailer(&server.settings());
    server.troubles([Trouble::PutOff, Trouble::Refused, Trouble::Cut, Trouble::TakenUnheard]);
    let mut errors = Vec::new();
    for _ in 0..4 {
        errors.push(mailer.send(&a_mail()).await.unwrap_err());
    }
    let [put_off, refused, cut, unheard] = errors.as_slice() else { panic!("{errors:?}") };
    assert!(matches!(put_off, MailError::Deferred { status: 451, .. }), "{put_off:?}");
    assert!(matches!(refused, MailError::Refused { status: 550, .. }), "{refused:?}");
    for lost in [cut, unheard] {
        assert!(matches!(lost, MailError::Unreachable { .. }) && lost.is_retryable(), "{lost:?}");
    }
    assert_eq!(server.taken().len(), 1);
}

#[tokio::test]
async fn certificates_that_cannot_be_read_stop_the_start() {
    let db = TestDb::new().await;
    let server = MailServer::start(db.folder()).await;
    for (file, text) in
        [("missing.pem", None), ("empty.pem", Some("")), ("key.pem", Some("-----BEGIN PRIVATE KEY-----"))]
    {
        let path = db.folder().join(file);
        if let Some(text) = text {
            std::fs::write(&path, text).unwrap();
        }
        let mut settings = server.settings();
        settings.insert("SMTP_CA_FILE", path.display().to_string());
        let config = Config::read(|name| settings.get(name).cloned()).unwrap();
        let error = SmtpMailer::new(config.mail.unwrap(), ambient()).err().unwrap().to_string();
        assert!(error.contains("SMTP_CA_FILE"), "{error}");
    }
}
