//! Signals: what a report means to somebody who sells to the company.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::item::Item;
use super::people::Person;
use super::signal_type::{Opportunity, SignalType};
use super::value::ValueEstimate;

/// Something that happened at a company, with its proof.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Signal {
    /// The same for the same event however often a filing is read: accession number, item, type, and the person.
    pub key: String,
    /// What happened.
    pub kind: SignalType,
    /// What it means for the business with the company.
    pub opportunity: Opportunity,
    /// The urgency on the day of filing, 0 to 1.
    pub strength: f64,
    /// The urgency at the time of reading, 0 to 1; see [`urgency`](super::urgency()).
    pub urgency: f64,
    /// What may be at stake; `None` where nothing can be said.
    pub value: Option<ValueEstimate>,
    /// Who it is about, for signals about people.
    pub person: Option<Person>,
    /// What proves it.
    pub evidence: Evidence,
    /// One sentence for a person, made by template. A model may put it in better words before the signal is saved.
    pub summary: String,
}

/// What proves a signal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The accession number of the filing, `0001234567-24-000123`.
    pub accession: String,
    /// The item under which the sentence stands.
    pub item: Item,
    /// The sentence, as it stands in the text of the item's section.
    pub sentence: String,
    /// The address of the document.
    pub url: String,
    /// When the company filed it.
    pub filed_at: DateTime<Utc>,
}
