//! All settings, read together.

use std::{
    env::{self, VarError},
    time::Duration,
};

use secrecy::{ExposeSecret, SecretString};

use super::{
    auth::{self, AuthConfig},
    background::{self, EventsConfig, JobsConfig, NotificationsConfig},
    chat::{self, ChatConfig},
    database::{self, DatabaseConfig},
    edgar::{self, EdgarConfig},
    files::{self, FilesConfig},
    http::{self, HttpConfig},
    knowledge::{self, KnowledgeConfig},
    limits::{self, Limits},
    llm::{self, LlmConfig},
    mail::{self, MailConfig, OutboxConfig},
    observe::{self, LogConfig, MetricsConfig, TracesConfig},
    openai::{self, OpenAiConfig},
    reader::{Problem, Reader},
    secrets::{self, SealingKey},
    web::{self, FetchConfig, SearchConfig},
};
use crate::periods::Zone;

/// The settings, of which some are required for research on real companies, for errors.
pub const RESEARCH_SETTINGS: &str = "OPENAI_API_KEY, or a search (SEARXNG_URL or BRAVE_SEARCH_API_KEY) and a language model \
                                     (OLLAMA_HOST or HUGGINGFACE_API_KEY)";

/// All settings of the program. Secrets are of type [`SecretString`], which prints as `[REDACTED]`.
#[derive(Debug, Clone)]
pub struct Config {
    /// The server's address and connections.
    pub http: HttpConfig,
    /// The database and its connections.
    pub database: DatabaseConfig,
    /// The Redis of a scaled installation, for state that server processes share besides the database.
    pub redis_url: Option<SecretString>,
    /// Sign-in.
    pub auth: AuthConfig,
    /// The keys that seal secrets in the database; the first seals. Empty if unset.
    pub sealing_keys: Vec<SealingKey>,
    /// Limits on operations.
    pub limits: Limits,
    /// The worker and its queue.
    pub jobs: JobsConfig,
    /// The event log.
    pub events: EventsConfig,
    /// The retention of notifications.
    pub notifications: NotificationsConfig,
    /// The OpenAI client; `None` without a key.
    pub openai: Option<OpenAiConfig>,
    /// The language models.
    pub llm: LlmConfig,
    /// Knowledge search.
    pub knowledge: KnowledgeConfig,
    /// Uploaded and produced files.
    pub files: FilesConfig,
    /// Web search.
    pub search: SearchConfig,
    /// Fetching of web pages.
    pub fetch: FetchConfig,
    /// The SEC's EDGAR.
    pub edgar: EdgarConfig,
    /// Chat sessions.
    pub chat: ChatConfig,
    /// The mail server; `None` without a host.
    pub mail: Option<MailConfig>,
    /// Retention of mails, and recipients of those for the team.
    pub outbox: OutboxConfig,
    /// Average delay of a call to the sample research source, so that progress is visible.
    pub sample_delay: Duration,
    /// Retention time of superseded facts.
    pub fact_retention: Duration,
    /// Urgency (0–1) above which a signal is reported to the customer's account manager.
    pub signal_alert_urgency: f64,
    /// Time zone of the first settings of the business.
    pub time_zone: Zone,
    /// Time limit for running work when the server stops.
    pub shutdown: Duration,
    /// The log.
    pub log: LogConfig,
    /// Access to the metrics.
    pub metrics: MetricsConfig,
    /// Traces; `None` without a collector.
    pub traces: Option<TracesConfig>,
}

impl Config {
    /// Reads the settings with `lookup`, from names to values.
    ///
    /// # Errors
    /// All problems, one sentence each.
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, Vec<Problem>> {
        match Self::gather(&lookup, &[]) {
            (config, problems) if problems.is_empty() => Ok(config),
            (_, problems) => Err(problems),
        }
    }

    /// Reads the process environment: returns the settings, with defaults in place of invalid values, and all problems,
    /// one sentence each. Problems of `unreadable` settings, and their consequences, are omitted, because they were
    /// already reported.
    pub fn from_env(unreadable: &[String]) -> (Self, Vec<Problem>) {
        let is_no_text = |name: &&str| matches!(env::var(name), Err(VarError::NotUnicode(_)));
        let no_texts: Vec<_> = names().into_iter().filter(is_no_text).collect();
        let told: Vec<_> = unreadable.iter().cloned().chain(no_texts.iter().map(|name| (*name).to_owned())).collect();
        let (config, problems) = Self::gather(&|name| env::var(name).ok(), &told);
        let no_text = |setting| Problem { setting, message: "must be text in UTF-8".to_owned() };
        (config, no_texts.into_iter().map(no_text).chain(problems).collect())
    }

    pub(super) fn gather(lookup: &dyn Fn(&str) -> Option<String>, unreadable: &[String]) -> (Self, Vec<Problem>) {
        let mut reader = Reader::new(lookup, unreadable);
        let config = gather(&mut reader);
        (config, reader.finish())
    }

    /// Returns the default settings.
    ///
    /// # Panics
    /// Never: a test holds that the defaults are valid.
    #[expect(clippy::expect_used, reason = "a test holds that the defaults are valid")]
    pub fn defaults() -> Self {
        Self::read(|_| None).expect("the defaults are valid")
    }
}

/// Returns the text of `.env.example`: every setting with its default and description.
pub fn env_example() -> String {
    let lookup = |_: &str| None;
    let mut reader = Reader::new(&lookup, &[]);
    gather(&mut reader);
    reader.example()
}

/// Returns the names of all settings.
pub(super) fn names() -> Vec<&'static str> {
    let lookup = |_: &str| None;
    let mut reader = Reader::new(&lookup, &[]);
    gather(&mut reader);
    reader.names()
}

/// Reads all settings.
fn gather(r: &mut Reader<'_>) -> Config {
    let http = http::gather(r);
    let database = database::gather(r);
    let redis_url = r.secret("REDIS_URL", "Redis of a scaled installation, such as redis://localhost:6379.");
    if let Some(url) = &redis_url
        && !["redis://", "rediss://"].iter().any(|scheme| url.expose_secret().starts_with(scheme))
    {
        r.problem("REDIS_URL", "must begin with redis:// or rediss://");
    }
    let auth = auth::gather(r, &database.url);
    let sealing_keys = secrets::gather(r);
    let limits = limits::gather(r);
    let (jobs, events, notifications) = background::gather(r);
    let openai = openai::gather(r);
    let llm = llm::gather(r, openai.as_ref());
    let knowledge = knowledge::gather(r);
    let (search, fetch) = web::gather(r);
    let edgar = edgar::gather(r);
    let chat = chat::gather(r);
    let files = files::gather(r, &database.url);
    let mail = mail::gather(r);
    let outbox = mail::gather_outbox(r);
    r.section("Other");
    let sample_delay =
        r.millis("SAMPLE_DELAY_MS", 400, 0, "Average delay of a call to the sample sources of research and filings.");
    let fact_retention = r.days(
        "FACT_RETENTION_DAYS",
        365,
        3650,
        "Retention time of facts about companies after a later research replaced them; those in reports on signals stay.",
    );
    let signal_alert_urgency = gather_alert_urgency(r);
    let time_zone = gather_time_zone(r);
    let shutdown = r.seconds("SHUTDOWN_SECONDS", 20, 1, "Time limit for running work when the server stops.");
    r.section("Log, metrics and traces");
    let (log, metrics, traces) = (observe::log(r), observe::metrics(r), observe::traces(r));
    Config {
        http,
        database,
        redis_url,
        auth,
        sealing_keys,
        limits,
        jobs,
        events,
        notifications,
        openai,
        llm,
        knowledge,
        files,
        search,
        fetch,
        edgar,
        chat,
        mail,
        outbox,
        sample_delay,
        fact_retention,
        signal_alert_urgency,
        time_zone,
        shutdown,
        log,
        metrics,
        traces,
    }
}

fn gather_alert_urgency(r: &mut Reader<'_>) -> f64 {
    const NAME: &str = "SIGNAL_ALERT_URGENCY";
    let what = "Urgency (0–1) above which a signal is reported to the customer's account manager at once.";
    let urgency: f64 = r.parse(NAME, "0.7", what);
    if !(0.0..=1.0).contains(&urgency) {
        r.problem(NAME, "must be from 0 to 1");
    }
    urgency
}

fn gather_time_zone(r: &mut Reader<'_>) -> Zone {
    const NAME: &str = "DEFAULT_TIME_ZONE";
    let what = "Time zone of the business and of scheduled tasks, such as Europe/Berlin, until it is changed by updateSettings.";
    let name = r.text(NAME, "UTC", what);
    Zone::parse(&name).unwrap_or_else(|error| {
        let meant = error.nearest().map(|name| format!("; did you mean {name}")).unwrap_or_default();
        r.problem(NAME, format!("must be the name of a time zone, such as Europe/Berlin{meant}"));
        Zone::utc()
    })
}
