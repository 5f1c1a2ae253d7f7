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
            () = exchange_news(&self.db) => {}
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

    /// Publishes what is new, and says whether more is written that is not settled yet. Only PostgreSQL has such events.
    async fn drain(&self, last: &mut Position) -> Result<bool, EventsError> {
        loop {
            let look = self.look(*last, PAGE).await?;
            for event in look.events {
                *last = event.position;
                self.hub.publish(event);
            }
            self.tail_looked(*last);
            if look.is_held_back || !look.is_full {
                return Ok(look.is_held_back);
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

/// Hears of news from the other processes, and tells them of ours. SQLite has no such thing; there the poll finds it.
async fn exchange_news(db: &Db) {
    let Some(pool) = db.postgres() else { return std::future::pending().await };
    loop {
        if let Err(error) = listen_and_tell(db, pool).await {
            tracing::warn!(%error, "exchanging wake-ups with the other processes; will try again");
            sleep(AFTER_FAILURE).await;
        }
    }
}

/// On one connection, which belongs to this alone: one of the pool would have to be asked for each time.
async fn listen_and_tell(db: &Db, pool: &sqlx::PgPool) -> Result<(), sqlx::Error> {
    let mut listener = PgListener::connect_with(pool).await?;
    // What this process is called in its wake-ups, so that it does not wake itself by them. Made by the database, so that
    // no two of its clients have the same name.
    let own: String = sqlx::query_scalar("SELECT gen_random_uuid()::text").fetch_one(&mut listener).await?;
    listener.listen(CHANNEL).await?;
    // Anything may have been missed until now.
    raise(db, &Signal::ALL);
    loop {
        tokio::select! {
            heard = listener.try_recv() => match heard? {
                Some(notification) => raise(db, &news(&own, notification.payload())),
                // The connection was lost and made again.
                None => raise(db, &Signal::ALL),
            },
            raised = db.signals().wait_remote() => {
                // Outside any transaction: `NOTIFY` inside one takes a lock on commit that all writers would share.
                // Wake-ups that come while one is sent are told as one.
                let notify = sqlx::query("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(wake_up(&own, &raised));
                notify.execute(&mut listener).await?;
            }
        }
    }
}

fn raise(db: &Db, signals: &[Signal]) {
    for signal in signals {
        db.signals().raise_here(*signal);
    }
}

/// A wake-up as it is sent: who sends it, and of what there is news. Releases before this one sent one word without a
/// name, and take what they do not know for news of everything.
fn wake_up(own: &str, news: &[Signal]) -> String {
    let words: Vec<_> = std::iter::once(own).chain(news.iter().map(|signal| signal.as_str())).collect();
    words.join(" ")
}

/// Of what a wake-up tells: nothing when it is our own, everything when it cannot be read.
fn news(own: &str, payload: &str) -> Vec<Signal> {
    let words: Vec<_> = payload.split(' ').collect();
    if words.first() == Some(&own) {
        return Vec::new();
    }
    let told: Vec<_> = Signal::ALL.into_iter().filter(|signal| words.contains(&signal.as_str())).collect();
    if told.is_empty() { Signal::ALL.to_vec() } else { told }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_hears_the_others_and_not_itself() {
        let payload = wake_up("me", &[Signal::Events, Signal::Jobs]);
        assert_eq!(news("me", &payload), []);
        assert_eq!(news("you", &payload), Signal::ALL);
        assert_eq!(news("you", &wake_up("me", &[Signal::Jobs])), [Signal::Jobs]);
    }

    #[test]
    fn wake_ups_of_other_releases_are_heard() {
        assert_eq!(news("me", "events"), [Signal::Events]);
        assert_eq!(news("me", "jobs"), [Signal::Jobs]);
        assert_eq!(news("me", "something new"), Signal::ALL);
        assert_eq!(news("me", ""), Signal::ALL);
    }
}
