//! Settings: read once from the environment (and `.env`), typed, checked as a whole.
//!
//! [`Config::read`] reports every problem at once, one sentence each. `.env.example` is made from the same reading
//! ([`env_example`]), so it cannot go stale.

mod reader;

use std::{net::IpAddr, path::PathBuf, time::Duration};

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use reader::Reader;
pub use reader::{Problem, Setting};

/// The name of the setting that holds the SEC's contact line; named in errors too.
pub const EDGAR_USER_AGENT: &str = "EDGAR_USER_AGENT";
/// The name of the setting that holds the OpenAI key; named in errors too.
pub const OPENAI_API_KEY: &str = "OPENAI_API_KEY";

/// Everything that can be set from outside. Secrets are of type [`SecretString`], which prints as `[REDACTED]`.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the server listens.
    pub http: HttpConfig,
    /// Which database, and how many connections.
    pub database: DatabaseConfig,
    /// The Redis of a scaled installation, for what copies of the server share beside the database.
    pub redis_url: Option<SecretString>,
    /// Sign-in.
    pub auth: AuthConfig,
    /// Limits on operations.
    pub limits: Limits,
    /// The worker and its queue.
    pub jobs: JobsConfig,
    /// The event log.
    pub events: EventsConfig,
    /// The OpenAI client; `None` without a key.
    pub openai: Option<OpenAiConfig>,
    /// The SEC's EDGAR.
    pub edgar: EdgarConfig,
    /// The mean delay of one call to the sample research source, so that progress can be watched.
    pub sample_delay: Duration,
    /// How long a stopping server waits for what is running.
    pub shutdown: Duration,
    /// How the log is written.
    pub log: LogConfig,
}

/// Where the server listens and whom it answers.
#[derive(Debug, Clone)]
pub struct HttpConfig {
    /// The address to listen on.
    pub host: IpAddr,
    /// The port to listen on; 0 takes a free one.
    pub port: u16,
    /// Origins of web pages that may call the server, or `*`.
    pub allowed_origins: Vec<String>,
}

/// Which database, and how many connections.
#[derive(Debug, Clone)]
pub struct DatabaseConfig {
    /// Its address.
    pub url: DatabaseUrl,
    /// The most connections of this process.
    pub max_connections: u32,
}

/// A database address of one of the two kinds.
#[derive(Debug, Clone)]
pub enum DatabaseUrl {
    /// A file; made when it is not there.
    Sqlite(PathBuf),
    /// A server; the address may hold a password.
    Postgres(SecretString),
}

/// Sign-in.
#[derive(Debug, Clone)]
pub struct AuthConfig {
    /// The key that signs access tokens. `None` on SQLite: one is made and kept beside the file.
    pub jwt_secret: Option<SecretString>,
    /// How long an access token lasts.
    pub access_token_ttl: Duration,
    /// The address of the first administrator.
    pub admin_email: String,
    /// The password of the first administrator; one is made and printed once when it is missing.
    pub admin_password: Option<SecretString>,
}

/// Limits on operations, each refused before anything runs.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Levels of nested fields.
    pub depth: usize,
    /// Cost: one a field, children multiplied by the page size.
    pub complexity: usize,
    /// Aliases in a document, fragments counted where they are used.
    pub aliases: usize,
    /// Directives in a document.
    pub directives: usize,
    /// Lexical tokens in a document.
    pub tokens: usize,
    /// Bytes of a request body or WebSocket message.
    pub body_bytes: usize,
    /// Errors in one response.
    pub errors: usize,
    /// How long one query or mutation may take.
    pub timeout: Duration,
    /// Whether introspection and suggestions are on.
    pub introspection: bool,
}

/// The worker and its queue.
#[derive(Debug, Clone)]
pub struct JobsConfig {
    /// Jobs run at a time by this process.
    pub concurrency: usize,
    /// How long a worker may be silent before its job is given to another.
    pub lease: Duration,
    /// How often the queue is looked at when nothing wakes the worker.
    pub poll: Duration,
}

/// The event log.
#[derive(Debug, Clone)]
pub struct EventsConfig {
    /// How long events are kept.
    pub retention: Duration,
    /// How often the log is looked at when nothing wakes the tail.
    pub poll: Duration,
}

/// How to reach OpenAI, or a server that speaks its Responses API. The key shows in no debug output.
#[derive(Debug, Clone)]
pub struct OpenAiConfig {
    /// The key.
    pub api_key: SecretString,
    /// The address below which the API lies, up to and including the version.
    pub base_url: String,
    /// The model; it must know web search and structured output.
    pub model: String,
    /// Limit for one attempt. Searching takes a model tens of seconds, sometimes minutes.
    pub timeout: Duration,
    /// Attempts for one question, the first included.
    pub max_attempts: u32,
}

impl OpenAiConfig {
    /// Where OpenAI itself answers.
    pub const DEFAULT_BASE_URL: &'static str = "https://api.openai.com/v1";
    /// OpenAI's cheaper current model with web search and structured output.
    pub const DEFAULT_MODEL: &'static str = "gpt-6.1-terra";

    /// The defaults with this key: three attempts of at most three minutes.
    pub fn new(api_key: SecretString) -> Self {
        Self {
            api_key,
            base_url: Self::DEFAULT_BASE_URL.to_owned(),
            model: Self::DEFAULT_MODEL.to_owned(),
            timeout: Duration::from_secs(180),
            max_attempts: 3,
        }
    }
}

/// The SEC's EDGAR.
#[derive(Debug, Clone)]
pub struct EdgarConfig {
    /// The address below which `files/company_tickers.json` lies.
    pub base_url: Url,
    /// Who we are, as the SEC's fair-access rules demand: a name and a mail address. Without it nothing is requested.
    pub user_agent: Option<String>,
    /// Where fetched files are kept.
    pub cache_dir: PathBuf,
}

/// How the log is written.
#[derive(Debug, Clone)]
pub struct LogConfig {
    /// A filter in the syntax of `tracing_subscriber::EnvFilter`.
    pub filter: String,
    /// JSON lines instead of text.
    pub json: bool,
}

impl Config {
    /// Reads the settings by `lookup` (a name to its value).
    ///
    /// # Errors
    /// Every problem found, one sentence each.
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, Vec<Problem>> {
        let mut reader = Reader::new(&lookup);
        let config = Self::gather(&mut reader);
        reader.finish().map(|()| config)
    }

    /// Reads the process environment.
    ///
    /// # Errors
    /// Every problem found, one sentence each.
    pub fn from_env() -> Result<Self, Vec<Problem>> {
        Self::read(|name| std::env::var(name).ok())
    }

    /// The settings when nothing is set.
    ///
    /// # Panics
    /// Never: a test holds that the defaults are valid.
    #[expect(clippy::expect_used, reason = "a test holds that the defaults are valid")]
    pub fn defaults() -> Self {
        Self::read(|_| None).expect("the defaults are valid")
    }

    fn gather(r: &mut Reader<'_>) -> Self {
        r.section("Where the server listens");
        let http = HttpConfig {
            host: r.parse("API_HOST", "127.0.0.1", "The address to listen on; 0.0.0.0 for all."),
            port: r.parse("API_PORT", "8000", "The port to listen on; 0 takes a free one."),
            allowed_origins: r.list(
                "ALLOWED_ORIGINS",
                "http://localhost:3000,http://localhost:5173",
                "Origins of web pages that may call the server, by commas; * allows all.",
            ),
        };
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
        let edgar = gather_edgar(r);
        r.section("The rest");
        let sample_delay = r.millis("SAMPLE_DELAY_MS", 400, "Mean delay of a call to the sample research source.");
        let shutdown = r.seconds("SHUTDOWN_SECONDS", 20, 1, "How long a stopping server waits for what is running.");
        let log = LogConfig {
            filter: r.text(
                "LOG",
                "info,sea_orm_migration=warn",
                "What is logged, as a filter such as info,rapport=debug.",
            ),
            json: r.parse("LOG_JSON", "false", "Whether the log is written as JSON lines."),
        };
        if let Err(error) = log.filter.parse::<tracing_subscriber::filter::Targets>() {
            r.problem("LOG", format!("is not a log filter: {error}"));
        }
        Self { http, database, redis_url, auth, limits, jobs, events, openai, edgar, sample_delay, shutdown, log }
    }
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
        DatabaseUrl::Postgres(SecretString::from(url))
    };
    let max_connections = r.number("DATABASE_MAX_CONNECTIONS", 10, 2..=1000, "The most connections of this process.");
    DatabaseConfig { url, max_connections }
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
        admin_email,
        admin_password,
    }
}

fn gather_limits(r: &mut Reader<'_>) -> Limits {
    r.section("Limits on operations (refused before anything runs)");
    Limits {
        depth: r.size("MAX_DEPTH", 12, 3, "Levels of nested fields; GraphiQL's introspection needs 13 and is exempt."),
        complexity: r.size("MAX_COMPLEXITY", 20_000, 50, "Cost: one a field, children multiplied by the page size."),
        aliases: r.size("MAX_ALIASES", 30, 1, "Aliases in a document, fragments counted where they are used."),
        directives: r.size("MAX_DIRECTIVES", 30, 1, "Directives in a document."),
        tokens: r.size("MAX_TOKENS", 4000, 100, "Lexical tokens in a document."),
        body_bytes: r.size("MAX_BODY_BYTES", 262_144, 1024, "Bytes of a request body or WebSocket message."),
        errors: r.size("MAX_ERRORS", 10, 1, "Errors listed in one response."),
        timeout: r.seconds("OPERATION_TIMEOUT_SECONDS", 20, 1, "How long one query or mutation may take."),
        introspection: r.parse("INTROSPECTION", "true", "Whether introspection and suggestions are answered."),
    }
}

fn gather_background(r: &mut Reader<'_>) -> (JobsConfig, EventsConfig) {
    r.section("Background work");
    let jobs = JobsConfig {
        concurrency: r.size("WORKER_CONCURRENCY", 16, 1, "Jobs run at a time by this process."),
        lease: r.seconds(
            "JOB_LEASE_SECONDS",
            30,
            2,
            "How long a worker may be silent before its job is given to another.",
        ),
        poll: r.millis("JOB_POLL_MS", 1000, "How often the queue is looked at when nothing wakes the worker."),
    };
    let days = r.number("EVENT_RETENTION_DAYS", 30, 1..=3650, "How long events are kept.");
    let events = EventsConfig {
        retention: Duration::from_secs(u64::from(days) * 86_400),
        poll: r.millis("EVENT_POLL_MS", 250, "How often the event log is looked at when nothing wakes the tail."),
    };
    (jobs, events)
}

fn gather_openai(r: &mut Reader<'_>) -> Option<OpenAiConfig> {
    r.section("Research by OpenAI (without a key only the bundled sample companies can be researched)");
    let api_key = r.secret(OPENAI_API_KEY, "The key of the OpenAI API.");
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
    r.section("Stock tickers from the SEC (EDGAR)");
    let user_agent = r.optional(
        EDGAR_USER_AGENT,
        "Who you are, as the SEC demands: a name and a mail address, such as: Acme Research admin@acme.example. Without it nothing is requested.",
    );
    if user_agent.as_ref().is_some_and(|agent| !agent.contains('@') || !agent.is_ascii()) {
        r.problem(EDGAR_USER_AGENT, "must hold a name and a mail address in plain letters, as the SEC demands");
    }
    EdgarConfig {
        base_url: r.url("EDGAR_BASE_URL", "https://www.sec.gov", "The address below which the SEC's files lie."),
        user_agent,
        cache_dir: PathBuf::from(r.text("CACHE_DIR", "data/cache", "Where fetched files are kept.")),
    }
}

/// The text of `.env.example`: every setting with its default and what it does.
pub fn env_example() -> String {
    let lookup = |_: &str| None;
    let mut reader = Reader::new(&lookup);
    Config::gather(&mut reader);
    reader.example()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Config, Vec<Problem>> {
        let pairs: HashMap<_, _> = pairs.iter().copied().collect();
        Config::read(|name| pairs.get(name).map(|value| (*value).to_owned()))
    }

    #[test]
    fn the_defaults_are_valid_and_need_nothing() {
        assert!(matches!(read(&[]).unwrap().database.url, DatabaseUrl::Sqlite(_)));
    }

    #[test]
    fn all_problems_are_told_at_once_and_no_secret_with_them() {
        let problems = read(&[
            ("API_PORT", "http"),
            ("DATABASE_URL", "postgres://me:hunter2hunter2@db/rapport"),
            ("ADMIN_PASSWORD", "short-secret"),
            ("OPENAI_BASE_URL", "not an address"),
            ("MAX_DEPTH", "0"),
        ])
        .unwrap_err();
        let text = problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        assert_eq!(problems.len(), 4, "{text}");
        for name in ["API_PORT", "API_JWT_SECRET", "OPENAI_BASE_URL", "MAX_DEPTH"] {
            assert!(text.contains(name), "{name} is missing in:\n{text}");
        }
        assert!(!text.contains("hunter2"));
    }

    #[test]
    fn secrets_are_not_printed() {
        let config = read(&[
            ("OPENAI_API_KEY", "sk-very-secret"),
            ("API_JWT_SECRET", "0123456789-very-secret-0123456789"),
            ("ADMIN_PASSWORD", "very-secret-indeed"),
            ("DATABASE_URL", "postgres://me:very-secret@db/rapport"),
            ("REDIS_URL", "redis://:very-secret@cache"),
        ])
        .unwrap();
        assert!(!format!("{config:?}").contains("very-secret"));
    }

    #[test]
    fn an_empty_setting_counts_as_not_set() {
        assert!(read(&[("OPENAI_API_KEY", ""), ("API_PORT", " ")]).unwrap().openai.is_none());
    }
}
