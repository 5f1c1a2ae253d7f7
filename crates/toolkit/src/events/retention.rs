//! Deletion of old events.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, Value};

use super::{cursor::position_of, history::HISTORY, log::EventLog};
use crate::db::WriteTx;

/// Events purged per transaction. On PostgreSQL, events written after its start are unreadable until its end.
const PURGE_BATCH: usize = 1000;

impl EventLog {
    /// Deletes the events written before `cutoff`, up to the first that was not, so that an event with a wrong, old
    /// time takes no younger ones with it. Returns the number deleted.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn purge(&self, cutoff: DateTime<Utc>) -> Result<u64, DbErr> {
        let mut purged = 0;
        loop {
            let batch = self.purge_batch(cutoff).await?;
            purged += batch;
            if batch < PURGE_BATCH as u64 {
                return Ok(purged);
            }
        }
    }

    /// Deletes one batch of old events, and records the position up to which they were deleted.
    async fn purge_batch(&self, cutoff: DateTime<Utc>) -> Result<u64, DbErr> {
        let tx = self.db.begin().await?;
        tx.lock(HISTORY).await?;
        let oldest = format!("SELECT tx, id, at FROM events ORDER BY tx, id LIMIT {PURGE_BATCH}");
        let rows = tx.query_all_raw(self.statement(&oldest, [])).await?;
        let places = rows.iter().map(|row| Ok((position_of(row)?, row.try_get::<DateTime<Utc>>("", "at")?)));
        let places = places.collect::<Result<Vec<_>, DbErr>>()?;
        let Some((last, _)) = places.into_iter().take_while(|(_, at)| *at < cutoff).last() else { return Ok(0) };
        let place: [Value; 2] = [last.tx.into(), last.id.into()];
        let purged = "UPDATE event_log SET purged_tx = $1, purged_id = $2 WHERE id = 1";
        tx.execute_raw(self.statement(purged, place.clone())).await?;
        let deleted = tx.execute_raw(self.statement("DELETE FROM events WHERE (tx, id) <= ($1, $2)", place)).await?;
        tx.commit().await?;
        Ok(deleted.rows_affected())
    }

    /// Deletes events of `topic` written before the event `before`, all or those of some `kinds`, which a later event makes
    /// redundant. Cursors on them stay valid, since the history continues.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget(&self, tx: &WriteTx, topic: &str, kinds: &[&str], before: i64) -> Result<u64, DbErr> {
        let places: Vec<_> = (0..kinds.len()).map(|n| format!("${}", n + 3)).collect();
        let of_kinds = if places.is_empty() { String::new() } else { format!(" AND kind IN ({})", places.join(", ")) };
        let sql = format!("DELETE FROM events WHERE topic = $1 AND id < $2{of_kinds}");
        let values = [topic.into(), before.into()].into_iter().chain(kinds.iter().map(|kind| (*kind).into()));
        Ok(tx.execute_raw(self.statement(&sql, values)).await?.rows_affected())
    }
}
