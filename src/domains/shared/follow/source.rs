//! The source stream of a subscription, passed from the field that creates it to the engine that executes the operation
//! for each event (<https://spec.graphql.org/draft/#sec-Subscription>).

use std::{
    any::Any,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures_util::stream::BoxStream;

use super::shared_answers::{Share, Told};
use crate::{auth::Viewer, graphql::Asked};

/// A source stream.
pub type Source = BoxStream<'static, SourceEvent>;

/// An event of a source stream.
pub enum SourceEvent {
    /// An event for which the operation is to be executed.
    New(Box<NewEvent>),
    /// An event with a shared answer.
    Told(Told),
}

/// An event for which the operation is to be executed.
pub struct NewEvent {
    /// The item for the subscription field.
    pub(super) root: Box<dyn Any + Send>,
    /// The subscriber with the present permissions.
    pub viewer: Viewer,
    /// The cursor of the event.
    pub cursor: Option<Arc<str>>,
    /// Receives the answer to share it, if others may use it.
    pub share: Option<Share>,
    /// True if it is the last event.
    pub is_last: bool,
}

/// Passes data between an execution and its subscription field. Cheap to clone.
#[derive(Clone)]
pub struct Following {
    pub(super) asked: Option<Asked>,
    slot: Arc<Mutex<Slot>>,
}

enum Slot {
    Empty,
    Root(Box<dyn Any + Send>),
    Source(Source),
}

impl Following {
    /// Creates the data of the execution that starts a subscription, in which the field leaves its source stream.
    pub fn begin(asked: Option<Asked>) -> Self {
        Self { asked, slot: Arc::new(Mutex::new(Slot::Empty)) }
    }

    /// Creates the data of the execution of `event`.
    pub fn execution(event: &mut NewEvent) -> Self {
        let root = std::mem::replace(&mut event.root, Box::new(()));
        Self { asked: None, slot: Arc::new(Mutex::new(Slot::Root(root))) }
    }

    /// Takes the source stream; `None` if the field created none.
    pub fn source(&self) -> Option<Source> {
        match std::mem::replace(&mut *self.slot(), Slot::Empty) {
            Slot::Source(source) => Some(source),
            Slot::Empty | Slot::Root(_) => None,
        }
    }

    pub(super) fn set_source(&self, source: Source) {
        *self.slot() = Slot::Source(source);
    }

    /// Takes the item for the field; `None` at the start of the subscription.
    pub(super) fn root<T: 'static>(&self) -> Option<T> {
        match std::mem::replace(&mut *self.slot(), Slot::Empty) {
            Slot::Root(root) => root.downcast().ok().map(|root| *root),
            Slot::Empty | Slot::Source(_) => None,
        }
    }

    fn slot(&self) -> MutexGuard<'_, Slot> {
        // It is whole after any panic.
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
