//! The tail: reads new events in commit order and publishes them to the hub.

use std::{
    sync::{Arc, PoisonError, atomic::AtomicU64},
    time::Duration,
};

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    cursor::Position,
    error::EventsError,
    log::EventLog,
    news::{AFTER_FAILURE, exchange_news},
};
use crate::{
    ambient::Ambient,
    db::{Db, PATIENCE, Signal, within},
};

const PAGE: u64 = 500;
/// Initial delay before reading unsettled events again, growing up to [`MAX_RETRY`].
const MIN_RETRY: Duration = Duration::from_millis(2);
const MAX_RETRY: Duration = Duration::from_millis(100);
/// Time after which unsettled events are logged.
const HELD_BACK_TOO_LONG: Duration = Duration::from_secs(5);

/// Lag of the live events of this process behind the written log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lag {
    /// Number of events written but not published, up to [`Lag::MOST`].
    pub events: u64,
    /// Time at which the oldest of them was written.
    pub oldest: Option<DateTime<Utc>>,
    /// Time since the tail last read the log.
    pub silent_for: Duration,
}

impl Lag {
    /// Maximum number of counted events.
    pub const MOST: u64 = 1000;
}

impl EventLog {
    /// Opens the log. A new database gets an epoch, as does one that may have lost its latest commits: on PostgreSQL
    /// after a change of timeline or cluster, on SQLite if its machine went down while a process had it open.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open(db: &Db, ambient: &Ambient) -> Result<Self, DbErr> {
        let mut log = Self {
            db: db.clone(),
            hub: Arc::default(),
            start: Position::default(),
            epoch: Arc::default(),
            ambient: ambient.clone(),
            verified: Arc::new(AtomicU64::new(db.connections_made())),
            server: Arc::default(),
            opening: None,
            tail: Arc::default(),
            read_to: Arc::default(),
        };
        log.open_history().await?;
        log.start = log.end().await?;
        log.tail_looked(log.start);
        Ok(log)
    }

    /// Returns the lag of the tail.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lag(&self) -> Result<Lag, DbErr> {
        let (last, looked_at) = {
            let tail = self.tail.lock().unwrap_or_else(PoisonError::into_inner);
            (tail.last, tail.looked_at)
        };
        let (events, oldest) = self.waiting_after(last).await?;
        let silent_for = looked_at.map(|at| at.elapsed()).unwrap_or_default();
        Ok(Lag { events, oldest, silent_for })
    }

    /// Returns the number of events after `position`, up to [`Lag::MOST`], and the time of the oldest of them.
    pub(super) async fn waiting_after(&self, position: Position) -> Result<(u64, Option<DateTime<Utc>>), DbErr> {
        let sql = format!(
            "SELECT COUNT(*) AS events, MIN(at) AS oldest FROM \
             (SELECT at FROM events WHERE (tx, id) > ($1, $2) ORDER BY tx, id LIMIT {}) AS waiting",
            Lag::MOST
        );
        let row =
            self.db.reader().query_one_raw(self.statement(&sql, [position.tx.into(), position.id.into()])).await?;
        let row = row.ok_or_else(|| DbErr::RecordNotFound("events".to_owned()))?;
        let events = u64::try_from(row.try_get::<i64>("", "events")?).unwrap_or_default();
        Ok((events, row.try_get("", "oldest")?))
    }

    /// Runs the tail until `stop`, then ends all subscriptions. `poll` is the interval of reads without a wake-up.
    pub async fn run(&self, poll: Duration, stop: CancellationToken) {
        tokio::select! {
            () = stop.cancelled() => {}
            () = self.tail(poll) => {}
            () = exchange_news(&self.db, &self.ambient) => {}
        }
        self.hub.close();
    }

    async fn tail(&self, poll: Duration) {
        let (mut last, mut epoch, mut is_poll) = (self.start, self.epoch(), false);
        let mut retry = MIN_RETRY;
        let mut held_back = HeldBack::default();
        loop {
            let before = last;
            self.tail_turns();
            let wait = match self.drain(&mut last, &mut epoch, is_poll).await {
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
                    if !matches!(&error, EventsError::Db(error) if self.db.outage().covers(error)) {
                        tracing::error!(%error, "reading the event log; will try again");
                    }
                    AFTER_FAILURE
                }
            };
            is_poll = tokio::select! {
                () = self.db.signals().wait(Signal::Events) => false,
                () = sleep(wait) => true,
            };
        }
    }

    /// Publishes new events, and returns true if unsettled ones follow, which only PostgreSQL has. A poll that finds
    /// nothing also checks that the log has not become shorter.
    async fn drain(&self, last: &mut Position, epoch: &mut Uuid, is_poll: bool) -> Result<bool, EventsError> {
        loop {
            let look = within(PATIENCE, self.look(*last, PAGE)).await?;
            self.db.outage().answered();
            // After the reading, which may have made the connection.
            within(PATIENCE, self.verify_if_reconnected()).await?;
            if is_poll && look.events.is_empty() {
                within(PATIENCE, self.notice_loss(*last)).await?;
            }
            if self.epoch() != *epoch {
                let now = self.epoch();
                *last = within(PATIENCE, self.end()).await?;
                *epoch = now;
                self.tail_looked(*last);
                self.hub.interrupt();
                continue;
            }
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

/// Time for which unsettled events have been waiting.
#[derive(Default)]
struct HeldBack {
    since: Option<Instant>,
    is_told: bool,
}

impl HeldBack {
    /// Logs a long wait once: on PostgreSQL any writing transaction, in any database of the cluster, delays the events
    /// written after its start.
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
