//! Hints about unusable answers.

use serde::{Deserialize, Serialize};

use super::{Asking, amount, clean, email};
use crate::personas::{FieldKind, FieldSpec};

/// Problem of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hint {
    /// An incomplete mail address: `peter@`.
    Address,
    /// An amount in an ambiguous or unknown currency: `kr 45 000`.
    Currency,
}

/// Maximum number of words of a direct answer.
const LONGEST: usize = 8;

/// Returns the problem of an utterance that answers the question for an address or an amount without a usable value.
pub fn hint(fields: &[FieldSpec], asking: Asking<'_>, utterance: &str) -> Option<Hint> {
    let text = clean(utterance);
    let asked = asking.last.and_then(|key| fields.iter().find(|field| field.key == key))?;
    if text.split_whitespace().count() > LONGEST || text.contains('?') {
        return None;
    }
    match asked.kind {
        FieldKind::Email => email::is_incomplete(&text).then_some(Hint::Address),
        FieldKind::Money => amount::find(&text).iter().any(amount::Amount::is_foreign).then_some(Hint::Currency),
        _ => None,
    }
}
