//! Which settings there are: name, default, and what each does.

use std::{net::IpAddr, path::PathBuf, time::Duration};

use lettre::message::Mailbox;
use secrecy::{ExposeSecret, SecretString};
use url::{Host, Url};

use super::{
    Allowance, AuthConfig, Config, DatabaseConfig, DatabaseUrl, EDGAR_USER_AGENT, EdgarConfig, EventsConfig,
    IssuerConfig, JobsConfig, LEADS_MAIL_TO, Limits, MailConfig, MailLogin, MailTls, OPENAI_API_KEY, OpenAiConfig,
    OutboxConfig, SMTP_CA_FILE, SMTP_HOST, SMTP_PASSWORD, SMTP_TLS, SMTP_USER, chat, http, issuers, knowledge, llm,
    mail, observe, reader::Reader, web,
};

use crate::mail_address::ascii_domain;

/// Asks for every setting.
pub(super) fn gather(r: &mut Reader<'_>) -> Config {
    let http = http::gather(r);
    let database = gather_database(r);
    let redis_url = r.secret("REDIS_URL", "The Redis of a scaled installation, such as redis://localhost:6379.");
    if let Some(url) = &redis_url
        && !["redis://", "rediss://"].iter().any(|scheme| url.expose_secret().starts_with(scheme))
    {
        r.problem("REDIS_URL", "must begin with redis:// or rediss://");
    }
    let auth = gather_auth(r, &database.url);
    let limits = gather_limits(r);
    let (jobs, events) = gather_background(r);
    let openai = gather_openai(r);
    let llm = llm::gather(r, openai.as_ref());
    let knowledge = knowledge::gather(r);
    let (search, fetch) = web::gather(r);
    let edgar = gather_edgar(r);
    let chat = chat::gather(r);
    let mail = gather_mail(r);
    let outbox = gather_outbox(r);
    r.section("The rest");
    let sample_delay =
        r.millis("SAMPLE_DELAY_MS", 400, "Mean delay of a call to the sample sources of research and filings.");
    let signal_alert_urgency = gather_alert_urgency(r);
    let shutdown = r.seconds("SHUTDOWN_SECONDS", 20, 1, "How long a stopping server waits for what is running.");
    r.section("Log, metrics and traces");
    let (log, metrics, traces) = (observe::log(r), observe::metrics(r), observe::traces(r));
    Config {
        http,
        database,
        redis_url,
        auth,
        limits,
        jobs,
        events,
        openai,
        llm,
        knowledge,
        search,
        fetch,
        edgar,
        chat,
        mail,
        outbox,
        sample_delay,
        signal_alert_urgency,
        shutdown,
        log,
        metrics,
        traces,
    }
}

fn gather_alert_urgency(r: &mut Reader<'_>) -> f64 {
    const NAME: &str = "SIGNAL_ALERT_URGENCY";
    let what = "The urgency, 0 to 1, above which a signal is told to the customer's account manager at once.";
    let urgency: f64 = r.parse(NAME, "0.7", what);
    if !(0.0..=1.0).contains(&urgency) {
        r.problem(NAME, "must be from 0 to 1");
    }
    urgency
}

fn gather_database(r: &mut Reader<'_>) -> DatabaseConfig {
    r.section("The database");
    let url = r.text(
        "DATABASE_URL",
        "sqlite://data/rapport.db",
        "A file (sqlite://path, made when missing) or a PostgreSQL server (postgres://user:password@host/name).",
    );
    let url = if let Some(path) = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:")) {
        if path.is_empty() || path.starts_with(":memory:") {
            r.problem("DATABASE_URL", "must name a file after sqlite://, such as sqlite://data/rapport.db");
        }
        DatabaseUrl::Sqlite(PathBuf::from(path.split('?').next().unwrap_or(path)))
    } else {
        let is_postgres = ["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme));
        if !is_postgres || Url::parse(&url).is_err() {
            r.problem("DATABASE_URL", "must be a valid address beginning with sqlite://, postgres:// or postgresql://");
        }
        if is_postgres {
            DatabaseUrl::Postgres(SecretString::from(url))
        } else {
            DatabaseUrl::Sqlite(PathBuf::from(url))
        }
    };
    let max_connections = r.number("DATABASE_MAX_CONNECTIONS", 10, 2..=1000, "The most connections of this process.");
    let synchronous = r.parse(
        "SQLITE_SYNCHRONOUS",
        "full",
        "When a commit of SQLite is on the disk: full before it is acknowledged; normal is faster, and a power cut may take the last ones.",
    );
    DatabaseConfig { url, max_connections, synchronous }
}

fn gather_auth(r: &mut Reader<'_>, database: &DatabaseUrl) -> AuthConfig {
    r.section("Sign-in");
    let jwt_secret = r.secret(
        "API_JWT_SECRET",
        "The key that signs access tokens, at least 32 characters. Needed on PostgreSQL; on SQLite one is made and kept beside the file.",
    );
    match (&jwt_secret, database) {
        (None, DatabaseUrl::Postgres(_)) => r.problem(
            "API_JWT_SECRET",
            "is needed with PostgreSQL, the same on every copy of the server (make one with: openssl rand -base64 32)",
        ),
        (Some(secret), _) if secret.expose_secret().len() < 32 => {
            r.problem("API_JWT_SECRET", "must have at least 32 characters");
        }
        _ => {}
    }
    let minutes = r.number("ACCESS_TOKEN_MINUTES", 15, 1..=1440, "How long an access token lasts.");
    let refresh_token_ttl = r.days("REFRESH_TOKEN_DAYS", 30, 3650, "How long a session lasts after its last refresh.");
    let invitation_ttl = r.days("INVITATION_DAYS", 7, 90, "How long an invitation can be accepted.");
    let admin_email = r.text("ADMIN_EMAIL", "admin@example.com", "The address of the first administrator.");
    if !admin_email.contains('@') {
        r.problem("ADMIN_EMAIL", "must be a mail address");
    }
    let admin_password = r.secret(
        "ADMIN_PASSWORD",
        "The password of the first administrator, at least 12 characters; one is made and printed once when it is missing.",
    );
    if admin_password.as_ref().is_some_and(|password| password.expose_secret().chars().count() < 12) {
        r.problem("ADMIN_PASSWORD", "must have at least 12 characters");
    }
    AuthConfig {
        jwt_secret,
        access_token_ttl: Duration::from_secs(u64::from(minutes) * 60),
        refresh_token_ttl,
        invitation_ttl,
        admin_email,
        admin_password,
        issuers: gather_issuers(r),
    }
}

fn gather_issuers(r: &mut Reader<'_>) -> Vec<IssuerConfig> {
    const NAME: &str = "AUTH_ISSUERS";
    let json = r.secret(
        NAME,
        "Whose tokens are accepted beside our own, a JSON list: '[{\"issuer\": \"…\", \"audience\": \"…\", \"jwksUrl\": \"https://…\"}]'; docs/operations.md tells the rest.",
    );
    let read = json.map_or(Ok(Vec::new()), |json| issuers::read(json.expose_secret()));
    read.unwrap_or_else(|problems| {
        problems.into_iter().for_each(|problem| r.problem(NAME, problem));
        Vec::new()
    })
}

fn gather_limits(r: &mut Reader<'_>) -> Limits {
    r.section("Limits on operations (refused before anything runs)");
    let complexity = r.size("MAX_COMPLEXITY", 20_000, 50, "Cost: one a field, children multiplied by the page size.");
    Limits {
        depth: r.size("MAX_DEPTH", 12, 3, "Levels of nested fields; GraphiQL's introspection needs 13 and is exempt."),
        complexity,
        aliases: r.size("MAX_ALIASES", 30, 1, "Aliases in a document, fragments counted where they are used."),
        directives: r.size("MAX_DIRECTIVES", 30, 1, "Directives in a document."),
        tokens: r.size("MAX_TOKENS", 4000, 100, "Lexical tokens in a document."),
        body_bytes: r.size("MAX_BODY_BYTES", 262_144, 1024, "Bytes of a request body or WebSocket message."),
        answer_bytes: r.size("MAX_ANSWER_BYTES", 10_485_760, 65_536, "Bytes of an answer, before compression."),
        errors: r.size("MAX_ERRORS", 10, 1, "Errors listed in one response."),
        timeout: r.seconds("OPERATION_TIMEOUT_SECONDS", 20, 1, "How long one query or mutation may take."),
        introspection: r.parse("INTROSPECTION", "true", "Whether introspection and suggestions are answered."),
        signed_in: gather_allowance(
            r,
            ("RATE_LIMIT_POINTS", 200_000, "Points of cost that a user may spend at once; 0 turns this limit off."),
            ("RATE_LIMIT_RESTORE", 5000, "Points that a user gets back each second."),
            complexity,
        ),
        anonymous: gather_allowance(
            r,
            (
                "RATE_LIMIT_ANONYMOUS_POINTS",
                40_000,
                "The same for a network address (of IPv6 a /64) where nobody is signed in; 0 turns this limit off.",
            ),
            ("RATE_LIMIT_ANONYMOUS_RESTORE", 500, "Points that an address gets back each second."),
            complexity,
        ),
    }
}

/// A bucket that holds enough for the dearest operation, or nothing, which is no limit. The settings are given by name,
/// default and text.
fn gather_allowance(
    r: &mut Reader<'_>,
    points: (&'static str, u32, &'static str),
    restore: (&'static str, u32, &'static str),
    complexity: usize,
) -> Allowance {
    let name = points.0;
    let points = r.number(name, points.1, 0..=u32::MAX, points.2);
    if points > 0 && (points as usize) < complexity {
        r.problem_with(
            name,
            "MAX_COMPLEXITY",
            format!(
                "must be 0 (no limit) or at least {complexity}, as MAX_COMPLEXITY is, or the dearest operation could never run"
            ),
        );
    }
    Allowance { points, restore: r.number(restore.0, restore.1, 1..=u32::MAX, restore.2) }
}

fn gather_background(r: &mut Reader<'_>) -> (JobsConfig, EventsConfig) {
    r.section("Background work");
    let jobs = JobsConfig {
        concurrency: r.size(
            "WORKER_CONCURRENCY",
            64,
            1,
            "Jobs run at a time by this process, replies in chats among them.",
        ),
        lease: r.seconds(
            "JOB_LEASE_SECONDS",
            30,
            2,
            "How long a worker may be silent before its job is given to another.",
        ),
        retention: r.days(
            "JOB_RETENTION_DAYS",
            90,
            3650,
            "How long jobs that have ended are kept, with their idempotency keys.",
        ),
        poll: r.millis("JOB_POLL_MS", 1000, "How often the queue is looked at when nothing wakes the worker."),
    };
    let events = EventsConfig {
        retention: r.days("EVENT_RETENTION_DAYS", 30, 3650, "How long events are kept."),
        poll: r.millis("EVENT_POLL_MS", 250, "How often the event log is looked at when nothing wakes the tail."),
    };
    (jobs, events)
}

fn gather_openai(r: &mut Reader<'_>) -> Option<OpenAiConfig> {
    r.section("Research by OpenAI (without a key: by a web search and another language model where both are set, else only the bundled sample companies)");
    let api_key = r.secret(OPENAI_API_KEY, "The key of the OpenAI API, for language models too.");
    let base_url = r.url("OPENAI_BASE_URL", OpenAiConfig::DEFAULT_BASE_URL, "The address below which the API lies.");
    let model = r.text(
        "OPENAI_MODEL",
        OpenAiConfig::DEFAULT_MODEL,
        "The model that researches; it must know the web search tool and structured output.",
    );
    let timeout = r.seconds("OPENAI_TIMEOUT_SECONDS", 180, 1, "How long one call may take; a web search is slow.");
    let max_attempts = r.number("OPENAI_MAX_ATTEMPTS", 3, 1..=10, "Calls made in all before one is given up.");
    let base_url = base_url.to_string();
    api_key.map(|api_key| OpenAiConfig { api_key, base_url, model, timeout, max_attempts })
}

fn gather_edgar(r: &mut Reader<'_>) -> EdgarConfig {
    r.section("Stock tickers and filings from the SEC (EDGAR)");
    let user_agent = r.optional(
        EDGAR_USER_AGENT,
        "Who you are, as the SEC demands: a name and a mail address, such as \"Acme Research admin@acme.example\". Without it nothing is requested.",
    );
    if user_agent.as_ref().is_some_and(|agent| !agent.contains('@') || !agent.is_ascii()) {
        r.problem(EDGAR_USER_AGENT, "must hold a name and a mail address in plain letters, as the SEC demands");
    }
    EdgarConfig {
        base_url: r.url(
            "EDGAR_BASE_URL",
            "https://www.sec.gov",
            "The address below which the SEC's lists of companies and its archives lie.",
        ),
        data_base_url: r.url(
            "EDGAR_DATA_BASE_URL",
            "https://data.sec.gov",
            "The address below which the SEC's lists of filings lie.",
        ),
        user_agent,
        requests_per_second: r.number(
            "EDGAR_REQUESTS_PER_SECOND",
            8,
            1..=8,
            "Requests to the SEC, of all copies of the server together, at most 8. It blocks who sends more than 10.",
        ),
        timeout: r.seconds("EDGAR_TIMEOUT_SECONDS", 60, 1, "How long one attempt at a request to the SEC may take."),
        cache_dir: PathBuf::from(r.text("CACHE_DIR", "data/cache", "Where fetched files are kept.")),
        archive_bytes: u64::from(r.number(
            "EDGAR_ARCHIVE_MEGABYTES",
            512,
            1..=1_048_576,
            "How much of the SEC's documents is kept there; the oldest are deleted first.",
        )) << 20,
    }
}

fn gather_mail(r: &mut Reader<'_>) -> Option<MailConfig> {
    r.section("Mail (without a host none is sent)");
    let host = r.optional(SMTP_HOST, "The name of the mail server, such as smtp.example.com.");
    if host.as_ref().is_some_and(|host| host.parse::<IpAddr>().is_err() && Host::parse(host).is_err()) {
        r.problem(SMTP_HOST, "must be the name of a server or an IP address, such as smtp.example.com");
    }
    let port = r.number("SMTP_PORT", 587, 1..=u16::MAX.into(), "Its port; usually 465 when SMTP_TLS is implicit.");
    let login = gather_login(r);
    let from = gather_sender(r, host.is_some());
    let tls = r.parse(
        SMTP_TLS,
        "starttls",
        "How the connection is encrypted: starttls, implicit (from the first byte) or none.",
    );
    let ca_file = r.optional(
        SMTP_CA_FILE,
        "A PEM file with certificates to believe beside those of the system, for a mail server with one of your own.",
    );
    let timeout = r.seconds("SMTP_TIMEOUT_SECONDS", 20, 1, "How long sending one mail may take.");
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

fn gather_outbox(r: &mut Reader<'_>) -> OutboxConfig {
    let retention = r.days("MAIL_RETENTION_DAYS", 90, 3650, "How long mails are kept, sent or not.");
    let team = r.optional(
        LEADS_MAIL_TO,
        "Who is told of new leads, such as \"Sales <sales@example.com>, dana@example.com\"; all administrators when not set.",
    );
    let leads_to = mail::split_addresses(team.as_deref().unwrap_or_default()).map(mailbox);
    let leads_to = leads_to.collect::<Option<Vec<_>>>().unwrap_or_else(|| {
        r.problem(
            LEADS_MAIL_TO,
            format!(
                "must be mail addresses, by commas, with or without names before them; a name with a comma {}",
                mail::QUOTED
            ),
        );
        Vec::new()
    });
    OutboxConfig { retention, leads_to }
}

fn gather_login(r: &mut Reader<'_>) -> Option<MailLogin> {
    let user = r.optional(SMTP_USER, "The user at the mail server, when it asks for one.");
    let password = r.secret(SMTP_PASSWORD, "The password of that user.");
    match (&user, &password) {
        (Some(_), None) => r.problem(SMTP_PASSWORD, "is needed with SMTP_USER"),
        (None, Some(_)) => r.problem(SMTP_USER, "is needed with SMTP_PASSWORD"),
        _ => {}
    }
    Some(MailLogin { user: user?, password: password? })
}

fn gather_sender(r: &mut Reader<'_>, needed: bool) -> Option<Mailbox> {
    const NAME: &str = "SMTP_FROM";
    let from = r.optional(NAME, "The sender of every mail, such as \"Rapport <no-reply@example.com>\".");
    match from.as_deref().map(sender) {
        Some(Some(from)) => return Some(from),
        Some(_) if from.as_deref().is_some_and(|from| mail::split_addresses(from).count() > 1) => {
            r.problem(NAME, format!("holds a comma: a name with one {}", mail::QUOTED));
        }
        Some(_) => r.problem(NAME, "must be a mail address in plain letters, with or without a name before it"),
        None if needed => r.problem(NAME, "is needed with SMTP_HOST"),
        None => {}
    }
    None
}

/// A sender: what stands before the `@` must be ASCII, for not every server takes more (RFC 6531).
fn sender(text: &str) -> Option<Mailbox> {
    mailbox(text).filter(|sender| sender.email.user().is_ascii())
}

/// An address, with or without a name before it, whose domain is in A-labels.
fn mailbox(text: &str) -> Option<Mailbox> {
    let Mailbox { name, email } = text.parse().ok()?;
    let is_literal = email.domain().starts_with('[');
    let domain = if is_literal { email.domain().into() } else { ascii_domain(email.domain())? };
    Some(Mailbox::new(name, format!("{}@{domain}", email.user()).parse().ok()?))
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
