//! Mail over SMTP (RFC 5321), by submission to a server that relays it (RFC 6409).

use std::{error::Error as _, time::Duration};

use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::STANDARD};
use lettre::{
    Message,
    transport::smtp::{
        Error as SmtpError,
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{AsyncSmtpConnection, Certificate, TlsParameters},
        extension::ClientId,
    },
};
use secrecy::ExposeSecret;
use tokio::time::timeout;
use tracing::Instrument;

use super::{Mail, MailError, Mailer, message};
use crate::http::{Call, Redactor};
use rapport_toolkit::{
    ambient::Ambient,
    config::{MailConfig, MailLogin, MailTls, SMTP_CA_FILE, SMTP_PASSWORD, SMTP_TLS, SMTP_USER},
};

/// Time limit of the server's reply to QUIT.
const GOODBYE: Duration = Duration::from_secs(1);

/// Sends each mail over its own connection. lettre's pool is not used: it keeps connections of cancelled attempts, and
/// the next mail would read the answers to the previous one.
pub struct SmtpMailer {
    config: MailConfig,
    tls: TlsParameters,
    hello: ClientId,
    redactor: Redactor,
    ambient: Ambient,
}

impl SmtpMailer {
    /// Creates the configured mailer, which connects only when there is a mail to send.
    ///
    /// # Errors
    /// [`MailError::NotConfigured`] if the certificates are unreadable, or the TLS backend cannot start.
    pub fn new(config: MailConfig, ambient: Ambient) -> Result<Self, MailError> {
        let tls = tls_of(&config)?;
        // The domain of the sender names us; the name of this machine is seldom known outside.
        let hello = ClientId::Domain(config.from.email.domain().to_owned());
        let redactor = Redactor::new(config.login.iter().flat_map(secrets).collect());
        Ok(Self { config, tls, hello, redactor, ambient })
    }

    /// Sends the message, and returns the connection once the server has accepted it.
    async fn hand_over(&self, message: &Message) -> Result<AsyncSmtpConnection, MailError> {
        let mut connection = self.connect().await?;
        if let Some(login) = &self.config.login {
            self.log_in(&mut connection, login).await?;
        }
        let sent = connection.send(message.envelope(), &message.formatted()).await;
        sent.map_err(|error| self.told_apart(&error))?;
        Ok(connection)
    }

    /// Connects, and encrypts the connection unless configured otherwise.
    async fn connect(&self) -> Result<AsyncSmtpConnection, MailError> {
        let server = (self.config.host.as_str(), self.config.port);
        let wrapper = (self.config.tls == MailTls::Implicit).then(|| self.tls.clone());
        let connected = AsyncSmtpConnection::connect_tokio1(server, None, &self.hello, wrapper, None).await;
        let mut connection = connected.map_err(|error| self.told_apart(&error))?;
        if self.config.tls == MailTls::StartTls {
            if !connection.can_starttls() {
                let reason = "it offers no STARTTLS".to_owned();
                return Err(MailError::NotConfigured { setting: SMTP_TLS, reason });
            }
            let encrypted = connection.starttls(self.tls.clone(), &self.hello).await;
            encrypted.map_err(|error| self.told_apart(&error))?;
        }
        Ok(connection)
    }

    async fn log_in(&self, connection: &mut AsyncSmtpConnection, login: &MailLogin) -> Result<(), MailError> {
        let credentials = Credentials::new(login.user.clone(), login.password.expose_secret().to_owned());
        let answer = connection.auth(DEFAULT_MECHANISMS, &credentials).await;
        answer.map(drop).map_err(|error| match self.told_apart(&error) {
            MailError::Refused { status, reason } => {
                MailError::NotConfigured { setting: SMTP_PASSWORD, reason: format!("{status} {reason}") }
            }
            MailError::Invalid { reason } => MailError::NotConfigured { setting: SMTP_USER, reason },
            other => other,
        })
    }

    /// Converts an error of lettre.
    fn told_apart(&self, error: &SmtpError) -> MailError {
        // The source of a refusal is the server's words.
        let reason = match error.source() {
            Some(cause) => self.redactor.excerpt(cause.to_string().as_bytes()),
            None => "unknown cause".to_owned(),
        };
        match error.status().map(u16::from) {
            Some(status) if error.is_transient() => MailError::Deferred { status, reason },
            Some(status) => MailError::Refused { status, reason },
            None if error.is_timeout() => MailError::Timeout,
            // The client refuses by itself what the server did not offer, such as addresses beyond ASCII.
            None if error.is_client() => MailError::Invalid { reason },
            None => MailError::Unreachable { reason },
        }
    }
}

/// Returns the TLS parameters, with the system's certificates and the configured ones.
fn tls_of(config: &MailConfig) -> Result<TlsParameters, MailError> {
    let wrong = |setting, reason: &dyn ToString| MailError::NotConfigured { setting, reason: reason.to_string() };
    let mut tls = TlsParameters::builder(config.host.clone());
    if let Some(file) = &config.ca_file {
        let pem = std::fs::read(file).map_err(|error| wrong(SMTP_CA_FILE, &error))?;
        if !String::from_utf8_lossy(&pem).contains("-----BEGIN CERTIFICATE-----") {
            return Err(wrong(SMTP_CA_FILE, &"it holds no certificate in PEM"));
        }
        tls = tls.add_root_certificate(Certificate::from_pem(&pem).map_err(|error| wrong(SMTP_CA_FILE, &error))?);
    }
    tls.build().map_err(|error| wrong(SMTP_TLS, &error))
}

/// Returns the password, plain and in the forms in which it is sent (RFC 4616 and the LOGIN mechanism).
fn secrets(login: &MailLogin) -> [String; 3] {
    let password = login.password.expose_secret();
    let plain = format!("\0{}\0{password}", login.user);
    [password.to_owned(), STANDARD.encode(password), STANDARD.encode(plain)]
}

#[async_trait]
impl Mailer for SmtpMailer {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let message = message::build(mail, &self.config.from, &self.ambient)?;
        let call = Call::begin(&self.ambient, "", "mail");
        let attempt = timeout(self.config.timeout, self.hand_over(&message)).instrument(call.span()).await;
        let attempt = attempt.unwrap_or(Err(MailError::Timeout));
        call.end(attempt.as_ref().err().map(|error| (error.kind(), error.is_of_the_server())));
        if let Err(MailError::NotConfigured { setting, reason }) = &attempt {
            tracing::warn!(setting, reason, "the mail server does not accept a setting");
        }
        let mut connection = attempt?;
        // The mail is on its way whatever the server answers now.
        drop(timeout(GOODBYE, connection.quit()).await);
        Ok(())
    }
}
