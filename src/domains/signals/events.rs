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
    events::{DomainEvent, Event, Topic},
};

/// The topic of signals of all companies.
pub(super) const TOPIC: Topic = Topic::ordered("signals");

/// The event of a detected signal: subscribers read the details from its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::domains) struct SignalDetected {
    pub(super) signal: Id<Signal>,
    pub(super) customer: Id<Customer>,
    pub(super) company: Id<Company>,
}

impl SignalDetected {
    pub(super) fn of(signal: &Signal) -> Self {
        Self { signal: signal.id, customer: signal.customer_id, company: signal.company_id }
    }

    /// Reads the content of an event of the log.
    pub(super) fn read(event: &Event) -> Result<Self, serde_json::Error> {
        Self::deserialize(&event.payload)
    }
}

impl DomainEvent for SignalDetected {
    const KIND: &'static str = "signal.detected";

    fn topic(&self) -> Topic {
        TOPIC
    }
}

/// An urgent signal of a user's customer. `id` identifies the message in an inbox.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::domains) struct SignalAlerted {
    pub(super) id: Uuid,
    /// The user who is notified.
    #[serde(default = "Id::nil")]
    pub(super) user: Id<User>,
    #[serde(flatten)]
    pub(super) detected: SignalDetected,
    pub(super) urgency: f64,
}

impl DomainEvent for SignalAlerted {
    const KIND: &'static str = "signal.alerted";

    fn topic(&self) -> Topic {
        user_topic(self.user)
    }
}
