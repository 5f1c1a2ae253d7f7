//! A model's raw answer.

use serde::Deserialize;

/// A report by a model, not yet checked.
#[derive(Debug, Deserialize)]
pub(super) struct Answer {
    pub(super) headline: String,
    pub(super) why_it_matters: String,
    pub(super) talking_points: Vec<String>,
    pub(super) recommended_action: String,
    pub(super) draft_message: String,
}
