//! The durable event log: the one source of everything that streams.
//!
//! - [`append`] writes an event inside the writer's transaction, so that a change and its event commit together.
//! - One *tail* per process ([`EventLog::run`]) reads new events in commit order and hands each to the *hub*, which fans
//!   out by topic.
//! - [`EventLog::subscribe`] goes live first, then reads the backlog after the client's cursor, drops what overlaps, and
//!   goes on live; a subscriber that falls behind the hub's buffer reads from the log again.
//!
//! # Commit order
//! A bare serial loses events: id 10 can commit after id 11 was read. SQLite has one writer, so there `id` is the commit
//! order. On PostgreSQL each event stores its transaction's id, and readers look only below
//! `pg_snapshot_xmin(pg_current_snapshot())`, under which no transaction is open any more: what is read there is final,
//! and ordered by `(tx, id)` it never gains a row in the middle. Two transactions on one topic could still commit in the
//! other order than they got their ids; writers for whom that matters take [`crate::db::WriteTx::lock`] on the topic
//! first.

mod cursor;
mod history;
mod hub;
mod live;
mod log;
mod news;
mod opening;
mod subscription;
mod tail;

use std::{
    any::Any,
    sync::{Arc, OnceLock},
};

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, Statement};
use serde_json::Value;
use uuid::Uuid;

pub use cursor::{Cursor, Found, Position};
pub use live::{Heard, Live};
pub use log::EventLog;
pub use subscription::Subscription;
pub use tail::Lag;

use crate::{
    ambient::Ambient,
    db::{Signal, WriteTx},
    error::Error,
};

/// An event to be written.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// Who follows it: `job:<id>`, `user:<id>`, `analytics`, …
    pub topic: String,
    /// What happened, such as `job_stage_started`.
    pub kind: &'static str,
    /// The rest, for the domain to read.
    pub payload: Value,
    /// The user who caused it; `None` for the server itself.
    pub actor: Option<Uuid>,
}

/// An event of the log.
#[derive(Debug)]
pub struct Event {
    /// Its place in the log.
    pub position: Position,
    /// Who follows it.
    pub topic: Arc<str>,
    /// What happened.
    pub kind: String,
    /// The rest.
    pub payload: Value,
    /// The user who caused it.
    pub actor: Option<Uuid>,
    /// When it was written.
    pub at: DateTime<Utc>,
    /// What its readers keep with it.
    pub kept: Kept,
}

#[cfg(test)]
impl Event {
    /// An event with this id, for tests that need one.
    pub(crate) fn example(id: i64) -> Arc<Self> {
        Arc::new(Self {
            position: Position { tx: 0, id },
            topic: "t".into(),
            kind: "k".to_owned(),
            payload: Value::Null,
            actor: None,
            at: DateTime::UNIX_EPOCH,
            kept: Kept::default(),
        })
    }
}

/// What the readers of an event keep for each other, as long as it is handed out.
#[derive(Default)]
pub struct Kept(OnceLock<Box<dyn Any + Send + Sync>>);

impl Kept {
    /// The one thing that is kept; made by who asks first. `None` when something else is kept.
    pub fn get<T: Default + Send + Sync + 'static>(&self) -> Option<&T> {
        self.0.get_or_init(|| Box::new(T::default())).downcast_ref()
    }
}

impl std::fmt::Debug for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Kept")
    }
}

/// Why events cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum EventsError {
    /// The cursor's history was purged, or belongs to another database.
    #[error("the events after this cursor are no longer kept")]
    HistoryLost,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbErr),
    /// A row holds what no writer writes.
    #[error("event {0} is not readable")]
    Corrupt(i64),
    /// The server is stopping.
    #[error("the event log is closed")]
    Closed,
}

impl From<EventsError> for Error {
    fn from(error: EventsError) -> Self {
        match error {
            EventsError::HistoryLost => Self::HistoryLost,
            EventsError::Db(error) => error.into(),
            other => Self::internal(other),
        }
    }
}

/// Writes `event` in the transaction of the change it tells of, and returns its id in the log. Subscribers are woken
/// after the commit.
///
/// # Errors
/// When the database fails.
pub async fn append(tx: &mut WriteTx, ambient: &Ambient, event: NewEvent) -> Result<i64, DbErr> {
    let statement = Statement::from_sql_and_values(
        tx.get_database_backend(),
        "INSERT INTO events (topic, kind, payload, actor, at) VALUES ($1, $2, $3, $4, $5) RETURNING id",
        [
            event.topic.into(),
            event.kind.into(),
            event.payload.to_string().into(),
            event.actor.into(),
            ambient.now().into(),
        ],
    );
    let row = tx.query_one_raw(statement).await?;
    let row = row.ok_or_else(|| DbErr::RecordNotInserted)?;
    tx.signal(Signal::Events);
    row.try_get("", "id")
}
