//! A written report.

use serde::{Deserialize, Serialize};

/// A report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// Headline: the event and its meaning for the reader.
    pub headline: String,
    /// Relevance for the reader; one paragraph.
    pub why_it_matters: String,
    /// Talking points; at least two, one line each.
    pub talking_points: Vec<String>,
    /// Recommended action of the seller; one paragraph.
    pub recommended_action: String,
    /// Draft of a message to the reader, in paragraphs, to be checked and sent by a person.
    pub draft_message: String,
    /// The author, as `provider/model`; `None` if made from a template.
    pub model: Option<String>,
    /// True for a placeholder that a model is to replace later, because none answered.
    #[serde(default)]
    pub is_provisional: bool,
}
