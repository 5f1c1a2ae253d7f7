//! Events, before they are written and as they are read.

use std::{
    any::Any,
    sync::{Arc, OnceLock},
};

use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::cursor::Position;

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
