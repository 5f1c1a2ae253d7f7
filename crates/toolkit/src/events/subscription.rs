//! A subscriber's view of a topic: every event after a position, exactly once, in order.

use std::{collections::VecDeque, sync::Arc};

use uuid::Uuid;

use super::{
    cursor::Position,
    error::EventsError,
    event::Event,
    live::{Heard, Live},
    log::EventLog,
};
use crate::db::{PATIENCE, within};

/// Number of events read from the log at a time.
const PAGE: u64 = 100;

/// A subscriber of a topic. Dropping it ends the subscription.
#[derive(Debug)]
pub struct Subscription {
    log: EventLog,
    /// The epoch in which it reads.
    epoch: Uuid,
    /// The last event delivered; earlier ones are never delivered again.
    last: Position,
    live: Live,
    backlog: VecDeque<Arc<Event>>,
    /// True if the log may contain events that the live channel does not.
    is_behind: bool,
}

impl EventLog {
    /// Subscribes to `topic` after `from`.
    pub fn subscribe(&self, topic: &str, from: Position) -> Subscription {
        Subscription::new(self.clone(), topic, from)
    }
}

impl Subscription {
    /// Starts to listen first, so that no event can be missed; duplicates are prevented by `last`.
    fn new(log: EventLog, topic: &str, from: Position) -> Self {
        let (live, epoch) = (log.listen(topic), log.epoch());
        Self { log, epoch, last: from, live, backlog: VecDeque::new(), is_behind: true }
    }

    /// Returns the name of its topic.
    pub fn topic(&self) -> &str {
        self.live.topic()
    }

    /// Starts reading the log at `from` instead, for a reader that learns its position after going live.
    pub fn start_from(&mut self, from: Position) {
        self.last = from;
        self.backlog.clear();
        self.is_behind = true;
    }

    /// Returns the next event. Cancel-safe.
    ///
    /// # Errors
    /// If the database fails, the server stops ([`EventsError::Closed`]), events were purged before they were read, or
    /// the history changed ([`EventsError::HistoryLost`]).
    pub async fn next(&mut self) -> Result<Arc<Event>, EventsError> {
        loop {
            if let Some(event) = self.backlog.pop_front() {
                self.last = event.position;
                return Ok(event);
            }
            if self.is_behind {
                // Boxed: a subscriber is behind at its begin, and waits most of its life.
                Box::pin(self.catch_up()).await?;
                continue;
            }
            match self.live.next().await.ok_or(EventsError::Closed)? {
                Heard::Event(event) if event.position > self.last => self.backlog.push_back(event),
                Heard::Event(_) => {}
                Heard::Missed => self.is_behind = true,
            }
        }
    }

    /// Reads the next page of the log.
    async fn catch_up(&mut self) -> Result<(), EventsError> {
        let page = within(PATIENCE, self.log.read_topic(self.live.topic(), self.last, PAGE)).await?;
        // Asked after reading: else a purge could fall between the two, and its events be missing in silence.
        within(PATIENCE, self.log.check_kept(self.last)).await?;
        if self.log.epoch() != self.epoch {
            return Err(EventsError::HistoryLost);
        }
        self.is_behind = page.len() as u64 == PAGE;
        self.backlog = page.into();
        Ok(())
    }
}
