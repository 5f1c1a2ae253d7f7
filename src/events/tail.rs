//! The tail: reads new events in commit order and hands them to the hub.

use std::{sync::PoisonError, time::Duration};

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, Statement};
use sqlx::postgres::PgListener;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::{EventLog, EventsError, Position};
use crate::db::{Db, Signal};

/// The PostgreSQL channel of wake-ups.
const CHANNEL: &str = "rapport";
const PAGE: u64 = 500;
/// How soon the tail looks again for events whose transaction is not settled yet, growing up to [`MAX_RETRY`].
const MIN_RETRY: Duration = Duration::from_millis(2);
const MAX_RETRY: Duration = Duration::from_millis(100);
/// How long events may be held back before the log says so.
const HELD_BACK_TOO_LONG: Duration = Duration::from_secs(5);
/// How long the tail waits after the database failed.
const AFTER_FAILURE: Duration = Duration::from_millis(500);

/// Where the tail is.
#[derive(Debug, Default)]
pub(super) struct TailState {
    last: Position,
    looked_at: Option<Instant>,
}

/// How far the live events of this process are behind what is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lag {
    /// Events that are written and not handed out yet, at most [`Lag::MOST`].
    pub events: u64,
    /// When the oldest of them was written.
    pub oldest: Option<DateTime<Utc>>,
    /// How long ago the tail read the log.
    pub silent_for: Duration,
}

impl Lag {
    /// Events are counted up to here.
    pub const MOST: u64 = 1000;
}

impl EventLog {
    /// How far the tail is behind.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lag(&self) -> Result<Lag, DbErr> {
        let (last, looked_at) = {
            let tail = self.tail.lock().unwrap_or_else(PoisonError::into_inner);
            (tail.last, tail.looked_at)
        };
        let sql = format!(
            "SELECT COUNT(*) AS events, MIN(at) AS oldest FROM \
             (SELECT at FROM events WHERE (tx, id) > ($1, $2) ORDER BY tx, id LIMIT {}) AS waiting",
            Lag::MOST
        );
        let statement = Statement::from_sql_and_values(self.db.backend(), sql, [last.tx.into(), last.id.into()]);
        let row = self.db.reader().query_one_raw(statement).await?;
        let row = row.ok_or_else(|| DbErr::RecordNotFound("events".to_owned()))?;
        let events = u64::try_from(row.try_get::<i64>("", "events")?).unwrap_or_default();
        let silent_for = looked_at.map(|at| at.elapsed()).unwrap_or_default();
        Ok(Lag { events, oldest: row.try_get("", "oldest")?, silent_for })
    }

    /// Up to where this process has read the log: every change before it is committed, and can be read. Costs nothing, and
    /// lies behind [`EventLog::end`] by what the tail has not read yet.
    pub fn seen(&self) -> Position {
        self.tail.lock().unwrap_or_else(PoisonError::into_inner).last
    }

    pub(super) fn tail_looked(&self, last: Position) {
        // Both are whole after any panic.
        *self.tail.lock().unwrap_or_else(PoisonError::into_inner) = TailState { last, looked_at: Some(Instant::now()) };
    }

    /// Runs the tail until `stop`, then ends all subscriptions. `poll` is how often it looks when nothing wakes it.
    pub async fn run(&self, poll: Duration, stop: CancellationToken) {
        tokio::select! {
            () = stop.cancelled() => {}
            () = self.tail(poll) => {}
            () = tell_others(&self.db) => {}
            () = hear_others(&self.db) => {}
        }
        self.hub.close();
    }

    async fn tail(&self, poll: Duration) {
        let mut last = self.start;
        let mut retry = MIN_RETRY;
        let mut held_back = HeldBack::default();
        loop {
            let before = last;
            let wait = match self.drain(&mut last).await {
                Ok(true) => {
                    if last > before {
                        // What is held back now is not what was held back before.
                        held_back = HeldBack::default();
                        retry = MIN_RETRY;
                    }
                    held_back.note();
                    retry = (retry * 2).min(MAX_RETRY);
                    retry
                }
                Ok(false) => {
                    held_back = HeldBack::default();
                    retry = MIN_RETRY;
                    poll
                }
                Err(error) => {
                    tracing::error!(%error, "reading the event log; will try again");
                    AFTER_FAILURE
                }
            };
            tokio::select! {
                () = self.db.signals().wait(Signal::Events) => {}
                () = sleep(wait) => {}
            }
        }
    }

    /// Publishes what is new, and says whether more is written that is not settled yet.
    async fn drain(&self, last: &mut Position) -> Result<bool, EventsError> {
        loop {
            let page = self.read_all(*last, PAGE).await?;
            let is_full = page.len() as u64 == PAGE;
            for event in page {
                *last = event.position;
                self.hub.publish(event);
            }
            self.tail_looked(*last);
            if !is_full {
                // Only PostgreSQL has events that are written and not settled.
                return Ok(self.db.is_postgres() && self.has_pending(*last).await?);
            }
        }
    }
}

/// How long events have been written that cannot be read yet.
#[derive(Default)]
struct HeldBack {
    since: Option<Instant>,
    is_told: bool,
}

impl HeldBack {
    /// Says so once when it takes long: on PostgreSQL any transaction that writes, in any database of the cluster, holds
    /// back the events that are written after its begin.
    fn note(&mut self) {
        let since = *self.since.get_or_insert_with(Instant::now);
        if since.elapsed() > HELD_BACK_TOO_LONG && !std::mem::replace(&mut self.is_told, true) {
            tracing::warn!(
                "new events cannot be read yet: a transaction that writes has been open for long somewhere in this \
                 PostgreSQL cluster; find it by backend_xid in pg_stat_activity"
            );
        }
    }
}

/// Tells the other processes that there is news. Outside any transaction: `NOTIFY` inside one takes a lock on commit that
/// all writers would share. Wake-ups that come while one is sent are told as one.
async fn tell_others(db: &Db) {
    if !db.is_postgres() {
        return std::future::pending().await;
    }
    loop {
        for signal in db.signals().wait_remote().await {
            let payload = match signal {
                Signal::Events => "events",
                Signal::Jobs => "jobs",
            };
            let sql = "SELECT pg_notify($1, $2)";
            let statement = Statement::from_sql_and_values(db.backend(), sql, [CHANNEL.into(), payload.into()]);
            if let Err(error) = db.reader().execute_raw(statement).await {
                tracing::warn!(%error, "telling the other processes of new events; they will see them at their next poll");
            }
        }
    }
}

/// Hears of news from the other processes. SQLite has no such thing; there the poll finds it.
async fn hear_others(db: &Db) {
    let Some(pool) = db.postgres() else { return std::future::pending().await };
    loop {
        if let Err(error) = listen(db, pool).await {
            tracing::warn!(%error, "listening for the other processes; will try again");
            sleep(AFTER_FAILURE).await;
        }
    }
}

async fn listen(db: &Db, pool: &sqlx::PgPool) -> Result<(), sqlx::Error> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(CHANNEL).await?;
    loop {
        // `None` means that the connection was lost and made again: anything may have been missed.
        match listener.try_recv().await?.as_ref().map(sqlx::postgres::PgNotification::payload) {
            Some("events") => db.signals().raise_here(Signal::Events),
            Some("jobs") => db.signals().raise_here(Signal::Jobs),
            _ => {
                db.signals().raise_here(Signal::Events);
                db.signals().raise_here(Signal::Jobs);
            }
        }
    }
}
