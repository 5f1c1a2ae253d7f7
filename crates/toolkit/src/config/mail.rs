//! Settings of outgoing mail.

use std::{net::IpAddr, path::PathBuf, str::FromStr, time::Duration};

use lettre::message::Mailbox;
use secrecy::SecretString;
use url::Host;

use super::reader::Reader;
use crate::mail_address::ascii_domain;

/// The setting of the recipients of new-lead mails.
pub const LEADS_MAIL_TO: &str = "LEADS_MAIL_TO";
/// The setting of a certificate file for the mail server; named in errors too.
pub const SMTP_CA_FILE: &str = "SMTP_CA_FILE";
/// The setting of the mail server.
pub const SMTP_HOST: &str = "SMTP_HOST";
/// The setting of the mail server's password; named in errors too.
pub const SMTP_PASSWORD: &str = "SMTP_PASSWORD";
/// The setting of the encryption of the connection to the mail server; named in errors too.
pub const SMTP_TLS: &str = "SMTP_TLS";
/// The setting of the mail server's user; named in errors too.
pub const SMTP_USER: &str = "SMTP_USER";

/// Settings of the mail server and the sender.
#[derive(Debug, Clone)]
pub struct MailConfig {
    /// Its host name or IP address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The account; `None` if it requires none.
    pub login: Option<MailLogin>,
    /// The sender of every mail.
    pub from: Mailbox,
    /// Encryption of the connection.
    pub tls: MailTls,
    /// A PEM file with certificates trusted in addition to those of the system.
    pub ca_file: Option<PathBuf>,
    /// Time limit of one mail, from the connection to the server's last answer.
    pub timeout: Duration,
}

/// Retention of mails, and recipients of those for the team.
#[derive(Debug, Clone)]
pub struct OutboxConfig {
    /// Retention time of mails, from their creation.
    pub retention: Duration,
    /// Recipients of new-lead mails; if empty, the administrators.
    pub leads_to: Vec<Mailbox>,
}

/// An account at the mail server.
#[derive(Debug, Clone)]
pub struct MailLogin {
    /// Its name.
    pub user: String,
    /// Its password.
    pub password: SecretString,
}

/// Encryption of the connection to the mail server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailTls {
    /// With the command STARTTLS (RFC 3207), before anything else. A server without it gets no mail.
    StartTls,
    /// From the first byte (RFC 8314, section 3), usually at port 465.
    Implicit,
    /// Not at all.
    None,
}

impl FromStr for MailTls {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "starttls" => Ok(Self::StartTls),
            "implicit" => Ok(Self::Implicit),
            "none" => Ok(Self::None),
            _ => Err(()),
        }
    }
}

/// Instruction for a name that contains a comma.
const QUOTED: &str = "needs quotation marks of its own, in .env written as '\"Rapport, Inc.\" <no-reply@example.com>'";

/// Splits a list of addresses at the commas outside of quotation marks.
fn split_addresses(list: &str) -> impl Iterator<Item = &str> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    let at_comma = move |character: char| {
        let was_escaped = std::mem::take(&mut is_escaped);
        match character {
            '\\' if is_quoted => is_escaped = !was_escaped,
            '"' if !was_escaped => is_quoted = !is_quoted,
            _ => {}
        }
        character == ',' && !is_quoted
    };
    list.split(at_comma).map(str::trim).filter(|address| !address.is_empty())
}

/// Reads the settings of the mail server.
pub(super) fn gather(r: &mut Reader<'_>) -> Option<MailConfig> {
    r.section("Mail (none is sent without a host)");
    let host = r.optional(SMTP_HOST, "Host name of the mail server, such as smtp.example.com.");
    if host.as_ref().is_some_and(|host| host.parse::<IpAddr>().is_err() && Host::parse(host).is_err()) {
        r.problem(SMTP_HOST, "must be the name of a server or an IP address, such as smtp.example.com");
    }
    let port = r.number(
        "SMTP_PORT",
        587,
        1..=u16::MAX.into(),
        "Port of the mail server; usually 465 if SMTP_TLS is implicit.",
    );
    let login = gather_login(r);
    let from = gather_sender(r, host.is_some());
    let tls = r.parse(
        SMTP_TLS,
        "starttls",
        "Encryption of the connection: starttls, implicit (from the first byte) or none.",
    );
    let ca_file = r.optional(
        SMTP_CA_FILE,
        "PEM file with certificates to trust in addition to those of the system, for a mail server with its own.",
    );
    let timeout = r.seconds("SMTP_TIMEOUT_SECONDS", 20, 1, "Time limit of sending one mail.");
    if tls == MailTls::None && login.is_some() && host.as_ref().is_some_and(|host| !is_loopback(host)) {
        r.problem_with(
            SMTP_TLS,
            SMTP_HOST,
            "must be starttls or implicit, or the password would cross the network in clear text",
        );
    }
    let (port, ca_file) = (u16::try_from(port).ok()?, ca_file.map(PathBuf::from));
    Some(MailConfig { host: host?, port, login, from: from?, tls, ca_file, timeout })
}

/// Reads the settings of the outbox.
pub(super) fn gather_outbox(r: &mut Reader<'_>) -> OutboxConfig {
    let retention = r.days("MAIL_RETENTION_DAYS", 90, 3650, "Retention time of mails, sent or not.");
    let team = r.optional(
        LEADS_MAIL_TO,
        "Recipients of new-lead mails, such as \"Sales <sales@example.com>, dana@example.com\"; all administrators if unset.",
    );
    let leads_to = split_addresses(team.as_deref().unwrap_or_default()).map(mailbox);
    let leads_to = leads_to.collect::<Option<Vec<_>>>().unwrap_or_else(|| {
        r.problem(
            LEADS_MAIL_TO,
            format!(
                "must be mail addresses, by commas, with or without names before them; a name with a comma {}",
                QUOTED
            ),
        );
        Vec::new()
    });
    OutboxConfig { retention, leads_to }
}

fn gather_login(r: &mut Reader<'_>) -> Option<MailLogin> {
    let user = r.optional(SMTP_USER, "User at the mail server, if it requires one.");
    let password = r.secret(SMTP_PASSWORD, "Password of that user.");
    match (&user, &password) {
        (Some(_), None) => r.problem(SMTP_PASSWORD, "is needed with SMTP_USER"),
        (None, Some(_)) => r.problem(SMTP_USER, "is needed with SMTP_PASSWORD"),
        _ => {}
    }
    Some(MailLogin { user: user?, password: password? })
}

fn gather_sender(r: &mut Reader<'_>, needed: bool) -> Option<Mailbox> {
    const NAME: &str = "SMTP_FROM";
    let from = r.optional(NAME, "Sender of every mail, such as \"Rapport <no-reply@example.com>\".");
    match from.as_deref().map(sender) {
        Some(Some(from)) => return Some(from),
        Some(_) if from.as_deref().is_some_and(|from| split_addresses(from).count() > 1) => {
            r.problem(NAME, format!("holds a comma: a name with one {}", QUOTED));
        }
        Some(_) => r.problem(NAME, "must be a mail address in plain letters, with or without a name before it"),
        None if needed => r.problem(NAME, "is needed with SMTP_HOST"),
        None => {}
    }
    None
}

/// Parses a sender, whose local part must be ASCII, since not every server supports more (RFC 6531).
fn sender(text: &str) -> Option<Mailbox> {
    mailbox(text).filter(|sender| sender.email.user().is_ascii())
}

/// Parses an address, with or without a name, and converts its domain to A-labels.
fn mailbox(text: &str) -> Option<Mailbox> {
    let Mailbox { name, email } = text.parse().ok()?;
    let is_literal = email.domain().starts_with('[');
    let domain = if is_literal { email.domain().into() } else { ascii_domain(email.domain())? };
    Some(Mailbox::new(name, format!("{}@{domain}", email.user()).parse().ok()?))
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::tests::read;

    /// Returns the settings named in the problems, for these mail settings.
    fn problems_of_mail(pairs: &[(&str, &str)]) -> Vec<&'static str> {
        let problems = read(pairs).err().unwrap_or_default();
        problems.iter().map(|problem| problem.setting).collect()
    }

    #[test]
    fn without_a_host_there_is_no_mail_and_nothing_is_missing() {
        assert!(read(&[("SMTP_PORT", "25")]).unwrap().mail.is_none());
    }

    #[test]
    fn a_host_needs_a_sender() {
        assert_eq!(problems_of_mail(&[("SMTP_HOST", "smtp.example.com")]), ["SMTP_FROM"]);
        let from = ("SMTP_FROM", "Rapport <no-reply@example.com>");
        let mail = read(&[("SMTP_HOST", "smtp.example.com"), from]).unwrap().mail.unwrap();
        assert_eq!((mail.port, mail.tls), (587, MailTls::StartTls));
        assert_eq!(mail.from.email.to_string(), "no-reply@example.com");
        let from = ("SMTP_FROM", "Rapport <no-reply@exämple.com>");
        let mail = read(&[("SMTP_HOST", "smtp.example.com"), from]).unwrap().mail.unwrap();
        assert_eq!(mail.from.email.to_string(), "no-reply@xn--exmple-cua.com");
        for from in ["no-reply@EXÄMPLE.com", "Rapport <no-reply@xn--exmple-cua.com>", "<no-reply@exa\u{308}mple.com>"]
        {
            let mail = read(&[("SMTP_HOST", "smtp.example.com"), ("SMTP_FROM", from)]).unwrap().mail.unwrap();
            assert_eq!(mail.from.email.to_string(), "no-reply@xn--exmple-cua.com", "{from}");
        }
    }

    #[test]
    fn values_of_mail_that_are_none_are_told() {
        for (name, wrong) in [
            ("SMTP_HOST", "smtp.example.com:587"),
            ("SMTP_HOST", "smtp://smtp.example.com"),
            ("SMTP_PORT", "0"),
            ("SMTP_PORT", "65536"),
            ("SMTP_FROM", "Rapport"),
            ("SMTP_FROM", "Rapport <räpport@example.com>"),
            ("SMTP_FROM", "Rapport <rapport@xn--a.example>"),
            ("SMTP_FROM", "Rapport <rapport@-exämple.com>"),
            ("SMTP_TLS", "yes"),
            ("SMTP_TIMEOUT_SECONDS", "0"),
            ("MAIL_RETENTION_DAYS", "0"),
            ("LEADS_MAIL_TO", "sales"),
            ("LEADS_MAIL_TO", "sales@xn--a.example"),
            ("LEADS_MAIL_TO", "sales@example.com, team"),
            ("APP_URL", "example.com"),
        ] {
            let given = ["SMTP_HOST", "SMTP_FROM"].into_iter().zip(["localhost", "rapport@example.com"]);
            let pairs: Vec<_> = given.filter(|(other, _)| *other != name).chain([(name, wrong)]).collect();
            assert!(problems_of_mail(&pairs).contains(&name), "{name}={wrong}");
        }
    }

    #[test]
    fn the_team_is_one_address_or_many_or_left_to_the_administrators() {
        let team = |to| {
            let leads_to = read(&[("LEADS_MAIL_TO", to)]).unwrap().outbox.leads_to;
            leads_to.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(team(""), [""; 0]);
        assert_eq!(team("sales@example.com"), ["sales@example.com"]);
        assert_eq!(
            team("Sales <sales@example.com>, dana@example.com"),
            ["Sales <sales@example.com>", "dana@example.com"]
        );
        assert_eq!(team("jörg@EXÄMPLE.com"), ["jörg@xn--exmple-cua.com"]);
    }

    #[test]
    fn a_name_with_a_comma_stands_in_quotation_marks_and_the_problem_says_so() {
        let from = |from| read(&[("SMTP_HOST", "localhost"), ("SMTP_FROM", from)]);
        let problems = from("Rapport, Inc. <no-reply@example.com>").unwrap_err();
        assert!(problems[0].to_string().contains(r#"'"Rapport, Inc." <no-reply@example.com>'"#), "{}", problems[0]);
        let sender = from(r#""Rapport, Inc." <no-reply@example.com>"#).unwrap().mail.unwrap().from;
        assert_eq!(sender.name.as_deref(), Some("Rapport, Inc."));
        let team = r#""Sales, \"EMEA\"" <sales@example.com>, dana@example.com"#;
        let team = read(&[("LEADS_MAIL_TO", team)]).unwrap().outbox.leads_to;
        let names: Vec<_> = team.iter().map(|one| one.name.as_deref()).collect();
        assert_eq!(names, [Some(r#"Sales, "EMEA""#), None]);
        let problems = read(&[("LEADS_MAIL_TO", "Sales, EMEA <sales@example.com>")]).unwrap_err();
        assert!(problems[0].to_string().contains("quotation marks"), "{}", problems[0]);
    }

    #[test]
    fn user_and_password_come_together() {
        assert_eq!(problems_of_mail(&[("SMTP_USER", "rapport")]), ["SMTP_PASSWORD"]);
        assert_eq!(problems_of_mail(&[("SMTP_PASSWORD", "secret")]), ["SMTP_USER"]);
    }

    #[test]
    fn a_password_is_sent_in_clear_text_to_this_machine_only() {
        let to = |host| {
            let login = [("SMTP_USER", "rapport"), ("SMTP_PASSWORD", "secret")];
            let pairs = [("SMTP_HOST", host), ("SMTP_FROM", "rapport@example.com"), ("SMTP_TLS", "none")];
            problems_of_mail(&[&pairs[..], &login[..]].concat())
        };
        assert_eq!(to("smtp.example.com"), ["SMTP_TLS"]);
        assert_eq!(to("10.0.0.1"), ["SMTP_TLS"]);
        for host in ["localhost", "127.0.0.1", "::1"] {
            assert_eq!(to(host), [""; 0], "{host}");
        }
    }
}
