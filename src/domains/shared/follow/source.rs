//! The source stream of a subscription, and how it passes from the field that makes it to the engine that executes the
//! operation for each of its events (<https://spec.graphql.org/draft/#sec-Subscription>).

use std::{
    any::Any,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures_util::stream::BoxStream;

use super::told::{Share, Told};
use crate::{auth::Viewer, graphql::Asked};

/// What is followed.
pub type Source = BoxStream<'static, SourceEvent>;

/// Something that happened.
pub enum SourceEvent {
    /// The operation is to be executed for it.
    New(Box<NewEvent>),
    /// Somebody else was told of it in the same words.
    Told(Told),
}

/// An event that the operation is to be executed for.
pub struct NewEvent {
    /// What the subscription field shows.
    pub(super) root: Box<dyn Any + Send>,
    /// Who is told, with the rights of now.
    pub viewer: Viewer,
    /// The place of the event.
    pub cursor: Option<Arc<str>>,
    /// Takes the answer, where others may be told the same.
    pub share: Option<Share>,
    /// Nothing comes behind it.
    pub is_last: bool,
}

/// What an execution brings to its subscription field, and takes from it. Cheap to clone.
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
    /// For the execution that begins a subscription: the field leaves its source stream here.
    pub fn begin(asked: Option<Asked>) -> Self {
        Self { asked, slot: Arc::new(Mutex::new(Slot::Empty)) }
    }

    /// For the execution of `event`, which the field shows.
    pub fn execution(event: &mut NewEvent) -> Self {
        let root = std::mem::replace(&mut event.root, Box::new(()));
        Self { asked: None, slot: Arc::new(Mutex::new(Slot::Root(root))) }
    }

    /// The source stream; `None` when the field made none.
    pub fn source(&self) -> Option<Source> {
        match std::mem::replace(&mut *self.slot(), Slot::Empty) {
            Slot::Source(source) => Some(source),
            Slot::Empty | Slot::Root(_) => None,
        }
    }

    pub(super) fn set_source(&self, source: Source) {
        *self.slot() = Slot::Source(source);
    }

    /// What the field is to show; `None` when the subscription begins.
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
