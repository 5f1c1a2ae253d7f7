//! What the event log holds of signals.

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

/// The topic of the signals of all companies.
pub(super) const TOPIC: &str = "signals";

/// A signal was detected, as the log holds it: who is named there reads the rest from the rows.
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

    /// What an event of the log holds.
    pub(super) fn read(event: &Event) -> Result<Self, serde_json::Error> {
        Self::deserialize(&event.payload)
    }

    pub(super) fn to_new_event(self) -> Result<NewEvent, serde_json::Error> {
        let payload = serde_json::to_value(self)?;
        Ok(NewEvent { topic: TOPIC.to_owned(), kind: "signal_detected", payload, actor: None })
    }
}

/// Somebody is told of an urgent signal of a customer of theirs. `id` is that of the message, for an inbox to know it by.
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
