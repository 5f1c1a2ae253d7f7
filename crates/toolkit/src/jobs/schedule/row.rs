//! The table of schedules.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Statement, Value};

use super::tick::{LastRun, Tick};
use crate::{
    ambient::Ambient,
    db::{Db, Id, WriteTx},
    error::{Error, Result},
    jobs::JobRow,
    periods::{Recurrence, Zone},
};

/// Number of schedules of a kind that are read at a time.
pub(super) const BATCH: usize = 100;

const SELECT: &str =
    "SELECT name, cron, time_zone, next_run_at, last_run_at, last_tick, last_job_id FROM scheduled_tasks";

/// A schedule of a domain.
#[derive(Debug, Clone, Copy)]
pub struct NewSchedule<'a> {
    /// The kind, as in [`Schedule::with_kind`](super::Schedule::with_kind).
    pub kind: &'a str,
    /// The object whose schedule it is.
    pub subject: &'a str,
    /// Its times.
    pub recurrence: &'a Recurrence,
    /// The time zone of its times.
    pub zone: &'a Zone,
}

/// Sets the schedule of an object, which replaces the one it had, and returns the first time by it. A tick of the one before
/// that is due and not yet fired still fires, earlier than that.
///
/// # Errors
/// If the recurrence does not come any more, or the database fails.
pub async fn set_schedule(tx: &WriteTx, ambient: &Ambient, new: NewSchedule<'_>) -> Result<DateTime<Utc>> {
    let NewSchedule { kind, subject, recurrence, zone } = new;
    let now = ambient.shared_now();
    let next = next_of(recurrence, zone, now)?;
    let sql = format!(
        "INSERT INTO scheduled_tasks (name, kind, cron, time_zone, next_run_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (name) DO UPDATE SET cron = $3, time_zone = $4, next_run_at = {}",
        unless_due("$5", "$6")
    );
    let values: [Value; 6] = [
        name_of(kind, subject).into(),
        kind.into(),
        recurrence.to_string().into(),
        zone.name().into(),
        next.into(),
        now.into(),
    ];
    run(tx, &sql, values).await?;
    Ok(next)
}

/// Deletes the schedule of an object, if it has one.
///
/// # Errors
/// When the database fails.
pub async fn delete_schedule(tx: &WriteTx, kind: &str, subject: &str) -> Result<(), DbErr> {
    run(tx, "DELETE FROM scheduled_tasks WHERE name = $1", [name_of(kind, subject).into()]).await.map(drop)
}

/// Returns the first time of `recurrence` after `after`.
pub(super) fn next_of(recurrence: &Recurrence, zone: &Zone, after: DateTime<Utc>) -> Result<DateTime<Utc>> {
    recurrence.next(zone, after).ok_or_else(|| Error::internal(anyhow::anyhow!("`{recurrence}` never comes")))
}

/// Returns the time of a row that is set anew: `next`, unless a tick of before is due at `now`, which is not lost.
fn unless_due(next: &str, now: &str) -> String {
    format!("CASE WHEN scheduled_tasks.next_run_at <= {now} THEN scheduled_tasks.next_run_at ELSE {next} END")
}

fn name_of(kind: &str, subject: &str) -> String {
    format!("{kind}:{subject}")
}

/// Runs a statement, and returns the number of rows that it changed.
async fn run(tx: &WriteTx, sql: &str, values: impl IntoIterator<Item = Value>) -> Result<u64, DbErr> {
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    Ok(tx.execute_raw(statement).await?.rows_affected())
}

/// A schedule as the table has it.
#[derive(Debug, Clone)]
pub(super) struct Row {
    name: String,
    pub(super) cron: String,
    /// The time zone by which `next_run_at` was told.
    pub(super) time_zone: String,
    pub(super) next_run_at: DateTime<Utc>,
    pub(super) last_run: Option<LastRun>,
}

impl Row {
    /// Returns the rows of the server's own tasks, by name.
    pub(super) async fn of_tasks(db: &Db) -> Result<HashMap<String, Self>, DbErr> {
        let sql = format!("{SELECT} WHERE kind IS NULL");
        let rows = db.reader().query_all_raw(Statement::from_string(db.backend(), sql)).await?;
        rows.iter().map(Self::read).map(|row| row.map(|row| (row.name.clone(), row))).collect()
    }

    /// Returns schedules of a kind that are due, the longest due first, so many at a time: those after `last`.
    pub(super) async fn due(db: &Db, kind: &str, now: DateTime<Utc>, last: Option<&Self>) -> Result<Vec<Self>, DbErr> {
        let mut values: Vec<Value> = vec![kind.into(), now.into()];
        let after = last.map_or("", |last| {
            values.extend([last.next_run_at.into(), last.name.as_str().into()]);
            " AND (next_run_at > $3 OR next_run_at = $3 AND name > $4)"
        });
        let sql =
            format!("{SELECT} WHERE kind = $1 AND next_run_at <= $2{after} ORDER BY next_run_at, name LIMIT {BATCH}");
        let find = Statement::from_sql_and_values(db.backend(), sql, values);
        db.reader().query_all_raw(find).await?.iter().map(Self::read).collect()
    }

    fn read(row: &QueryResult) -> Result<Self, DbErr> {
        let tick: Option<DateTime<Utc>> = row.try_get("", "last_tick")?;
        let at: Option<DateTime<Utc>> = row.try_get("", "last_run_at")?;
        let job: Option<Id<JobRow>> = row.try_get("", "last_job_id")?;
        Ok(Self {
            name: row.try_get("", "name")?,
            cron: row.try_get("", "cron")?,
            time_zone: row.try_get("", "time_zone")?,
            next_run_at: row.try_get("", "next_run_at")?,
            last_run: tick.zip(at).zip(job).map(|((tick, at), job)| LastRun { tick, at, job }),
        })
    }

    /// Returns the tick that is due at `now`: the latest, if several were missed.
    pub(super) fn tick(&self, recurrence: &Recurrence, now: DateTime<Utc>) -> Tick {
        let latest = Zone::parse(&self.time_zone).ok().and_then(|zone| recurrence.latest(&zone, now));
        let at = latest.map_or(self.next_run_at, |latest| latest.max(self.next_run_at));
        let subject = self.name.split_once(':').map_or(self.name.as_str(), |(_, subject)| subject);
        Tick { subject: subject.to_owned(), at, key: format!("{}@{}", self.name, at.timestamp()) }
    }

    /// Moves the row on to `next`, and returns the transaction in which the job of `tick` is to be enqueued; `None` if
    /// another process was faster.
    pub(super) async fn advance(
        &self,
        db: &Db,
        (next, zone): (DateTime<Utc>, &Zone),
        (tick, now): (&Tick, DateTime<Utc>),
    ) -> Result<Option<WriteTx>, DbErr> {
        let sql = "UPDATE scheduled_tasks SET next_run_at = $1, time_zone = $2, last_run_at = $3, last_tick = $4 \
                   WHERE name = $5 AND next_run_at = $6 AND cron = $7";
        let tx = db.begin().await?;
        let values: [Value; 7] = [
            next.into(),
            zone.name().into(),
            now.into(),
            tick.at.into(),
            self.name.as_str().into(),
            self.next_run_at.into(),
            self.cron.as_str().into(),
        ];
        Ok((run(&tx, sql, values).await? == 1).then_some(tx))
    }

    /// Notes the job that a tick started, and commits both.
    pub(super) async fn started(&self, tx: WriteTx, job: Id<JobRow>) -> Result<(), DbErr> {
        let sql = "UPDATE scheduled_tasks SET last_job_id = $1 WHERE name = $2";
        run(&tx, sql, [job.into(), self.name.as_str().into()]).await?;
        tx.commit().await
    }

    /// Moves the row to `next`, unless its time was changed since it was read.
    pub(super) async fn put_back(&self, db: &Db, next: DateTime<Utc>, zone: &Zone) -> Result<(), DbErr> {
        let sql = "UPDATE scheduled_tasks SET next_run_at = $1, time_zone = $2 WHERE name = $3 AND next_run_at = $4";
        let tx = db.begin().await?;
        let values = [next.into(), zone.name().into(), self.name.as_str().into(), self.next_run_at.into()];
        run(&tx, sql, values).await?;
        tx.commit().await
    }
}

/// Registers a new task, or one whose expression was changed. A tick that was due by the former one still fires.
pub(super) async fn register(
    db: &Db,
    (name, cron): (&str, &str),
    (next, zone): (DateTime<Utc>, &Zone),
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let sql = format!(
        "INSERT INTO scheduled_tasks (name, cron, time_zone, next_run_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (name) DO UPDATE SET cron = $2, time_zone = $3, next_run_at = {} WHERE scheduled_tasks.cron <> $2",
        unless_due("$4", "$5")
    );
    let tx = db.begin().await?;
    run(&tx, &sql, [name.into(), cron.into(), zone.name().into(), next.into(), now.into()]).await?;
    tx.commit().await
}
