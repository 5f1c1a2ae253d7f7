//! Events to append, and events read from the log.

use std::{
    any::Any,
    sync::{Arc, OnceLock},
};

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::{cursor::Position, topic::Topic};

/// An event to append.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// The topic to which subscribers listen: `job:<id>`, `user:<id>`, `analytics`, …
    pub topic: Topic,
    /// The kind of event, such as `lead.created`.
    pub kind: &'static str,
    /// The content, interpreted by the domain.
    pub payload: Value,
    /// The user who caused it; `None` for the server itself.
    pub actor: Option<Uuid>,
}

/// A kind of event with a payload that is kept to: those who read the log know it by its [`DomainEvent::KIND`].
pub trait DomainEvent: Serialize + Sync {
    /// The noun and what happened to it, in the past tense, such as `lead.created`.
    const KIND: &'static str;

    /// Returns the topic in which it is read.
    fn topic(&self) -> Topic;
}

impl NewEvent {
    /// An event by `actor`, or by the server itself.
    ///
    /// # Errors
    /// When the payload cannot be written as JSON.
    pub fn of<E: DomainEvent>(event: &E, actor: Option<Uuid>) -> Result<Self, serde_json::Error> {
        Ok(Self { topic: event.topic(), kind: E::KIND, payload: serde_json::to_value(event)?, actor })
    }
}

/// An event of the log.
#[derive(Debug)]
pub struct Event {
    /// Its position in the log.
    pub position: Position,
    /// Its topic.
    pub topic: Arc<str>,
    /// Its kind.
    pub kind: String,
    /// Its content.
    pub payload: Value,
    /// The user who caused it.
    pub actor: Option<Uuid>,
    /// The time at which it was written.
    pub at: DateTime<Utc>,
    /// Data that its readers attach to it.
    pub kept: Kept,
}

#[cfg(test)]
impl Event {
    /// Returns an event with this id, for tests.
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

/// Data that the readers of an event share while it is in memory.
#[derive(Default)]
pub struct Kept(OnceLock<Box<dyn Any + Send + Sync>>);

impl Kept {
    /// Returns the shared data, created by the first reader. `None` if it has another type.
    pub fn get<T: Default + Send + Sync + 'static>(&self) -> Option<&T> {
        self.0.get_or_init(|| Box::new(T::default())).downcast_ref()
    }
}

impl std::fmt::Debug for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Kept")
    }
}
