//! Rate limit of requests to a service, shared by all server processes through a row in the database.
//!
//! A request waits for its slot. Slots are an interval apart; each is reserved by one statement, and awaited outside of
//! the transaction. A process reserves its next slot only after using the previous one, so that processes alternate,
//! and one that was suspended has at most one late request.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, Statement};
use tokio::{sync::Mutex, time::Instant};

use rapport_toolkit::{ambient::Ambient, db::Db};

/// Distance of the next slot beyond which the row must have been written by a clock that was ahead.
const HORIZON: Duration = Duration::from_secs(120);

/// Maximum pause of a service. One that ends later was written by a clock that was ahead.
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);
/// Maximum number of missed slots that are replaced by new ones.
const MOST_MISSED: u32 = 3;

/// Reason why there is no slot.
#[derive(Debug, Clone, thiserror::Error)]
pub enum PaceError {
    /// The service demanded a pause, which is not over.
    #[error("nothing is asked for another {} s", .retry_after.as_secs())]
    Blocked {
        /// Remaining pause.
        retry_after: Duration,
    },
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbErr),
}

/// The rate limit of one service.
pub struct Pace {
    db: Db,
    ambient: Ambient,
    name: &'static str,
    interval: Duration,
    /// Locked from the reservation of a slot until its time; holds the time of the previous one.
    turn: Mutex<Option<Instant>>,
}

impl Pace {
    /// Creates the rate limit of the service `name`: requests per second of all server processes together.
    pub fn new(db: Db, ambient: Ambient, name: &'static str, per_second: u32) -> Self {
        Self { db, ambient, name, interval: Duration::from_secs(1) / per_second.max(1), turn: Mutex::default() }
    }

    /// Waits for a slot for one request.
    ///
    /// # Errors
    /// [`PaceError::Blocked`], at once, during a pause of the service.
    pub async fn slot(&self) -> Result<(), PaceError> {
        let mut before = self.turn.lock().await;
        for _ in 0..MOST_MISSED {
            let wait = self.reserve().await?;
            let reserved = Instant::now();
            tokio::time::sleep(wait).await;
            // Who comes later than this would come together with those that follow.
            if reserved.elapsed() < wait + self.interval {
                break;
            }
        }
        // One that came late must not be followed by the next at once.
        if let Some(before) = *before {
            tokio::time::sleep_until(before + self.interval).await;
        }
        *before = Some(Instant::now());
        Ok(())
    }

    /// Blocks slots of all server processes for `pause`. A longer pause in effect is kept.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn block(&self, pause: Duration) -> Result<(), DbErr> {
        let sql = "INSERT INTO pace (name, next_at, blocked_until) VALUES ($1, 0, $2) \
                   ON CONFLICT (name) DO UPDATE SET blocked_until = CASE \
                   WHEN pace.blocked_until > excluded.blocked_until AND pace.blocked_until <= $3 \
                   THEN pace.blocked_until \
                   ELSE excluded.blocked_until END";
        let now = self.ambient.shared_now();
        let values = [self.name.into(), (now + pause.min(LONGEST_PAUSE)).into(), (now + LONGEST_PAUSE).into()];
        let tx = self.db.begin().await?;
        tx.execute_raw(Statement::from_sql_and_values(self.db.backend(), sql, values)).await?;
        tx.commit().await
    }

    /// Reserves the next slot, and returns the time until it.
    ///
    /// Slots use the clock of the database, because processes must agree to milliseconds. The end of a pause uses our
    /// own clock, like leases, where seconds do not matter.
    async fn reserve(&self) -> Result<Duration, PaceError> {
        let clock = if self.db.is_postgres() {
            "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint)"
        } else {
            "CAST(unixepoch('now', 'subsec') * 1000000 AS integer)"
        };
        let sql = format!(
            "INSERT INTO pace (name, next_at) VALUES ($1, {clock} + $2) \
             ON CONFLICT (name) DO UPDATE SET next_at = CASE \
             WHEN pace.blocked_until > $3 AND pace.blocked_until <= $5 THEN pace.next_at \
             WHEN pace.next_at BETWEEN {clock} AND {clock} + $4 THEN pace.next_at + $2 \
             ELSE {clock} + $2 END \
             RETURNING next_at - $2 - {clock} AS wait, blocked_until"
        );
        let now = self.ambient.shared_now();
        let latest = now + LONGEST_PAUSE;
        let values =
            [self.name.into(), micros(self.interval).into(), now.into(), micros(HORIZON).into(), latest.into()];
        let tx = self.db.begin().await?;
        let row = tx.query_one_raw(Statement::from_sql_and_values(self.db.backend(), sql, values)).await?;
        tx.commit().await?;
        let row = row.ok_or_else(|| DbErr::RecordNotFound("the statement returns its row".to_owned()))?;
        let blocked_until: Option<DateTime<Utc>> = row.try_get("", "blocked_until")?;
        if let Some(retry_after) =
            blocked_until.filter(|until| *until > now && *until <= latest).and_then(|until| (until - now).to_std().ok())
        {
            return Err(PaceError::Blocked { retry_after });
        }
        let wait: i64 = row.try_get("", "wait")?;
        Ok(Duration::from_micros(u64::try_from(wait).unwrap_or_default()))
    }
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}
