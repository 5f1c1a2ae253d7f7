//! Events of signals in the event log.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Signal;
use crate::{
    db::Id,
    domains::{
        customers::Customer,
        identity::{User, user_topic},
        intelligence::Company,
    },
    events::{Event, NewEvent},
};

/// The topic of signals of all companies.
pub(super) const TOPIC: &str = "signals";

/// The event of a detected signal: subscribers read the details from its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Detected {
    pub(super) signal: Id<Signal>,
    pub(super) customer: Id<Customer>,
    pub(super) company: Id<Company>,
}

impl Detected {
    pub(super) fn of(signal: &Signal) -> Self {
        Self { signal: signal.id, customer: signal.customer_id, company: signal.company_id }
    }

    /// Reads the content of an event of the log.
    pub(super) fn read(event: &Event) -> Result<Self, serde_json::Error> {
        Self::deserialize(&event.payload)
    }

    pub(super) fn to_new_event(self) -> Result<NewEvent, serde_json::Error> {
        let payload = serde_json::to_value(self)?;
        Ok(NewEvent { topic: TOPIC.to_owned(), kind: "signal_detected", payload, actor: None })
    }
}

/// An urgent signal of a user's customer. `id` identifies the message in an inbox.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Alert {
    pub(super) id: Uuid,
    #[serde(flatten)]
    pub(super) detected: Detected,
    pub(super) urgency: f64,
    pub(super) summary: String,
}

impl Alert {
    pub(super) fn to_new_event(&self, user: Id<User>) -> Result<NewEvent, serde_json::Error> {
        let payload = serde_json::to_value(self)?;
        Ok(NewEvent { topic: user_topic(user), kind: "signal_alert", payload, actor: None })
    }
}
