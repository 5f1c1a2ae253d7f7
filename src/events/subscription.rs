//! One subscriber's view of a topic: every event after a position, once, in order.

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

/// Events read from the log at a time.
const PAGE: u64 = 100;

/// A subscriber of a topic. Dropping it ends the subscription.
#[derive(Debug)]
pub struct Subscription {
    log: EventLog,
    /// The history in which it reads.
    epoch: Uuid,
    /// The last event handed out; nothing at or before it is handed out again.
    last: Position,
    live: Live,
    backlog: VecDeque<Arc<Event>>,
    /// Whether the log may hold events that the live channel does not.
    is_behind: bool,
}

impl EventLog {
    /// Follows `topic` from behind `from`.
    pub fn subscribe(&self, topic: &str, from: Position) -> Subscription {
        Subscription::new(self.clone(), topic, from)
    }
}

impl Subscription {
    /// Listens first: from here on no event can be missed, only seen twice, which `last` prevents.
    fn new(log: EventLog, topic: &str, from: Position) -> Self {
        let (live, epoch) = (log.listen(topic), log.epoch());
        Self { log, epoch, last: from, live, backlog: VecDeque::new(), is_behind: true }
    }

    /// Starts the log at `from` instead. For a reader that learns its position only after it went live.
    pub fn start_from(&mut self, from: Position) {
        self.last = from;
        self.backlog.clear();
        self.is_behind = true;
    }

    /// The next event. Safe to drop while it waits.
    ///
    /// # Errors
    /// When the database fails, the server stops ([`EventsError::Closed`]), or events were purged before they were read,
    /// or another history has begun ([`EventsError::HistoryLost`]).
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
