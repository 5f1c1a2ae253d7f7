//! The event of a changed handover, for subscribers to all sessions.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{handover::Handover, session::Model as Session};
use crate::{db::Id, events::NewEvent};

/// The topic of handovers in all sessions. Those of one session are ordered by the lock on its own topic.
pub(super) const TOPIC: &str = "chat_handovers";

/// A changed handover, as stored in the event log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct HandedOver {
    pub(super) session: Id<Session>,
    pub(super) handover: Handover,
}

impl HandedOver {
    /// Converts to an event for the log.
    ///
    /// # Errors
    /// Never: the values are plain.
    pub(super) fn to_new_event(self, actor: Option<Uuid>) -> Result<NewEvent, serde_json::Error> {
        let payload = serde_json::to_value(self)?;
        Ok(NewEvent { topic: TOPIC.to_owned(), kind: "chat_handover", payload, actor })
    }
}
