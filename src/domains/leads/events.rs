//! What the event log tells of leads.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::entity::{Model, Source, Status};
use crate::{db::Id, error::Result, events::NewEvent};

/// The topic of what happens in the business, from which its figures are made.
pub const ANALYTICS: &str = "analytics";
/// The kind of the event that tells of a new lead.
pub const LEAD_CREATED: &str = "lead_created";

/// A lead was made: the payload of [`LEAD_CREATED`] in the topic [`ANALYTICS`]. It holds ids and what is counted, and
/// nothing by which a person is known: events stay when a lead is deleted, and whoever follows them reads the lead by its
/// id, as far as they may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LeadCreated {
    /// The lead.
    pub lead_id: Id<Model>,
    /// How we came to know of it.
    pub source: Source,
    /// How far it had come then.
    pub status: Status,
    /// The chat session that it comes from, where it comes from one.
    pub session_id: Option<Uuid>,
    /// Whether a mail address is known.
    pub has_email: bool,
    /// Whether a telephone number is known.
    pub has_phone: bool,
    /// Whether the income is known.
    pub has_income: bool,
}

impl From<&Model> for LeadCreated {
    fn from(lead: &Model) -> Self {
        Self {
            lead_id: lead.id,
            source: lead.source,
            status: lead.status,
            session_id: lead.session_id,
            has_email: lead.email.is_some(),
            has_phone: lead.phone.is_some(),
            has_income: lead.income_minor.is_some(),
        }
    }
}

impl LeadCreated {
    /// The event as it is written into the log.
    pub(super) fn to_new_event(&self) -> Result<NewEvent> {
        let payload = serde_json::to_value(self)?;
        Ok(NewEvent { topic: ANALYTICS.to_owned(), kind: LEAD_CREATED, payload, actor: None })
    }
}
