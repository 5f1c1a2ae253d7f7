//! Events of leads.

use serde::{Deserialize, Serialize};

use super::entity::{Model, Source, Status};
use crate::{
    db::Id,
    domains::chat::ChatSessionRow,
    events::{DomainEvent, Topic},
};

/// The topic of business events, from which statistics are computed.
const ANALYTICS: Topic = Topic::unordered("analytics");

/// A lead was made. It holds ids and what is counted, and
/// nothing by which a person is known: events stay when a lead is deleted, and whoever follows them reads the lead by its
/// id, as far as they may see it.
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
    pub session_id: Option<Id<ChatSessionRow>>,
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
            session_id: lead.session_id.map(Id::from_uuid),
            has_email: lead.email.is_some(),
            has_phone: lead.phone.is_some(),
            has_income: lead.income_minor.is_some(),
        }
    }
}

impl DomainEvent for LeadCreated {
    const KIND: &'static str = "lead.created";

    fn topic(&self) -> Topic {
        ANALYTICS
    }
}
