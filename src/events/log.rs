//! The event log of this process: what all that read it and write to it share.

use std::{
    sync::{Arc, Mutex, PoisonError, atomic::AtomicU64},
    time::Duration,
};

use sea_orm::{Statement, Value};
use tokio::time::Instant;
use uuid::Uuid;

use super::{
    cursor::{Cursor, Position},
    hub::Hub,
    live::Live,
    opening::Opening,
};
use crate::{ambient::Ambient, db::Db};

/// Where the tail is.
#[derive(Debug, Default)]
pub(super) struct TailState {
    pub(super) last: Position,
    pub(super) looked_at: Option<Instant>,
    /// When it last began to look, whatever came of it.
    pub(super) turned_at: Option<Instant>,
}

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

impl EventLog {
    /// The opaque cursor of `position`.
    pub fn cursor(&self, position: Position) -> Cursor {
        Cursor { epoch: self.epoch(), position }
    }

    /// Hears of what happens on `topic` from now on.
    pub fn listen(&self, topic: &str) -> Live {
        Live::new(self.hub.clone(), topic)
    }

    /// How many topics are followed in this process.
    pub fn followed_topics(&self) -> usize {
        self.hub.topic_count()
    }

    /// The condition under which an event is settled: no transaction that could still commit stands before it.
    pub(super) fn settled(&self) -> &'static str {
        if self.db.is_postgres() { "tx < pg_snapshot_xmin(pg_current_snapshot())::text::bigint" } else { "TRUE" }
    }

    pub(super) fn statement(&self, sql: &str, values: impl IntoIterator<Item = Value>) -> Statement {
        Statement::from_sql_and_values(self.db.backend(), sql, values)
    }

    /// The history as this process knows it.
    pub(super) fn epoch(&self) -> Uuid {
        *self.epoch.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn remember(&self, epoch: Uuid) {
        *self.epoch.lock().unwrap_or_else(PoisonError::into_inner) = epoch;
    }

    /// Up to where this process has read the log: every change before it is committed, and can be read. Costs nothing, and
    /// lies behind [`EventLog::end`] by what the tail has not read yet.
    pub fn seen(&self) -> Position {
        self.tail.lock().unwrap_or_else(PoisonError::into_inner).last
    }

    /// Notes that the tail has read the log up to `last`.
    pub(super) fn tail_looked(&self, last: Position) {
        let now = Some(Instant::now());
        // All are whole after any panic.
        let mut tail = self.tail.lock().unwrap_or_else(PoisonError::into_inner);
        *tail = TailState { last, looked_at: now, turned_at: now };
    }

    /// For how long the tail has not even begun to look: long only when it hangs.
    pub fn stuck_for(&self) -> Duration {
        let turned_at = self.tail.lock().unwrap_or_else(PoisonError::into_inner).turned_at;
        turned_at.map(|at| at.elapsed()).unwrap_or_default()
    }

    /// Notes that the tail begins to look.
    pub(super) fn tail_turns(&self) {
        self.tail.lock().unwrap_or_else(PoisonError::into_inner).turned_at = Some(Instant::now());
    }
}
