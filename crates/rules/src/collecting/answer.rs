//! Free-text answers.

use std::{ops::Range, sync::LazyLock};

use regex::Regex;

use super::text::{pattern, sentences, words};
use crate::personas::FieldSpec;

/// Answers without content.
static EMPTY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:\W|\b(?:ok|okay|yes|yeah|yep|no|nope|sure|hi|hey|hello|there|thanks|thank|you|um+|uh+|hm+|well|fine|right|good|great|cool|lol|what|why|huh|i|don't|do|not|know|idk|dunno|maybe|nothing|it|is|it's|my|e-?mail|that's|me|here|please|later|wait|one|moment|a|second|sec)\b)*$",
    )
});

/// Returns the text that answers a question: the whole utterance. `rest` is the utterance without other values, which
/// must not be empty either.
pub(super) fn find(text: &str, rest: &str, field: &FieldSpec) -> Option<Range<usize>> {
    let letters = rest.chars().filter(|char| char.is_alphabetic()).count();
    let is_one = letters >= 3 && !EMPTY.is_match(rest) && fits(text, field);
    is_one.then_some(0..text.len())
}

/// Returns true if a text contains one of several phrases, ignoring case.
pub fn has_cue(text: &str, cues: &[String]) -> bool {
    let text = super::clean(text).to_lowercase();
    cues.iter().any(|cue| after_cue(&text, cue).is_some())
}

/// Returns the text after a phrase in a lower-case text, unless the phrase is part of a longer word.
fn after_cue<'a>(text: &'a str, cue: &str) -> Option<&'a str> {
    let cue = cue.to_lowercase();
    let after = text.find(&cue).map(|at| &text[at + cue.len()..])?;
    (!after.starts_with(char::is_alphanumeric)).then_some(after)
}

/// Returns the sentence that states a text unasked, by one of its cues.
pub(super) fn find_by_cue(text: &str, field: &FieldSpec) -> Option<Range<usize>> {
    let has_cue = |sentence: &Range<usize>| {
        let inner = text[sentence.clone()].to_lowercase();
        field.cues.iter().any(|cue| after_cue(&inner, cue).is_some_and(|after| words(after).next().is_some()))
    };
    sentences(text).into_iter().find(has_cue).filter(|sentence| fits(&text[sentence.clone()], field))
}

/// Returns true if a text is neither empty nor longer than its field allows.
pub(super) fn fits(text: &str, field: &FieldSpec) -> bool {
    !text.trim().is_empty() && text.chars().count() <= field.longest
}
