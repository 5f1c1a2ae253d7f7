//! Subject of a report.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::domains::intelligence::filings::{Item, Opportunity, Person, SignalType, ValueEstimate};

/// The subject of a report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Occasion {
    /// The vendor.
    pub vendor: String,
    /// The vendor's products with their descriptions. May be empty.
    pub products: Vec<(String, String)>,
    /// The customer at which the event happened.
    pub customer: String,
    /// The kind of event.
    pub kind: SignalType,
    /// The business impact.
    pub opportunity: Opportunity,
    /// The summary in one sentence.
    pub summary: String,
    /// The sentence of the filing that proves it.
    pub sentence: String,
    /// The item of the sentence.
    pub item: Item,
    /// The filing time.
    pub filed_at: DateTime<Utc>,
    /// The person concerned.
    pub person: Option<Person>,
    /// The estimated value.
    pub value: Option<ValueEstimate>,
    /// The present urgency, 0–1.
    pub urgency: f64,
}
