//! The event that a hand-over has changed, for those who follow all of them.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{handover::Handover, session::Model as Session};
use crate::{db::Id, events::NewEvent};

/// The topic of the hand-overs of all sessions. Those of one session are in order by the lock on its own topic.
pub(super) const TOPIC: &str = "chat_handovers";

/// A hand-over that has changed, as the event log holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct HandedOver {
    pub(super) session: Id<Session>,
    pub(super) handover: Handover,
}

impl HandedOver {
    /// As the event log takes it.
    ///
    /// # Errors
    /// Never: the values are plain.
    pub(super) fn to_new_event(self, actor: Option<Uuid>) -> Result<NewEvent, serde_json::Error> {
        let payload = serde_json::to_value(self)?;
        Ok(NewEvent { topic: TOPIC.to_owned(), kind: "chat_handover", payload, actor })
    }
}
