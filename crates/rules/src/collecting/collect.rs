//! Reading of an utterance, and choice of the next question.

use std::collections::BTreeSet;

use super::{Asking, Change, Collected, clean, reading::Reading};
use crate::personas::FieldSpec;

/// Returns the changes stated by one utterance: new values, corrections of known ones, and refusals. At most one change
/// per field, in the order of the fields.
///
/// Only the first [`MAX_UTTERANCE`](super::MAX_UTTERANCE) bytes are read. Quotes refer to [`clean`]`(utterance)`.
/// Repeating an utterance changes nothing.
pub fn collect<'a>(
    fields: &[FieldSpec],
    known: &Collected,
    asking: impl Into<Asking<'a>>,
    utterance: &str,
) -> Vec<Change> {
    let text = clean(utterance);
    Reading::new(fields, known, asking.into(), &text).changes()
}

/// Returns the field to ask for next: unknown, and not among `passed`, which were already asked for or refused;
/// required ones first, in the persona's order.
pub fn next_question<'a>(
    fields: &'a [FieldSpec],
    known: &Collected,
    passed: &BTreeSet<String>,
) -> Option<&'a FieldSpec> {
    let is_open = |field: &&FieldSpec| !known.knows(&field.key) && !passed.contains(&field.key);
    let mut open = fields.iter().filter(is_open);
    let required = open.clone().find(|field| field.required);
    required.or_else(|| open.next())
}

/// Returns true if all required fields are known.
pub fn is_complete(fields: &[FieldSpec], known: &Collected) -> bool {
    fields.iter().filter(|field| field.required).all(|field| known.knows(&field.key))
}
