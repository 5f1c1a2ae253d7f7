//! Listener for live events of a topic, without reading the log.

use std::sync::Arc;

use tokio::sync::broadcast::{self, error::RecvError};

use super::{Event, hub::Hub};

/// The output of a [`Live`] listener.
#[derive(Debug)]
pub enum Heard {
    /// An event.
    Event(Arc<Event>),
    /// Events were missed, because too many came at once or the history changed; read the database instead.
    Missed,
}

/// A listener for events committed after its creation. Dropping it ends the listening.
#[derive(Debug)]
pub struct Live {
    hub: Arc<Hub>,
    topic: Arc<str>,
    events: Option<broadcast::Receiver<Arc<Event>>>,
}

impl Live {
    pub(super) fn new(hub: Arc<Hub>, topic: &str) -> Self {
        let events = Some(hub.listen(topic));
        Self { hub, topic: topic.into(), events }
    }

    pub(super) fn topic(&self) -> &str {
        &self.topic
    }

    /// Returns the next event; `None` if the server stops. Cancel-safe.
    pub async fn next(&mut self) -> Option<Heard> {
        match self.events.as_mut()?.recv().await {
            Ok(event) => Some(Heard::Event(event)),
            Err(RecvError::Lagged(_)) => Some(Heard::Missed),
            Err(RecvError::Closed) if self.hub.is_closed() => None,
            Err(RecvError::Closed) => {
                self.events = Some(self.hub.listen(&self.topic));
                Some(Heard::Missed)
            }
        }
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.events = None;
        self.hub.release(&self.topic);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_misses_events_is_told_so_and_hears_the_rest() {
        let hub = Arc::new(Hub::default());
        let mut live = Live::new(hub.clone(), "t");
        for id in 1..=100 {
            hub.publish(Event::example(id));
        }
        assert!(matches!(live.next().await, Some(Heard::Missed)));
        assert!(matches!(live.next().await, Some(Heard::Event(_))));
        drop(live);
        assert_eq!(hub.topic_count(), 0);
    }
}
