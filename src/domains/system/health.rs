//! Health checks of the program's parts and of external services.

use std::time::Duration;

use async_graphql::Enum;
use chrono::SecondsFormat;
use url::Url;

use crate::{
    app::App,
    clients::llm::BreakerState,
    db::without_turns,
    domains::knowledge::Knowledge,
    events::{ConsumerLag, Lag},
};

/// Time after which an unresponsive database counts as down.
const PATIENCE: Duration = Duration::from_secs(2);
/// Time after which pending events, or a silent tail of the log, count as stuck.
const STUCK: Duration = Duration::from_secs(10);
/// Time after which events to which nothing reacted count as stuck.
const CONSUMER_STUCK: Duration = Duration::from_secs(30);
/// Time without polling the queue after which the worker counts as stuck.
const WORKER_STUCK: Duration = Duration::from_secs(30);
/// Time after which a hanging tail or worker requires a restart of the process.
const HANGS: Duration = Duration::from_secs(60);
/// Number of consecutive failed calls after which a service counts as down.
const FAILURES: u32 = 3;

/// Health status.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(name = "ServerStatus")]
pub enum HealthStatus {
    /// Works.
    Up,
    /// Works partly: something that some functions need is down.
    Degraded,
    /// Does not work.
    Down,
    /// Not tried since the process that answers started.
    Unknown,
    /// Not configured, or running in other processes.
    Off,
}

impl HealthStatus {
    /// Returns the name used in `/health/ready` and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Degraded => "degraded",
            Self::Down => "down",
            Self::Unknown => "unknown",
            Self::Off => "off",
        }
    }
}

/// Part of the server, or an external service.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServerPartName {
    /// Database.
    Database,
    /// Delivery of live events.
    Events,
    /// Reactions of the server to events.
    Consumers,
    /// Worker of background jobs.
    Worker,
    /// Redis.
    Redis,
    /// Knowledge bases.
    Knowledge,
    /// Language models.
    Models,
    /// Web search.
    Search,
    /// Reports of the SEC.
    Edgar,
    /// Mail server.
    Mail,
}

impl ServerPartName {
    /// Returns the name used in `/health/ready` and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Database => "database",
            Self::Events => "events",
            Self::Consumers => "consumers",
            Self::Worker => "worker",
            Self::Redis => "redis",
            Self::Knowledge => "knowledge",
            Self::Models => "models",
            Self::Search => "search",
            Self::Edgar => "edgar",
            Self::Mail => "mail",
        }
    }
}

/// The health of a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartHealth {
    /// The name of the part.
    pub name: ServerPartName,
    /// Its status.
    pub status: HealthStatus,
    /// Details for operators.
    pub detail: String,
}

/// The health of this process and its dependencies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HealthReport {
    /// All parts, the most essential first.
    pub parts: Vec<PartHealth>,
}

impl HealthReport {
    /// Returns true if this process can serve: the database is reachable and live events are delivered.
    pub fn is_ready(&self) -> bool {
        !self.parts.iter().any(|part| {
            part.status == HealthStatus::Down && [ServerPartName::Database, ServerPartName::Events].contains(&part.name)
        })
    }

    /// Returns the overall status.
    pub fn status(&self) -> HealthStatus {
        let is_well = |part: &PartHealth| !matches!(part.status, HealthStatus::Down | HealthStatus::Degraded);
        match (self.is_ready(), self.parts.iter().all(is_well)) {
            (false, _) => HealthStatus::Down,
            (true, false) => HealthStatus::Degraded,
            (true, true) => HealthStatus::Up,
        }
    }
}

/// Checks the parts directly, and reports external services by their last calls. Takes a few seconds at most, even if
/// operations keep the database busy.
pub async fn check(app: &App, knowledge: &Knowledge) -> HealthReport {
    without_turns(check_parts(app, knowledge)).await
}

async fn check_parts(app: &App, knowledge: &Knowledge) -> HealthReport {
    let (database, redis) = tokio::join!(database(app), redis(app));
    let (events, consumers, knowledge) = tokio::join!(
        events(app, database.status),
        consumers(app, database.status),
        self::knowledge(knowledge, database.status)
    );
    let config = &app.config;
    let host = |url: &Url| url.host_str().map(str::to_owned);
    let searches = [config.search.searxng_url.as_ref(), config.search.brave.as_ref().map(|brave| &brave.base_url)];
    let searches: Vec<_> = searches.into_iter().flatten().filter_map(host).collect();
    let edgar = [&config.edgar.base_url, &config.edgar.data_base_url].map(host);
    let edgar: Vec<_> = edgar.into_iter().flatten().filter(|_| config.edgar.user_agent.is_some()).collect();
    let mail = config.mail.as_ref().map(|_| "mail".to_owned());
    let parts = vec![
        database,
        events,
        consumers,
        worker(app),
        redis,
        knowledge,
        models(app),
        service(app, ServerPartName::Search, &searches),
        service(app, ServerPartName::Edgar, &edgar),
        service(app, ServerPartName::Mail, mail.as_slice()),
    ];
    HealthReport { parts }
}

/// Returns the parts of this process that hang and need a restart. A part that keeps failing because the database is
/// down does not hang.
pub fn hanging(app: &App) -> Vec<&'static str> {
    let events = (app.events.stuck_for(), app.config.events.poll);
    let worker = app.ambient.metrics().serving().worker_silent_for().unwrap_or_default();
    let parts = [(ServerPartName::Events, events), (ServerPartName::Worker, (worker, app.config.jobs.poll))];
    let hangs = |(_, (silent_for, poll)): &(ServerPartName, (Duration, Duration))| {
        *silent_for > HANGS.max(poll.saturating_mul(3))
    };
    parts.into_iter().filter(hangs).map(|(name, _)| name.as_str()).collect()
}

fn part(name: ServerPartName, status: HealthStatus, detail: impl Into<String>) -> PartHealth {
    PartHealth { name, status, detail: detail.into() }
}

async fn database(app: &App) -> PartHealth {
    match tokio::time::timeout(PATIENCE, app.db.ping()).await {
        Ok(Ok(())) => match app.db.check_writer().await {
            Ok(()) => part(ServerPartName::Database, HealthStatus::Up, "It answers, and takes writes."),
            Err(error) => {
                tracing::warn!(%error, "the database takes no writes");
                part(ServerPartName::Database, HealthStatus::Down, "It takes no writes; the reason is in the log.")
            }
        },
        Ok(Err(error)) => {
            tracing::warn!(%error, "the database does not answer");
            part(ServerPartName::Database, HealthStatus::Down, "It answers with an error, which is in the log.")
        }
        Err(_) => part(
            ServerPartName::Database,
            HealthStatus::Down,
            format!("It does not answer within {} s.", PATIENCE.as_secs()),
        ),
    }
}

async fn events(app: &App, database: HealthStatus) -> PartHealth {
    const NAME: ServerPartName = ServerPartName::Events;
    if database == HealthStatus::Down {
        return part(NAME, HealthStatus::Unknown, "The database is down.");
    }
    let Ok(Ok(lag)) = tokio::time::timeout(PATIENCE, app.events.lag()).await else {
        return part(NAME, HealthStatus::Unknown, "The log of events could not be read.");
    };
    let Lag { events, oldest, silent_for } = lag;
    let waited = oldest.map_or(Duration::ZERO, |oldest| (app.ambient.now() - oldest).to_std().unwrap_or_default());
    let is_stuck = waited > STUCK || silent_for > STUCK.max(app.config.events.poll.saturating_mul(3));
    let detail = format!(
        "{events} events wait, the oldest for {} s; the log was last read {} s ago.",
        waited.as_secs(),
        silent_for.as_secs()
    );
    part(NAME, if is_stuck { HealthStatus::Down } else { HealthStatus::Up }, detail)
}

/// Returns the health of what reacts to events, in whichever process it runs.
async fn consumers(app: &App, database: HealthStatus) -> PartHealth {
    const NAME: ServerPartName = ServerPartName::Consumers;
    if database == HealthStatus::Down {
        return part(NAME, HealthStatus::Unknown, "The database is down.");
    }
    let Ok(Ok(lags)) = tokio::time::timeout(PATIENCE, app.events.consumer_lags()).await else {
        return part(NAME, HealthStatus::Unknown, "The places of the consumers could not be read.");
    };
    let waited = |lag: &ConsumerLag| {
        lag.oldest.map_or(Duration::ZERO, |oldest| (app.ambient.now() - oldest).to_std().unwrap_or_default())
    };
    let is_stuck = lags.iter().any(|lag| waited(lag) > CONSUMER_STUCK);
    let details: Vec<_> = lags.iter().map(|lag| consumer_detail(lag, waited(lag))).collect();
    let status = match lags.is_empty() {
        true => HealthStatus::Off,
        false if is_stuck => HealthStatus::Down,
        false => HealthStatus::Up,
    };
    part(NAME, status, details.join(" "))
}

fn consumer_detail(lag: &ConsumerLag, waited: Duration) -> String {
    let ConsumerLag { state, events, .. } = lag;
    let mut detail = format!("{}: {events} events wait, the oldest for {} s.", state.name, waited.as_secs());
    if let Some(since) = state.failing_since {
        let since = since.to_rfc3339_opts(SecondsFormat::Secs, true);
        let reason = state.last_error.as_deref().unwrap_or("The reason is in the log.");
        detail += &format!(" Blocked since {since} after {} attempts: {reason}", state.failures);
    }
    if state.losses > 0 {
        detail += &format!(" Events were purged before it read them, {} times.", state.losses);
    }
    detail
}

async fn knowledge(knowledge: &Knowledge, database: HealthStatus) -> PartHealth {
    const NAME: ServerPartName = ServerPartName::Knowledge;
    if database == HealthStatus::Down {
        return part(NAME, HealthStatus::Unknown, "The database is down.");
    }
    match tokio::time::timeout(PATIENCE, knowledge.searchable()).await {
        Ok(Ok(documents)) => part(NAME, HealthStatus::Up, format!("{documents} documents can be searched.")),
        Ok(Err(error)) => {
            tracing::warn!(%error, "knowledge cannot be searched");
            part(NAME, HealthStatus::Down, "It cannot be searched; the reason is in the log.")
        }
        Err(_) => {
            let seconds = PATIENCE.as_secs();
            part(NAME, HealthStatus::Down, format!("The index is not up to date within {seconds} s."))
        }
    }
}

fn worker(app: &App) -> PartHealth {
    let Some(silent_for) = app.ambient.metrics().serving().worker_silent_for() else {
        return part(ServerPartName::Worker, HealthStatus::Off, "This process runs no jobs.");
    };
    let is_stuck = silent_for > WORKER_STUCK.max(app.config.jobs.poll.saturating_mul(3));
    let detail = format!("It last checked the queue {} s ago.", silent_for.as_secs());
    part(ServerPartName::Worker, if is_stuck { HealthStatus::Down } else { HealthStatus::Up }, detail)
}

async fn redis(app: &App) -> PartHealth {
    match app.budget.redis().answers().await {
        None => part(ServerPartName::Redis, HealthStatus::Off, "REDIS_URL is not set."),
        Some(true) => part(ServerPartName::Redis, HealthStatus::Up, "It answers."),
        Some(false) => part(
            ServerPartName::Redis,
            HealthStatus::Down,
            "It does not answer; each copy counts its limits for itself.",
        ),
    }
}

fn models(app: &App) -> PartHealth {
    let providers = app.clients.llm.snapshot().providers;
    let closed = providers.iter().filter(|state| state.breaker == BreakerState::Closed).count();
    let status = match closed {
        _ if providers.is_empty() => HealthStatus::Off,
        0 => HealthStatus::Down,
        closed if closed < providers.len() => HealthStatus::Degraded,
        _ => HealthStatus::Up,
    };
    let states = providers.iter().map(|state| format!("{}: breaker {}", state.provider, state.breaker.as_str()));
    let states: Vec<_> = states.collect();
    let detail = if states.is_empty() { "No provider is set up.".to_owned() } else { states.join(", ") };
    part(ServerPartName::Models, status, detail)
}

/// Returns the health of a service with any of `targets`, from the results of the last calls.
fn service(app: &App, name: ServerPartName, targets: &[String]) -> PartHealth {
    if targets.is_empty() {
        return part(name, HealthStatus::Off, "It is not set up.");
    }
    let calls = app.ambient.metrics().calls();
    let failures: Vec<_> = targets.iter().filter_map(|target| calls.failures_in_a_row(target)).collect();
    match failures.iter().min() {
        None => part(name, HealthStatus::Unknown, "It is set up and has not been called yet."),
        Some(failures) if *failures >= FAILURES => {
            part(name, HealthStatus::Down, format!("The last {failures} calls got no answer."))
        }
        Some(_) => part(name, HealthStatus::Up, "It answered recently."),
    }
}
