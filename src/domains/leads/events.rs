//! Events of leads.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::entity::{Model, Source, Status};
use crate::{db::Id, error::Result, events::NewEvent};

/// The topic of business events, from which statistics are computed.
pub const ANALYTICS: &str = "analytics";
/// The event kind of a new lead.
pub const LEAD_CREATED: &str = "lead_created";

/// The payload of [`LEAD_CREATED`] in the topic [`ANALYTICS`]. It contains ids and counted values, but no personal
/// data: events outlive a lead, and subscribers read the lead by its id if they may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LeadCreated {
    /// The lead.
    pub lead_id: Id<Model>,
    /// Source of the lead.
    pub source: Source,
    /// Pipeline stage at that time.
    pub status: Status,
    /// The chat session it was created from, if any.
    pub session_id: Option<Uuid>,
    /// True if a mail address is known.
    pub has_email: bool,
    /// True if a telephone number is known.
    pub has_phone: bool,
    /// True if the income is known.
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
    /// Converts to an event for the log.
    pub(super) fn to_new_event(&self) -> Result<NewEvent> {
        let payload = serde_json::to_value(self)?;
        Ok(NewEvent { topic: ANALYTICS.to_owned(), kind: LEAD_CREATED, payload, actor: None })
    }
}
