//! A report as it is written.

use serde::{Deserialize, Serialize};

/// A report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// One line: what happened and what it is to the reader.
    pub headline: String,
    /// Why it matters to the reader; one paragraph.
    pub why_it_matters: String,
    /// What to bring up in a talk; at least two, a line each.
    pub talking_points: Vec<String>,
    /// What the seller should do; one paragraph.
    pub recommended_action: String,
    /// A message to the reader, in paragraphs, to be read and sent by a person.
    pub draft_message: String,
    /// Who wrote it, as `provider/model`; `None` when it is from a template.
    pub model: Option<String>,
    /// Whether it stands for one that a model is to write later: none answered.
    #[serde(default)]
    pub is_provisional: bool,
}
