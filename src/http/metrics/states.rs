//! States read at the time of a metrics request.

use std::time::Duration;

use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};

use super::models;
use crate::{
    app::App,
    events::{ConsumerLag, Lag},
    jobs::{self, JobStatus, QueueDepth},
    telemetry::{metrics::Rows, process},
    waits::{self, WaitKind},
};

/// Lifetime of cached database results, so that many readers cause no more queries than one.
const FRESH: Duration = Duration::from_secs(5);
/// Time limit of the database.
const PATIENCE: Duration = Duration::from_secs(2);

/// Reads the states.
#[derive(Debug, Default)]
pub(super) struct States {
    asked: Mutex<Option<(Instant, Option<Asked>)>>,
}

/// Cached database results.
#[derive(Debug, Clone)]
struct Asked {
    depth: Vec<QueueDepth>,
    lag: Lag,
    consumers: Vec<ConsumerLag>,
    waits: Vec<(WaitKind, i64)>,
}

impl States {
    pub(super) async fn gather(&self, app: &App) -> Rows {
        let mut rows = Rows::default();
        of_process(&mut rows, app);
        of_pools(&mut rows, app);
        models::add(&mut rows, &app.clients.llm.snapshot());
        let asked = self.ask(app).await;
        let is_up = if asked.is_some() { 1.0 } else { 0.0 };
        rows.gauge("rapport_database_up", "Whether the database answers.", [(vec![], is_up)]);
        rows.gauge(
            "rapport_event_topics",
            "Topics of the event log that somebody follows in this process.",
            [(vec![], app.events.followed_topics() as f64)],
        );
        if let Some(asked) = asked {
            of_events(&mut rows, app, asked.lag);
            of_consumers(&mut rows, app, &asked.consumers);
            of_queue(&mut rows, app, &asked.depth);
            let waits =
                asked.waits.iter().map(|(kind, count)| (vec![("kind", kind.as_str().to_owned())], *count as f64));
            rows.gauge("rapport_waits", "Open waits for times, events and decisions, by kind.", waits);
        }
        rows
    }

    async fn ask(&self, app: &App) -> Option<Asked> {
        let mut asked = self.asked.lock().await;
        if let Some((at, answer)) = &*asked
            && at.elapsed() < FRESH
        {
            return answer.clone();
        }
        let (events, db) = (&app.events, &app.db);
        let answer =
            async { tokio::try_join!(jobs::depth(db), events.lag(), events.consumer_lags(), waits::open_waits(db)) };
        let answer = timeout(PATIENCE, answer).await.ok().and_then(Result::ok);
        let answer = answer.map(|(depth, lag, consumers, waits)| Asked { depth, lag, consumers, waits });
        *asked = Some((Instant::now(), answer.clone()));
        answer
    }
}

fn of_process(rows: &mut Rows, app: &App) {
    let version = vec![("version", env!("CARGO_PKG_VERSION").to_owned()), ("database", backend(app).to_owned())];
    rows.gauge("rapport_build_info", "Always 1; the labels say which program this is.", [(version, 1.0)]);
    let started = app.ambient.metrics().started().timestamp_millis() as f64 / 1000.0;
    rows.gauge("process_start_time_seconds", "When the process was started, in Unix time.", [(vec![], started)]);
    let Some(usage) = process::usage() else { return };
    rows.counter("process_cpu_seconds", "Time on processors.", [(vec![], usage.cpu_seconds)]);
    rows.gauge("process_resident_memory_bytes", "Memory held in RAM.", [(vec![], usage.resident_bytes as f64)]);
    rows.gauge("process_open_fds", "Open files and connections.", [(vec![], usage.open_files as f64)]);
    rows.gauge("process_threads", "Threads of the process.", [(vec![], usage.threads as f64)]);
}

fn backend(app: &App) -> &'static str {
    if app.db.is_postgres() { "postgres" } else { "sqlite" }
}

fn of_pools(rows: &mut Rows, app: &App) {
    let pools = app.db.pools();
    let labels =
        |pool: &crate::db::PoolUse, state: &str| vec![("pool", pool.name.to_owned()), ("state", state.to_owned())];
    let connections = pools.iter().flat_map(|pool| {
        let used = f64::from(pool.open) - pool.idle as f64;
        [(labels(pool, "used"), used.max(0.0)), (labels(pool, "idle"), pool.idle as f64)]
    });
    rows.gauge("rapport_database_connections", "Connections to the database, by pool and state.", connections);
    let most = pools.iter().map(|pool| (vec![("pool", pool.name.to_owned())], f64::from(pool.most)));
    rows.gauge("rapport_database_connections_max", "The most connections of a pool.", most);
}

fn of_events(rows: &mut Rows, app: &App, lag: Lag) {
    let waited = lag.oldest.map_or(0.0, |oldest| seconds_since(app, oldest));
    rows.gauge(
        "rapport_event_lag_seconds",
        "How long the oldest event has waited that is written and not handed to its followers.",
        [(vec![], waited)],
    );
    rows.gauge(
        "rapport_event_lag_events",
        "Events that are written and not handed to their followers; 1000 stands for more too.",
        [(vec![], lag.events as f64)],
    );
    rows.gauge(
        "rapport_event_tail_silent_seconds",
        "How long ago the event log was read.",
        [(vec![], lag.silent_for.as_secs_f64())],
    );
}

fn of_consumers(rows: &mut Rows, app: &App, consumers: &[ConsumerLag]) {
    let of_each = |value: &dyn Fn(&ConsumerLag) -> f64| -> Vec<_> {
        consumers.iter().map(|lag| (vec![("consumer", lag.state.name.clone())], value(lag))).collect()
    };
    let waited = of_each(&|lag| lag.oldest.map_or(0.0, |oldest| seconds_since(app, oldest).max(0.0)));
    let help = "How long the oldest event has waited that the consumer has not reacted to.";
    rows.gauge("rapport_event_consumer_lag_seconds", help, waited);
    let help = "Events that the consumer has not reacted to; 1000 stands for more too.";
    rows.gauge("rapport_event_consumer_lag_events", help, of_each(&|lag| lag.events as f64));
    let help = "Failed attempts of the consumer at its next event.";
    rows.gauge("rapport_event_consumer_failures", help, of_each(&|lag| f64::from(lag.state.failures)));
    let help = "How often events were purged before the consumer read them.";
    rows.gauge("rapport_event_consumer_losses", help, of_each(&|lag| f64::from(lag.state.losses)));
}

fn of_queue(rows: &mut Rows, app: &App, depth: &[QueueDepth]) {
    let status = |status| if status == JobStatus::Queued { "queued" } else { "running" };
    let jobs = depth.iter().map(|depth| {
        let labels = vec![("kind", depth.kind.clone()), ("status", status(depth.status).to_owned())];
        (labels, depth.jobs as f64)
    });
    rows.gauge("rapport_jobs", "Jobs in the queue of all processes that have not ended, by kind and status.", jobs);
    let due = depth
        .iter()
        .filter(|depth| depth.status == JobStatus::Queued)
        .map(|depth| (vec![("kind", depth.kind.clone())], seconds_since(app, depth.due_since).max(0.0)));
    rows.gauge(
        "rapport_job_oldest_due_seconds",
        "How long the job has been due that has waited longest for a worker, by kind; 0 when none is due.",
        due,
    );
}

fn seconds_since(app: &App, at: chrono::DateTime<chrono::Utc>) -> f64 {
    (app.ambient.now() - at).as_seconds_f64()
}
