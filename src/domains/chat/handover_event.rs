//! The event of a changed handover, for subscribers to all sessions.

use serde::{Deserialize, Serialize};

use super::{handover::Handover, session::Model as Session};
use crate::{
    db::Id,
    events::{DomainEvent, Topic},
};

/// The topic of handovers in all sessions. Those of one session are ordered by the lock on its own topic.
pub(super) const TOPIC: Topic = Topic::unordered("chat_handovers");

/// The hand-over of a session has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::domains) struct HandoverChanged {
    /// The session.
    pub(super) session: Id<Session>,
    /// The hand-over since.
    pub(super) handover: Handover,
}

impl DomainEvent for HandoverChanged {
    const KIND: &'static str = "chat_handover.changed";

    fn topic(&self) -> Topic {
        TOPIC
    }
}
