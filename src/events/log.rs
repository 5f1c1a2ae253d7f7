//! Reads the log: pages, ends, cursors, retention.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, atomic::AtomicU64},
};

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Statement, Value};
use uuid::Uuid;

use super::{
    Cursor, Event, EventsError, Found, Kept, Live, Position, Subscription, history::HISTORY, hub::Hub,
    opening::Opening, tail::TailState,
};
use crate::{
    ambient::Ambient,
    db::{Db, WriteTx},
};

/// Events purged in one transaction. On PostgreSQL nothing written after its begin can be read before its end.
const PURGE_BATCH: usize = 1000;

/// The event log of this process. Cheap to clone.
#[derive(Clone)]
pub struct EventLog {
    pub(super) db: Db,
    pub(super) hub: Arc<Hub>,
    /// Where the tail begins: fixed before anybody can subscribe, so that nothing falls between the two.
    pub(super) start: Position,
    pub(super) epoch: Arc<Mutex<Uuid>>,
    pub(super) ambient: Ambient,
    /// How many connections there had been when the history was last looked at.
    pub(super) verified: Arc<AtomicU64>,
    /// The PostgreSQL server that was seen last.
    pub(super) server: Arc<Mutex<Option<String>>>,
    /// On SQLite.
    pub(super) opening: Option<Opening>,
    pub(super) tail: Arc<Mutex<TailState>>,
}

impl std::fmt::Debug for EventLog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EventLog")
    }
}

/// What the tail finds when it looks.
#[derive(Default)]
pub(super) struct Look {
    /// Settled events, oldest first.
    pub(super) events: Vec<Arc<Event>>,
    /// Whether events are written behind these that are not settled yet.
    pub(super) is_held_back: bool,
    /// Whether as many rows were found as were asked for: there may be more.
    pub(super) is_full: bool,
}

impl EventLog {
    /// Opens the log. A new database gets an epoch. So does one that may have lost its last commits: on PostgreSQL one that is
    /// on another timeline or in another cluster, on SQLite one that a process had open when its machine ended.
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
        };
        log.open_history().await?;
        log.start = log.end().await?;
        log.tail_looked(log.start);
        Ok(log)
    }

    /// The opaque cursor of `position`.
    pub fn cursor(&self, position: Position) -> Cursor {
        Cursor { epoch: self.epoch(), position }
    }

    /// The position that `cursor` stands for.
    ///
    /// # Errors
    /// [`EventsError::HistoryLost`] when events after it were purged, or when it belongs to another history.
    pub async fn resolve(&self, cursor: Cursor) -> Result<Position, EventsError> {
        let mut history = self.history().await?;
        let end = self.written_end(self.db.reader()).await?;
        // After the reading, which may have made the connection.
        if self.verify_if_reconnected().await? {
            history = self.history().await?;
        }
        self.remember(history.epoch);
        let beyond_the_end = cursor.position > end;
        if cursor.epoch != history.epoch || cursor.position < history.purged || beyond_the_end {
            return Err(EventsError::HistoryLost);
        }
        Ok(cursor.position)
    }

    /// The end of what can be read now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end(&self) -> Result<Position, DbErr> {
        let sql = format!("SELECT tx, id FROM events WHERE {} ORDER BY tx DESC, id DESC LIMIT 1", self.settled());
        let row = self.db.reader().query_one_raw(self.statement(&sql, [])).await?;
        let found = row.as_ref().map(position_of).transpose()?;
        Ok(found.unwrap_or(self.history().await?.purged))
    }

    /// Where the last event of `topic` stands, as `snapshot` sees it (see [`Db::snapshot`]); the begin of the history when
    /// it has none. What else is read from the snapshot is of that moment too, where writers on the topic take its lock
    /// before their first change.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_of(&self, snapshot: &impl ConnectionTrait, topic: &str) -> Result<Position, DbErr> {
        let sql = "SELECT tx, id FROM events WHERE topic = $1 ORDER BY tx DESC, id DESC LIMIT 1";
        let row = snapshot.query_one_raw(self.statement(sql, [topic.into()])).await?;
        match row {
            Some(row) => position_of(&row),
            None => Ok(self.history_in(snapshot).await?.purged),
        }
    }

    /// Where the event with this id stands.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn position_of(&self, id: i64) -> Result<Found, DbErr> {
        let found = self.positions_of(&[id]).await?;
        found.into_iter().next().ok_or_else(|| DbErr::RecordNotFound("event".to_owned()))
    }

    /// Where the events with these ids stand, in the same order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn positions_of(&self, ids: &[i64]) -> Result<Vec<Found>, DbErr> {
        let places: Vec<_> = (1..=ids.len()).map(|n| format!("${n}")).collect();
        let sql = format!("SELECT tx, id FROM events WHERE id IN ({})", places.join(", "));
        let rows = self.db.reader().query_all_raw(self.statement(&sql, ids.iter().map(|id| (*id).into()))).await?;
        let found = rows.iter().map(|row| position_of(row).map(|position| (position.id, position)));
        let found = found.collect::<Result<HashMap<_, _>, _>>()?;
        if found.len() == ids.len() {
            return Ok(ids.iter().filter_map(|id| found.get(id).copied().map(Found::At)).collect());
        }
        let purged = self.history().await?.purged;
        Ok(ids.iter().map(|id| found.get(id).map_or(Found::Purged(purged), |place| Found::At(*place))).collect())
    }

    /// Follows `topic` from behind `from`.
    pub fn subscribe(&self, topic: &str, from: Position) -> Subscription {
        Subscription::new(self.clone(), topic, from)
    }

    /// Hears of what happens on `topic` from now on.
    pub fn listen(&self, topic: &str) -> Live {
        Live::new(self.hub.clone(), topic)
    }

    /// Up to `limit` events of `topic` after `after`, oldest first.
    ///
    /// # Errors
    /// When the database fails or a row is not readable.
    pub async fn read_topic(&self, topic: &str, after: Position, limit: u64) -> Result<Vec<Arc<Event>>, EventsError> {
        let sql = format!(
            "SELECT tx, id, topic, kind, payload, actor, at FROM events \
             WHERE (tx, id) > ($1, $2) AND topic = $3 AND {} ORDER BY tx, id LIMIT {limit}",
            self.settled()
        );
        let values = [after.tx.into(), after.id.into(), topic.into()];
        let rows = self.db.reader().query_all_raw(self.statement(&sql, values)).await?;
        rows.iter().map(read_event).collect()
    }

    /// Up to `limit` events of all topics after `after`, oldest first.
    ///
    /// # Errors
    /// When the database fails or a row is not readable.
    pub async fn read_all(&self, after: Position, limit: u64) -> Result<Vec<Arc<Event>>, EventsError> {
        Ok(self.look(after, limit).await?.events)
    }

    /// What is written after `after`, oldest first, up to `limit` rows, by one statement: settled events stand before
    /// those that are not, and only these are read.
    pub(super) async fn look(&self, after: Position, limit: u64) -> Result<Look, EventsError> {
        // The same again in words by which PostgreSQL sees that few rows are wanted: without statistics of the table it
        // would plan to read all of it, and keep to that plan for as long as it has none.
        let few = if self.db.is_postgres() { "AND tx >= $1" } else { "" };
        let sql = format!(
            "SELECT tx, id, topic, kind, payload, actor, at, {} AS settled FROM events \
             WHERE (tx, id) > ($1, $2) {few} ORDER BY tx, id LIMIT {limit}",
            self.settled()
        );
        let rows = self.db.reader().query_all_raw(self.statement(&sql, [after.tx.into(), after.id.into()])).await?;
        let mut look = Look { is_full: rows.len() as u64 == limit, ..Look::default() };
        for row in &rows {
            if !row.try_get::<bool>("", "settled")? {
                look.is_held_back = true;
                break;
            }
            look.events.push(read_event(row)?);
        }
        Ok(look)
    }

    /// Holds that no event after `after` was purged.
    pub(super) async fn check_kept(&self, after: Position) -> Result<(), EventsError> {
        if after < self.history().await?.purged { Err(EventsError::HistoryLost) } else { Ok(()) }
    }

    /// Deletes the events written before `cutoff`, up to the first that was not: one with a wrong, old time takes no
    /// younger ones with it. Returns how many.
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

    /// Deletes the oldest events as far as they are old enough, and notes up to where.
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

    /// Deletes events of `topic` that were written before the event `before`, all or those of one kind: they are told
    /// otherwise by a later event. Cursors on them stay good, for the history goes on behind them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget(&self, tx: &WriteTx, topic: &str, kind: Option<&str>, before: i64) -> Result<u64, DbErr> {
        let sql = "DELETE FROM events WHERE topic = $1 AND id < $2 AND (kind = $3 OR $3 IS NULL)";
        let values = [topic.into(), before.into(), kind.map(str::to_owned).into()];
        Ok(tx.execute_raw(self.statement(sql, values)).await?.rows_affected())
    }

    /// How many topics are followed in this process.
    pub fn followed_topics(&self) -> usize {
        self.hub.topic_count()
    }

    /// The condition under which an event is settled: no transaction that could still commit stands before it.
    fn settled(&self) -> &'static str {
        if self.db.is_postgres() { "tx < pg_snapshot_xmin(pg_current_snapshot())::text::bigint" } else { "TRUE" }
    }

    pub(super) fn statement(&self, sql: &str, values: impl IntoIterator<Item = Value>) -> Statement {
        Statement::from_sql_and_values(self.db.backend(), sql, values)
    }
}

pub(super) fn position_of(row: &QueryResult) -> Result<Position, DbErr> {
    Ok(Position { tx: row.try_get("", "tx")?, id: row.try_get("", "id")? })
}

fn read_event(row: &QueryResult) -> Result<Arc<Event>, EventsError> {
    let position = position_of(row)?;
    let payload: String = row.try_get("", "payload")?;
    let topic: String = row.try_get("", "topic")?;
    Ok(Arc::new(Event {
        position,
        topic: topic.into(),
        kind: row.try_get("", "kind")?,
        payload: serde_json::from_str(&payload).map_err(|_| EventsError::Corrupt(position.id))?,
        actor: row.try_get("", "actor")?,
        at: row.try_get("", "at")?,
        kept: Kept::default(),
    }))
}
