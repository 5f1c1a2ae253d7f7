//! Fan-out of live events by topic.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::sync::broadcast;

use super::Event;

/// Number of live events buffered for a slow subscriber, which then reads from the log. Small, because there may be ten
/// thousand topics with one subscriber each.
const BUFFER: usize = 32;

/// The live subscribers of this process.
#[derive(Debug, Default)]
pub(super) struct Hub {
    topics: Mutex<HashMap<Arc<str>, broadcast::Sender<Arc<Event>>>>,
    is_closed: AtomicBool,
}

impl Hub {
    /// Subscribes to events published on `topic` from now on.
    pub(super) fn listen(&self, topic: &str) -> broadcast::Receiver<Arc<Event>> {
        let mut topics = self.topics();
        if let Some(sender) = topics.get(topic) {
            return sender.subscribe();
        }
        let (sender, receiver) = broadcast::channel(BUFFER);
        topics.insert(topic.into(), sender);
        receiver
    }

    /// Publishes `event` to the subscribers of its topic.
    pub(super) fn publish(&self, event: Arc<Event>) {
        if let Some(sender) = self.topics().get(&event.topic) {
            // An error means that nobody listens at this moment.
            let _ = sender.send(event);
        }
    }

    /// Removes `topic` after its last subscriber is gone.
    pub(super) fn release(&self, topic: &str) {
        let mut topics = self.topics();
        if topics.get(topic).is_some_and(|sender| sender.receiver_count() == 0) {
            topics.remove(topic);
        }
    }

    /// Ends all subscriptions.
    pub(super) fn close(&self) {
        self.is_closed.store(true, Ordering::Release);
        self.topics().clear();
    }

    /// Returns true if all subscriptions have ended.
    pub(super) fn is_closed(&self) -> bool {
        self.is_closed.load(Ordering::Acquire)
    }

    /// Makes all subscribers read the log, because the history changed.
    pub(super) fn interrupt(&self) {
        self.topics().clear();
    }

    /// Returns the number of topics with subscribers.
    pub(super) fn topic_count(&self) -> usize {
        self.topics().len()
    }

    fn topics(&self) -> MutexGuard<'_, HashMap<Arc<str>, broadcast::Sender<Arc<Event>>>> {
        // The map is whole after any panic: no code between lock and unlock leaves it half-changed.
        self.topics.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
