//! The time from the commit of an event to that of the reaction.

use std::{sync::Arc, time::Duration};

use anyhow::{Result, bail};
use clap::Args;
use hdrhistogram::Histogram;
use rapport_toolkit::{
    ambient::Ambient,
    db::Db,
    events::{EventConsumer, EventLog, NewEvent, Topic, append},
};
use serde_json::json;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};
use tokio_util::sync::CancellationToken;

use crate::{
    database::{config, count, open, prepare},
    owner::{HAPPENED, Tally},
};

/// Time between two looks for reactions, by which they may seem later than they are.
const LOOK: Duration = Duration::from_millis(2);
const PATIENCE: Duration = Duration::from_secs(60);

/// How many events.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Number of events.
    #[arg(long, default_value_t = 2000)]
    events: u32,
    /// Events a second.
    #[arg(long, default_value_t = 50)]
    rate: u32,
}

/// Measures, with the consumer in the process that writes, then in another.
///
/// # Errors
/// If the database fails, or a reaction does not come.
pub(crate) async fn run(url: &str, arguments: &Arguments) -> Result<()> {
    let (config, ambient) = (config(url)?, Ambient::system());
    let db = open(&config.database).await?;
    prepare(&db).await?;
    let log = EventLog::open(&db, &ambient).await?;
    log.register(&[Tally.name()]).await?;
    let kind = if db.is_postgres() { "PostgreSQL" } else { "SQLite" };
    for place in ["the same process", "another process"] {
        let stop = CancellationToken::new();
        // Another process has a connection, a tail and wake-ups of its own.
        let reacting = if place == "another process" {
            EventLog::open(&open(&config.database).await?, &Ambient::system()).await?
        } else {
            log.clone()
        };
        for log in [Some(&log), (place == "another process").then_some(&reacting)].into_iter().flatten() {
            let (log, token, poll) = (log.clone(), stop.clone(), config.events.poll);
            tokio::spawn(async move { log.run(poll, token).await });
        }
        let (token, poll) = (stop.clone(), config.events.poll);
        tokio::spawn(async move { reacting.consume(&[Arc::new(Tally) as Arc<dyn EventConsumer>], poll, token).await });
        let times = measure(&db, &ambient, arguments).await?;
        stop.cancel();
        let at = |quantile| times.value_at_quantile(quantile) as f64 / 1000.0;
        let (most, rate, events) = (times.max() as f64 / 1000.0, arguments.rate, arguments.events);
        println!("| {kind} | {place} | {events} | {rate} | {:.1} | {:.1} | {most:.1} |", at(0.5), at(0.99));
    }
    Ok(())
}

/// Returns the times in microseconds.
async fn measure(db: &Db, ambient: &Ambient, arguments: &Arguments) -> Result<Histogram<u64>> {
    let before = tallied(db).await?;
    let (told, mut commits) = tokio::sync::mpsc::unbounded_channel();
    let (writer, clock, all) = (db.clone(), ambient.clone(), arguments.events);
    let mut ticks = interval(Duration::from_secs(1) / arguments.rate.max(1));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let writing = tokio::spawn(async move {
        for number in 0..all {
            ticks.tick().await;
            let mut tx = writer.begin().await?;
            let payload = json!({ "number": number });
            append(
                &mut tx,
                &clock,
                NewEvent { topic: Topic::unordered("probes"), kind: HAPPENED, payload, actor: None },
            )
            .await?;
            tx.commit().await?;
            if told.send(Instant::now()).is_err() {
                break;
            }
        }
        anyhow::Ok(())
    });
    let mut times = Histogram::new_with_bounds(1, 60_000_000, 3)?;
    let (mut waiting, mut seen) = (std::collections::VecDeque::new(), 0);
    let mut last = Instant::now();
    while seen < u64::from(arguments.events) {
        let reached = tallied(db).await? - before;
        let now = Instant::now();
        while let Ok(commit) = commits.try_recv() {
            waiting.push_back(commit);
        }
        // Reactions come in the order of the events.
        while seen < reached {
            let Some(commit) = waiting.pop_front() else { break };
            let micros: u64 = now.saturating_duration_since(commit).as_micros().try_into()?;
            times.record(micros.max(1))?;
            (seen, last) = (seen + 1, now);
        }
        if last.elapsed() > PATIENCE {
            bail!("no reaction for {} s", PATIENCE.as_secs());
        }
        sleep(LOOK).await;
    }
    writing.await??;
    Ok(times)
}

async fn tallied(db: &Db) -> Result<u64> {
    Ok(count(db, "SELECT COUNT(*) AS count FROM probe_tally").await?.try_into()?)
}
