//! Reading of the log: pages, ends, cursors.

use std::{collections::HashMap, sync::Arc};

use sea_orm::{ConnectionTrait, DbErr, QueryResult, Value};

use super::{
    cursor::{Cursor, Found, Position, position_of},
    error::EventsError,
    event::{Event, Kept},
    log::EventLog,
};

/// The result of one read by the tail.
#[derive(Default)]
pub(super) struct Look {
    /// Settled events, oldest first.
    pub(super) events: Vec<Arc<Event>>,
    /// True if unsettled events follow these.
    pub(super) is_held_back: bool,
    /// True if the limit was reached, so that there may be more.
    pub(super) is_full: bool,
}

impl EventLog {
    /// Returns the position of `cursor`.
    ///
    /// # Errors
    /// [`EventsError::HistoryLost`] if events after it were purged, or if it belongs to another history.
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

    /// Returns the end of the readable log.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end(&self) -> Result<Position, DbErr> {
        let sql = format!("SELECT tx, id FROM events WHERE {} ORDER BY tx DESC, id DESC LIMIT 1", self.settled());
        let row = self.db.reader().query_one_raw(self.statement(&sql, [])).await?;
        let found = row.as_ref().map(position_of).transpose()?;
        Ok(found.unwrap_or(self.history().await?.purged))
    }

    /// Returns the position of the last event of `topic` in `snapshot` (see [`Db::snapshot`]), or the start of the
    /// history if there is none. Other data in the snapshot is of the same moment if writers on the topic lock it
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

    /// Returns the position of the event with this id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn position_of(&self, id: i64) -> Result<Found, DbErr> {
        let found = self.positions_of(&[id]).await?;
        found.into_iter().next().ok_or_else(|| DbErr::RecordNotFound("event".to_owned()))
    }

    /// Returns the positions of the events with these ids, in the same order.
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

    /// Reads up to `limit` events of `topic` after `after`, oldest first.
    ///
    /// # Errors
    /// If the database fails or a row is unreadable.
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

    /// Reads up to `limit` events of all topics after `after`, oldest first.
    ///
    /// # Errors
    /// If the database fails or a row is unreadable.
    pub async fn read_all(&self, after: Position, limit: u64) -> Result<Vec<Arc<Event>>, EventsError> {
        Ok(self.look(after, limit).await?.events)
    }

    /// Reads up to `limit` rows after `after`, oldest first, with one statement; returns only the settled events, which
    /// precede the unsettled ones.
    pub(super) async fn look(&self, after: Position, limit: u64) -> Result<Look, EventsError> {
        self.look_in(self.db.reader(), after, limit).await
    }

    /// Reads as [`EventLog::look`], on this connection.
    pub(super) async fn look_in(
        &self,
        connection: &impl ConnectionTrait,
        after: Position,
        limit: u64,
    ) -> Result<Look, EventsError> {
        // The same again in words by which PostgreSQL sees that few rows are wanted: without statistics of the table it
        // would plan to read all of it, and keep to that plan for as long as it has none.
        let few = if self.db.is_postgres() { "AND tx >= $1" } else { "" };
        let sql = format!(
            "SELECT tx, id, topic, kind, payload, actor, at, {} AS settled FROM events \
             WHERE (tx, id) > ($1, $2) {few} ORDER BY tx, id LIMIT {limit}",
            self.settled()
        );
        let rows = connection.query_all_raw(self.statement(&sql, [after.tx.into(), after.id.into()])).await?;
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

    /// Returns the first event of these kinds between two settled positions that `fits`, as seen by `connection`.
    pub(crate) async fn first_between(
        &self,
        connection: &impl ConnectionTrait,
        (mut after, before): (Position, Position),
        kinds: &[&str],
        fits: impl Fn(&Event) -> bool + Send,
    ) -> Result<Option<Arc<Event>>, EventsError> {
        const PAGE: usize = 500;
        let few = if self.db.is_postgres() { "AND tx >= $1 AND tx <= $3" } else { "" };
        let places: Vec<_> = (0..kinds.len()).map(|n| format!("${}", n + 5)).collect();
        let sql = format!(
            "SELECT tx, id, topic, kind, payload, actor, at FROM events WHERE (tx, id) > ($1, $2) AND (tx, id) < ($3, $4) \
             {few} AND kind IN ({}) ORDER BY tx, id LIMIT {PAGE}",
            places.join(", ")
        );
        loop {
            let bounds = [after.tx, after.id, before.tx, before.id].map(Value::from);
            let values = bounds.into_iter().chain(kinds.iter().map(|kind| (*kind).into()));
            let rows = connection.query_all_raw(self.statement(&sql, values)).await?;
            for row in &rows {
                let event = read_event(row)?;
                if fits(&event) {
                    return Ok(Some(event));
                }
                after = event.position;
            }
            if rows.len() < PAGE {
                return Ok(None);
            }
        }
    }

    /// Returns the position up to which the log was purged, as seen by `connection`.
    pub(crate) async fn purged_to(&self, connection: &impl ConnectionTrait) -> Result<Position, DbErr> {
        Ok(self.history_in(connection).await?.purged)
    }

    /// Returns an error if an event after `after` was purged.
    pub(super) async fn check_kept(&self, after: Position) -> Result<(), EventsError> {
        if after < self.history().await?.purged { Err(EventsError::HistoryLost) } else { Ok(()) }
    }
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
