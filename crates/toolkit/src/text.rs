//! Text normalization for storage, comparison and search.

mod grams;

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

pub use grams::{Grams, grams};
pub use migration::folding::{audit_words, chat_words, fold, identity_key, input_words, is_invisible, text_words};

/// Returns a name in stored form: composed (NFC), trimmed, without invisible characters, except the joiners and
/// variation selectors of Persian, Indic scripts and emoji.
pub fn clean(text: &str) -> String {
    let is_kept = |c: char| !is_invisible(c) || matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe0e}' | '\u{fe0f}');
    let kept: String = text.nfc().filter(|c| is_kept(*c)).collect();
    kept.trim().to_owned()
}

/// Returns a text with control characters, line breaks and changes of the writing direction escaped (`\u{1b}`), for
/// terminals and logs.
pub fn printable(text: &str) -> Cow<'_, str> {
    let is_control = |c: char| c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if !text.contains(is_control) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if is_control(c) {
            escaped.extend(c.escape_default());
        } else {
            escaped.push(c);
        }
    }
    Cow::Owned(escaped)
}

/// Returns the known name nearest to `name`, if one is within `most_edits` edits.
pub fn nearest<'k, N: AsRef<str> + 'k>(
    name: &str,
    known: impl Iterator<Item = &'k N>,
    most_edits: usize,
) -> Option<&'k str> {
    let known = known.map(|known| (strsim::damerau_levenshtein(name, known.as_ref()), known.as_ref()));
    let (distance, nearest) = known.min_by_key(|(distance, _)| *distance)?;
    (distance <= most_edits).then_some(nearest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_is_escaped_and_the_rest_stays() {
        assert_eq!(printable("a\u{1b}[31m\nb\t\u{202e}\u{9b}"), r"a\u{1b}[31m\nb\t\u{202e}\u{9b}");
        assert!(matches!(printable("Ärzte \"日本\" \\ 👨\u{200d}👩"), Cow::Borrowed(_)));
    }

    #[test]
    fn the_nearest_name_is_found_if_it_is_near() {
        let known = ["first", "filter", "after"];
        assert_eq!(nearest("frist", known.iter(), 2), Some("first"));
        assert_eq!(nearest("weather", known.iter(), 2), None);
    }

    #[test]
    fn a_name_is_kept_composed_and_without_what_nobody_sees() {
        assert_eq!(clean("  Zoe\u{308}\u{200b} M\u{202e}\u{feff} "), "Zoë M");
        assert_eq!(clean("\u{200b}\u{2060}"), "");
        let family = "👨\u{200d}👩\u{200d}👧";
        assert_eq!(clean(family), family);
    }
}
