//! The event log of this process, shared by all readers and writers.

use std::{
    sync::{Arc, Mutex, PoisonError, atomic::AtomicU64},
    time::Duration,
};

use sea_orm::{Statement, Value};
use tokio::{sync::watch, time::Instant};
use uuid::Uuid;

use super::{
    cursor::{Cursor, Position},
    hub::Hub,
    live::Live,
    opening::Opening,
};
use crate::{ambient::Ambient, db::Db};

/// State of the tail.
#[derive(Debug, Default)]
pub(super) struct TailState {
    pub(super) last: Position,
    pub(super) looked_at: Option<Instant>,
    /// Time at which it last started to read, regardless of the result.
    pub(super) turned_at: Option<Instant>,
}

/// The event log of this process. Cheap to clone.
#[derive(Clone)]
pub struct EventLog {
    pub(super) db: Db,
    pub(super) hub: Arc<Hub>,
    /// Start of the tail, fixed before anybody can subscribe, so that no event is missed in between.
    pub(super) start: Position,
    pub(super) epoch: Arc<Mutex<Uuid>>,
    pub(super) ambient: Ambient,
    /// Number of connections opened when the history was last verified.
    pub(super) verified: Arc<AtomicU64>,
    /// The PostgreSQL server seen last.
    pub(super) server: Arc<Mutex<Option<String>>>,
    /// The mark of an open SQLite database.
    pub(super) opening: Option<Opening>,
    pub(super) tail: Arc<Mutex<TailState>>,
    /// Position up to which the tail has read, for those who wait for more.
    pub(super) read_to: Arc<watch::Sender<Position>>,
}

impl std::fmt::Debug for EventLog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EventLog")
    }
}

impl EventLog {
    /// Returns the opaque cursor of `position`.
    pub fn cursor(&self, position: Position) -> Cursor {
        Cursor { epoch: self.epoch(), position }
    }

    /// Listens to `topic` from now on.
    pub fn listen(&self, topic: &str) -> Live {
        Live::new(self.hub.clone(), topic)
    }

    /// Returns the number of topics with subscribers in this process.
    pub fn followed_topics(&self) -> usize {
        self.hub.topic_count()
    }

    /// Returns the SQL condition for settled events: no transaction before them can still commit.
    pub(super) fn settled(&self) -> &'static str {
        if self.db.is_postgres() { "tx < pg_snapshot_xmin(pg_current_snapshot())::text::bigint" } else { "TRUE" }
    }

    pub(super) fn statement(&self, sql: &str, values: impl IntoIterator<Item = Value>) -> Statement {
        Statement::from_sql_and_values(self.db.backend(), sql, values)
    }

    /// Returns the epoch known to this process.
    pub(super) fn epoch(&self) -> Uuid {
        *self.epoch.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn remember(&self, epoch: Uuid) {
        *self.epoch.lock().unwrap_or_else(PoisonError::into_inner) = epoch;
    }

    /// Returns the position up to which this process has read the log: every change before it is committed and visible.
    /// Costs nothing, and may lag behind [`EventLog::end`].
    pub fn seen(&self) -> Position {
        self.tail.lock().unwrap_or_else(PoisonError::into_inner).last
    }

    /// Records that the tail has read the log up to `last`.
    pub(super) fn tail_looked(&self, last: Position) {
        let now = Some(Instant::now());
        // All are whole after any panic.
        let mut tail = self.tail.lock().unwrap_or_else(PoisonError::into_inner);
        *tail = TailState { last, looked_at: now, turned_at: now };
        drop(tail);
        self.read_to.send_if_modified(|read_to| std::mem::replace(read_to, last) != last);
    }

    /// Returns a watch that changes when the tail has read more.
    pub(super) fn watch(&self) -> watch::Receiver<Position> {
        self.read_to.subscribe()
    }

    /// Returns the time since the tail last started to read, which is long only if it hangs.
    pub fn stuck_for(&self) -> Duration {
        let turned_at = self.tail.lock().unwrap_or_else(PoisonError::into_inner).turned_at;
        turned_at.map(|at| at.elapsed()).unwrap_or_default()
    }

    /// Records that the tail starts to read.
    pub(super) fn tail_turns(&self) {
        self.tail.lock().unwrap_or_else(PoisonError::into_inner).turned_at = Some(Instant::now());
    }
}
