//! Cleaning of an utterance, and its parts: sentences, clauses, words.

use std::{ops::Range, sync::LazyLock};

use regex::Regex;
use unicode_normalization::UnicodeNormalization;

/// Maximum length of an utterance that is read, in bytes; the rest is ignored.
pub const MAX_UTTERANCE: usize = 8_000;

/// Compiles a built-in pattern.
///
/// # Panics
/// If the pattern is invalid, which the first test to use it shows.
#[expect(clippy::expect_used, reason = "patterns are constants of the code; tests compile each")]
pub fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a pattern of the code")
}

/// Returns the text that the rules read and quotes refer to: the first [`MAX_UTTERANCE`] bytes, normalized (NFC),
/// without control and invisible characters; every kind of apostrophe is `'`.
pub fn clean(utterance: &str) -> String {
    let cut = utterance.floor_char_boundary(MAX_UTTERANCE);
    utterance[..cut].nfc().filter_map(shown).collect::<String>().trim().to_owned()
}

fn shown(char: char) -> Option<char> {
    match char {
        '\n' => Some('\n'),
        '\t' | '\u{2028}' | '\u{2029}' | '\u{85}' => Some(' '),
        '’' | '‘' | '`' | '´' | '\u{2bc}' => Some('\''),
        _ if char.is_control() || is_invisible(char) => None,
        _ if char.is_whitespace() => Some(' '),
        _ => Some(char),
    }
}

/// Returns true for invisible characters: soft hyphens, joiners, directions, byte order marks, variation selectors,
/// tags.
pub fn is_invisible(char: char) -> bool {
    matches!(char, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// Returns true if a text contains a visible character.
pub fn is_visible(text: &str) -> bool {
    text.chars().any(|char| !char.is_whitespace() && !char.is_control() && !is_invisible(char) && char != '\u{2800}')
}

/// Abbreviations whose full stop does not end a sentence.
const ABBREVIATIONS: [&str; 17] =
    ["mr", "mrs", "ms", "dr", "prof", "st", "jr", "sr", "approx", "ca", "fr", "no", "p.a", "e.g", "i.e", "ext", "rs"];

/// Returns the sentences of a text, as positions.
pub(super) fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    let bytes = text.as_bytes();
    for (at, char) in text.char_indices() {
        let ends = match char {
            '\n' => true,
            '.' | '!' | '?' => {
                let next = bytes.get(at + 1).copied();
                let spaced = next.is_none_or(|next| next == b' ' || next == b'\n');
                spaced && (char != '.' || !is_abbreviated(&text[start..at], next.is_none()))
            }
            _ => false,
        };
        if ends {
            found.push(start..at + char.len_utf8());
            start = at + char.len_utf8();
        }
    }
    found.push(start..text.len());
    found.into_iter().map(|range| trim(text, range)).filter(|range| !range.is_empty()).collect()
}

fn is_abbreviated(before: &str, is_last: bool) -> bool {
    let word = before.rsplit([' ', '(']).next().unwrap_or_default();
    let is_initial = word.chars().count() == 1 && word.chars().all(char::is_uppercase) && word != "I";
    !is_last && (is_initial || ABBREVIATIONS.contains(&word.to_lowercase().as_str()))
}

/// Pattern of separators of clauses. A comma between digits is none.
static JOINT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)[,;:]\s+|\s+[-–—]+\s+|—|[()\x22“”…]|\.\.+|\s*[&+]\s+|\b(?:and|but|so|though|although|because|while|whereas|plus|or|since)\b",
    )
});

/// Returns the clauses of a part of a text, as positions in the text; separators inside `whole` do not split.
pub(super) fn clauses(text: &str, part: Range<usize>, whole: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = part.start;
    for joint in JOINT.find_iter(&text[part.clone()]) {
        let (from, to) = (part.start + joint.start(), part.start + joint.end());
        if whole.iter().any(|whole| whole.start < to && from < whole.end) {
            continue;
        }
        found.push(start..from);
        start = to;
    }
    found.push(start..part.end);
    found.into_iter().map(|range| trim(text, range)).filter(|range| !range.is_empty()).collect()
}

/// Returns a part of a text without surrounding white space.
pub(super) fn trim(text: &str, part: Range<usize>) -> Range<usize> {
    let inner = &text[part.clone()];
    let start = part.start + inner.len() - inner.trim_start().len();
    start..(start + inner.trim().len())
}

static WORD: LazyLock<Regex> = LazyLock::new(|| pattern(r"[\p{L}\p{M}\p{N}]+(?:[-'][\p{L}\p{M}\p{N}]+)*"));

/// Returns the words of a text: letters and digits, with hyphens and apostrophes inside.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    WORD.find_iter(text).map(|found| found.as_str())
}

/// Returns `text` with spaces in place of `parts`, with unchanged length.
pub(super) fn without(text: &str, parts: &[Range<usize>]) -> String {
    let mut left = String::with_capacity(text.len());
    let mut at = 0;
    for part in parts {
        left.push_str(&text[at..part.start]);
        // Not a space: what was there still parts what is around it.
        left.extend(std::iter::repeat_n('|', part.len()));
        at = part.end;
    }
    left.push_str(&text[at..]);
    left
}

/// Pattern of words that announce a correction.
static CORRECTION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:no|nope|sorry|actually|wait|oops|whoops|correction|i meant?|i mean|rather|instead|typo|wrong|mistake|my bad|scratch that|make that|should be|changed?|update[ds]?|not)\b",
    )
});

/// Pattern of words in a correction that make it a refusal.
static REFUSAL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\brather\s+(?:not|keep)\b(?:\s+(?:to\s+)?\w+)?|\bnot\s+(?:say|tell|share|sure|telling|saying|sharing)\b",
    )
});

/// Returns true if a text states that something said before was wrong.
pub(super) fn corrects(text: &str) -> bool {
    CORRECTION.is_match(text) && CORRECTION.is_match(&REFUSAL.replace_all(text, " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts<'a>(text: &'a str, ranges: &[Range<usize>]) -> Vec<&'a str> {
        ranges.iter().map(|range| &text[range.clone()]).collect()
    }

    #[test]
    fn what_nobody_sees_is_left_out() {
        assert_eq!(clean(" Da\u{200b}na\u{0}\u{ad} Mu\u{308}ller\u{202e} "), "Dana Müller");
        assert_eq!(clean("O’Neill\tand\u{a0}I"), "O'Neill and I");
    }

    #[test]
    fn more_than_the_limit_is_cut_at_a_character() {
        let long = "ü".repeat(1_000_000);
        assert_eq!(clean(&long).len(), MAX_UTTERANCE);
    }

    #[test]
    fn initials_and_titles_end_no_sentence() {
        let text = "I'm J. R. Smith. Ask Dr. Who! 1.5 is a number\nnext";
        assert_eq!(parts(text, &sentences(text)), ["I'm J. R. Smith.", "Ask Dr. Who!", "1.5 is a number", "next"]);
    }

    #[test]
    fn clauses_end_at_joints_but_not_inside_an_amount() {
        let text = "I lost 5,000, but I make 120k (gross) and sleep";
        let found = clauses(text, 0..text.len(), &[]);
        assert_eq!(parts(text, &found), ["I lost 5,000", "I make 120k", "gross", "sleep"]);
        let text = "between 80 and 90k";
        assert_eq!(clauses(text, 0..text.len(), std::slice::from_ref(&(0..text.len()))).len(), 1);
    }
}
