//! Answers that cannot be taken, and what is missing in them.

use serde::{Deserialize, Serialize};

use super::{Asking, amount, clean, email};
use crate::domains::chat::personas::{FieldKind, FieldSpec};

/// What is wrong with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hint {
    /// A mail address that is not whole: `peter@`.
    Address,
    /// An amount in a currency that several countries have, or none that is known: `kr 45 000`.
    Currency,
}

/// The most words of an answer that was meant as one.
const LONGEST: usize = 8;

/// What is missing in an utterance that answers the question for an address or an amount, and of which nothing was taken.
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
