//! Signals: events in reports that matter to the company's vendors.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::item::Item;
use super::people::Person;
use super::signal_type::{Opportunity, SignalType};
use super::value::ValueEstimate;

/// An event at a company, with its evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Signal {
    /// Key of the event, identical however often a filing is read: accession number, item, kind, and person.
    pub key: String,
    /// The kind of event.
    pub kind: SignalType,
    /// The business impact.
    pub opportunity: Opportunity,
    /// Urgency on the day of filing, 0–1.
    pub strength: f64,
    /// Urgency at the time of reading, 0–1; see [`urgency`](super::urgency()).
    pub urgency: f64,
    /// Estimated value; `None` if there is no basis for one.
    pub value: Option<ValueEstimate>,
    /// The person concerned, if any.
    pub person: Option<Person>,
    /// The evidence.
    pub evidence: Evidence,
    /// Summary in one sentence, made from a template. A model may reword it before the signal is saved.
    pub summary: String,
}

/// The evidence of a signal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The accession number of the filing, `0001234567-24-000123`.
    pub accession: String,
    /// The item of the sentence.
    pub item: Item,
    /// The sentence, word for word.
    pub sentence: String,
    /// The URL of the document.
    pub url: String,
    /// The filing time.
    pub filed_at: DateTime<Utc>,
}
