//! What a report is about.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::domains::intelligence::filings::{Item, Opportunity, Person, SignalType, ValueEstimate};

/// What a report is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Occasion {
    /// The company that sells.
    pub vendor: String,
    /// What it sells: names, each with what it does. May be empty.
    pub products: Vec<(String, String)>,
    /// The company at which something happened.
    pub customer: String,
    /// What happened.
    pub kind: SignalType,
    /// What it means for the business.
    pub opportunity: Opportunity,
    /// One sentence for a person.
    pub summary: String,
    /// The sentence of the filing that proves it.
    pub sentence: String,
    /// The item under which it stands.
    pub item: Item,
    /// When it was filed.
    pub filed_at: DateTime<Utc>,
    /// Who it is about.
    pub person: Option<Person>,
    /// What may be at stake.
    pub value: Option<ValueEstimate>,
    /// How urgent it is now, 0 to 1.
    pub urgency: f64,
}
