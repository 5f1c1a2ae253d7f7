//! What visitors tell about themselves, read out of what they say: by rules, and with the help of a language model.
//! Pure computation: no network, no database.
//!
//! [`collect`] reads one utterance by rules alone. A value carries the sentence that proves it, word for word. In doubt
//! there is no value: asking once more costs less than a wrong name in a letter. What a language model reads is taken by
//! [`from_model`] only when it is proved in the same way, and joined to what the rules found by [`merge`].
//!
//! What is known is replaced only by what the visitor says outright (`my name is …`), says to correct it (`no, …`), or
//! answers when asked for it.

mod amount;
mod answer;
mod back;
mod currency;
mod email;
mod hint;
mod income;
mod model;
mod name;
mod number;
mod phone;
mod reading;
mod refusal;
#[cfg(test)]
mod tests;
mod text;
mod value;

use std::collections::BTreeSet;

pub use answer::has_cue;
pub use back::{AskedBack, asked_back};
pub use currency::is_known as is_currency;
pub use hint::{Hint, hint};
pub use model::{REFUSED, answer_schema, from_model, merge};
pub(super) use text::pattern;
pub use text::{MAX_UTTERANCE, clean, is_invisible, is_visible};
pub use value::{Change, Collected, Known, Money, Period, Source, Value};

use super::personas::FieldSpec;

/// What the visitor was asked for, by the keys of the fields.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asking<'a> {
    /// What the last reply asked for.
    pub last: Option<&'a str>,
    /// What was asked for last of what is not known yet; a refusal is one to tell this.
    pub open: Option<&'a str>,
}

impl<'a> From<Option<&'a str>> for Asking<'a> {
    fn from(asked: Option<&'a str>) -> Self {
        Self { last: asked, open: asked }
    }
}

/// What one utterance says: new values, corrections of known ones, and refusals to tell. At most one change a field, in
/// the order of the fields.
///
/// Only the first [`MAX_UTTERANCE`] bytes are read. Quotes stand in [`clean`]`(utterance)`. The same utterance again
/// changes nothing.
pub fn collect<'a>(
    fields: &[FieldSpec],
    known: &Collected,
    asking: impl Into<Asking<'a>>,
    utterance: &str,
) -> Vec<Change> {
    let text = clean(utterance);
    reading::Reading::new(fields, known, asking.into(), &text).changes()
}

/// The field to ask for next: one that is not known and not among `passed`, which are those that were asked for already or
/// refused; required ones first, in the persona's order.
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

/// Whether all required fields are known.
pub fn is_complete(fields: &[FieldSpec], known: &Collected) -> bool {
    fields.iter().filter(|field| field.required).all(|field| known.knows(&field.key))
}
