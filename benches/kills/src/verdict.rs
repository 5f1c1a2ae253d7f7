//! What must be true in the end.

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use rapport_toolkit::{
    ambient::Ambient,
    db::Db,
    events::EventLog,
    waits::{SweepWaits, Waiters},
};
use tokio::time::{Instant, sleep};

use crate::{
    database::{count, rows},
    owner::HAPPENED,
};

/// Time for the last events to be read and the last jobs to end.
const PATIENCE: Duration = Duration::from_secs(60);

/// Holds that each reaction came once, and that nothing is left over.
///
/// # Errors
/// If that is not so.
pub(crate) async fn give(db: &Db, log: &EventLog, ambient: &Ambient, waiters: &Waiters, runs: i32) -> Result<()> {
    let end = Instant::now() + PATIENCE;
    while let Some(left) = left_over(db, log).await? {
        ensure!(Instant::now() < end, "{left}");
        sleep(Duration::from_millis(50)).await;
    }
    for (path, outcome) in [("pause", "Due"), ("event", "Matched"), ("approval", "Approved")] {
        let sql = format!(
            "SELECT COUNT(*) AS count FROM (SELECT run FROM probe_reactions WHERE path = '{path}' \
             AND outcome = '{outcome}' GROUP BY run HAVING COUNT(*) = 1) AS once"
        );
        let once = count(db, &sql).await?;
        ensure!(once == i64::from(runs), "of {runs} runs {once} went on after `{path}` once");
    }
    let reactions = count(db, "SELECT COUNT(*) AS count FROM probe_reactions").await?;
    ensure!(reactions == 3 * i64::from(runs), "{reactions} reactions of {runs} runs, of three each");
    let ends = count(db, "SELECT COUNT(*) AS count FROM events WHERE kind = 'wait.ended'").await?;
    ensure!(ends == reactions, "{ends} events tell of {reactions} ends of waits");
    let counted = ids(db, "SELECT event AS id FROM probe_tally ORDER BY place").await?;
    let happened = ids(db, &format!("SELECT id FROM events WHERE kind = '{HAPPENED}' ORDER BY tx, id")).await?;
    ensure!(happened.len() == usize::try_from(runs)?, "{} events of {runs} runs", happened.len());
    ensure!(counted == happened, "the consumer counted {counted:?} of {happened:?}");
    let sweep = SweepWaits {
        db: db.clone(),
        ambient: ambient.clone(),
        waiters: waiters.clone(),
        retention: Duration::from_secs(86_400),
    };
    let swept = sweep.look_at_all().await?;
    ensure!(swept.open == 0 && swept.lost.is_empty() && swept.failed == 0, "the sweep found {swept:?}");
    Ok(())
}

/// Says what is not done yet.
async fn left_over(db: &Db, log: &EventLog) -> Result<Option<String>> {
    for lag in log.consumer_lags().await? {
        let state = lag.state;
        if state.losses > 0 {
            bail!("{} lost events", state.name);
        }
        if lag.events > 0 {
            return Ok(Some(format!("{} has {} events before it ({:?})", state.name, lag.events, state.last_error)));
        }
    }
    let jobs = count(db, "SELECT COUNT(*) AS count FROM jobs WHERE status <> 'COMPLETED'").await?;
    Ok((jobs > 0).then(|| format!("{jobs} jobs are not completed")))
}

/// Says where runs are that are not done.
pub(crate) async fn undone(db: &Db) -> Result<String> {
    let sql = "SELECT number, (SELECT COUNT(*) FROM probe_reactions WHERE run = number) AS count FROM probe_runs \
               WHERE is_done = FALSE ORDER BY number";
    let mut all = Vec::new();
    for row in rows(db, sql).await? {
        let (number, reactions): (i32, i64) = (row.try_get("", "number")?, row.try_get("", "count")?);
        all.push(format!("{number} after {reactions} reactions"));
    }
    Ok(all.join(", "))
}

async fn ids(db: &Db, sql: &str) -> Result<Vec<i64>> {
    let rows = rows(db, sql).await?;
    rows.iter().map(|row| row.try_get("", "id").context("an event without an id")).collect()
}
