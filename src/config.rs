//! Settings: read once from the environment (and `.env`), typed, checked as a whole.
//!
//! [`Config::read`] reports every problem at once, one sentence each. `.env.example` is made from the same reading
//! ([`env_example`]), so it cannot go stale.

mod chat;
pub mod dotenv;
mod extraction;
mod gather;
mod http;
mod issuers;
mod knowledge;
mod llm;
mod mail;
mod observe;
mod reader;
#[cfg(test)]
pub(super) mod tests;
mod web;

use std::{path::PathBuf, time::Duration};

use secrecy::SecretString;
use url::Url;

pub use chat::ChatConfig;
pub use http::{DocumentsConfig, HttpConfig, TRUSTED_DOCUMENTS};
pub use issuers::{IssuerConfig, IssuerKeys, OWN_ISSUER};
pub use knowledge::KnowledgeConfig;
pub use llm::{
    HUGGINGFACE_API_KEY, HostedConfig, LLM_SETTINGS, LlmConfig, LlmLimits, LlmProvider, OLLAMA_HOST, OllamaConfig,
    ProviderConfig,
};
pub use mail::{
    LEADS_MAIL_TO, MailConfig, MailLogin, MailTls, OutboxConfig, SMTP_CA_FILE, SMTP_HOST, SMTP_PASSWORD, SMTP_TLS,
    SMTP_USER,
};
pub use observe::{LogConfig, MetricsConfig, TracesConfig};
use reader::Reader;
pub use reader::{Problem, Setting};
pub use web::{
    BRAVE_SEARCH_API_KEY, BRAVE_SEARCH_BASE_URL, BraveConfig, FETCH_USER_AGENT, FetchConfig, SEARXNG_URL, SearchConfig,
};

/// The name of the setting that holds the SEC's contact line; named in errors too.
pub const EDGAR_USER_AGENT: &str = "EDGAR_USER_AGENT";
/// The name of the setting that holds the OpenAI key; named in errors too.
pub const OPENAI_API_KEY: &str = "OPENAI_API_KEY";
/// The settings of which some are needed for research on real companies, for errors.
pub const RESEARCH_SETTINGS: &str = "OPENAI_API_KEY, or a search (SEARXNG_URL or BRAVE_SEARCH_API_KEY) and a language model \
                                     (OLLAMA_HOST or HUGGINGFACE_API_KEY)";

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
    /// The language models.
    pub llm: LlmConfig,
    /// How knowledge is searched.
    pub knowledge: KnowledgeConfig,
    /// Who searches the web.
    pub search: SearchConfig,
    /// How pages of the web are read.
    pub fetch: FetchConfig,
    /// The SEC's EDGAR.
    pub edgar: EdgarConfig,
    /// Chat sessions.
    pub chat: ChatConfig,
    /// The mail server; `None` without a host.
    pub mail: Option<MailConfig>,
    /// What is kept of mails, and who gets those for the team.
    pub outbox: OutboxConfig,
    /// The mean delay of one call to the sample research source, so that progress can be watched.
    pub sample_delay: Duration,
    /// From which urgency on a signal is told to the customer's account manager, 0 to 1.
    pub signal_alert_urgency: f64,
    /// How long a stopping server waits for what is running.
    pub shutdown: Duration,
    /// How the log is written.
    pub log: LogConfig,
    /// Who may read the metrics.
    pub metrics: MetricsConfig,
    /// Where traces go; `None` without a collector.
    pub traces: Option<TracesConfig>,
}

/// Which database, and how many connections.
#[derive(Debug, Clone)]
pub struct DatabaseConfig {
    /// Its address.
    pub url: DatabaseUrl,
    /// The most connections of this process.
    pub max_connections: u32,
    /// On SQLite: when a commit is on the disk.
    pub synchronous: Synchronous,
}

/// When a commit of SQLite is on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Synchronous {
    /// Before it is acknowledged.
    Full,
    /// Some time later: a power cut may take the last commits.
    Normal,
}

impl std::str::FromStr for Synchronous {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "full" => Ok(Self::Full),
            "normal" => Ok(Self::Normal),
            _ => Err(()),
        }
    }
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
    /// How long a session lasts after its last refresh.
    pub refresh_token_ttl: Duration,
    /// How long an invitation can be accepted.
    pub invitation_ttl: Duration,
    /// The address of the first administrator.
    pub admin_email: String,
    /// The password of the first administrator; one is made and printed once when it is missing.
    pub admin_password: Option<SecretString>,
    /// Who else's tokens are accepted.
    pub issuers: Vec<IssuerConfig>,
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
    /// Bytes of an answer.
    pub answer_bytes: usize,
    /// Errors in one response.
    pub errors: usize,
    /// How long one query or mutation may take.
    pub timeout: Duration,
    /// Whether introspection and suggestions are on.
    pub introspection: bool,
    /// What a signed-in user may spend over time.
    pub signed_in: Allowance,
    /// What a network address may spend over time while nobody is signed in.
    pub anonymous: Allowance,
}

/// A bucket of points from which operations are paid, and which fills again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// What a full bucket holds; 0 is no limit.
    pub points: u32,
    /// Points that come back each second, at least 1.
    pub restore: u32,
}

/// The worker and its queue.
#[derive(Debug, Clone)]
pub struct JobsConfig {
    /// Jobs run at a time by this process.
    pub concurrency: usize,
    /// How long a worker may be silent before its job is given to another.
    pub lease: Duration,
    /// How long jobs that have ended are kept.
    pub retention: Duration,
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
    /// The address below which `files/company_tickers.json` and the archives lie.
    pub base_url: Url,
    /// The address below which `submissions/CIK##########.json` lies.
    pub data_base_url: Url,
    /// Who we are, as the SEC's fair-access rules demand: a name and a mail address. Without it nothing is requested.
    pub user_agent: Option<String>,
    /// Requests a second, of all copies of the server together; the SEC blocks who sends more than 10.
    pub requests_per_second: u32,
    /// How long one attempt at a request may take.
    pub timeout: Duration,
    /// Where fetched files are kept.
    pub cache_dir: PathBuf,
    /// How many bytes of documents are kept there.
    pub archive_bytes: u64,
}

impl Config {
    /// Reads the settings by `lookup` (a name to its value).
    ///
    /// # Errors
    /// Every problem found, one sentence each.
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, Vec<Problem>> {
        match Self::gather(&lookup, &[]) {
            (config, problems) if problems.is_empty() => Ok(config),
            (_, problems) => Err(problems),
        }
    }

    /// Reads the process environment: the settings, with the defaults in place of what is wrong, and every problem found, one
    /// sentence each. Of `unreadable` settings, and of what follows from them, nothing is said: that was told.
    pub fn from_env(unreadable: &[String]) -> (Self, Vec<Problem>) {
        Self::gather(&|name| std::env::var(name).ok(), unreadable)
    }

    fn gather(lookup: &dyn Fn(&str) -> Option<String>, unreadable: &[String]) -> (Self, Vec<Problem>) {
        let mut reader = Reader::new(lookup, unreadable);
        let config = gather::gather(&mut reader);
        (config, reader.finish())
    }

    /// The settings when nothing is set.
    ///
    /// # Panics
    /// Never: a test holds that the defaults are valid.
    #[expect(clippy::expect_used, reason = "a test holds that the defaults are valid")]
    pub fn defaults() -> Self {
        Self::read(|_| None).expect("the defaults are valid")
    }
}

/// The text of `.env.example`: every setting with its default and what it does.
pub fn env_example() -> String {
    let lookup = |_: &str| None;
    let mut reader = Reader::new(&lookup, &[]);
    gather::gather(&mut reader);
    reader.example()
}
