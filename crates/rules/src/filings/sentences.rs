//! Splitting of text into sentences.

use regex::Regex;

/// Maximum length of a sentence, in bytes; longer ones are tables or junk.
const LONGEST: usize = 4_000;

/// Abbreviations whose full stop does not end a sentence.
const ABBREVIATIONS: [&str; 42] = [
    "mr", "mrs", "ms", "dr", "prof", "messrs", "jr", "sr", "st", "no", "nos", "vs", "v", "inc", "corp", "co", "ltd",
    "llc", "bros", "approx", "u.s", "u.k", "n.a", "l.p", "s.a", "d.c", "e.g", "i.e", "etc", "jan", "feb", "mar", "apr",
    "aug", "sept", "oct", "nov", "dec", "ex", "art", "sec", "ph.d",
];

/// Legal forms and the like, after which a sentence may end too.
const MAY_END: [&str; 11] = ["inc", "corp", "co", "ltd", "llc", "jr", "sr", "n.a", "l.p", "etc", "s.a"];

/// Words that begin sentences and hardly names.
const BEGINNERS: [&str; 22] = [
    "The",
    "On",
    "In",
    "As",
    "This",
    "These",
    "Pursuant",
    "Under",
    "A",
    "An",
    "If",
    "For",
    "Effective",
    "There",
    "Such",
    "No",
    "It",
    "He",
    "She",
    "Following",
    "At",
    "Upon",
];

/// Compiles a built-in pattern.
///
/// # Panics
/// If the pattern is invalid, which the first test to use it shows.
#[expect(clippy::expect_used, reason = "patterns are constants of the code; tests compile each")]
pub fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a pattern of the code")
}

/// Returns the sentences of a text, unmodified. The end of a paragraph ends a sentence.
pub fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.lines().flat_map(of_paragraph).filter(|sentence| sentence.len() <= LONGEST)
}

fn of_paragraph(paragraph: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    for (at, _) in paragraph.match_indices(' ') {
        if ends_sentence(&paragraph[start..at], &paragraph[at + 1..]) {
            found.push(&paragraph[start..at]);
            start = at + 1;
        }
    }
    found.push(&paragraph[start..]);
    found.retain(|sentence| sentence.chars().any(char::is_alphabetic));
    found
}

/// Returns a word without a footnote mark after its full stop: `sale.1`, `sale.(2)`, `sale.*`.
fn without_mark(word: &str) -> &str {
    let bare = word.trim_end_matches(['*', '†', '‡', ')', ']']);
    let stem = bare.trim_end_matches(|char: char| char.is_ascii_digit() || "¹²³⁴⁵⁶⁷⁸⁹⁰".contains(char));
    let stem = stem.trim_end_matches(['(', '[']);
    let mark = word.len() - stem.len();
    let before = stem.strip_suffix('.').unwrap_or_default();
    let ends_word = before.ends_with(|char: char| char.is_alphabetic() || matches!(char, ')' | '”' | '"'));
    if (1..=6).contains(&mark) && ends_word { stem } else { word }
}

fn ends_sentence(before: &str, after: &str) -> bool {
    let word = before.rsplit(' ').next().unwrap_or_default();
    let bare = without_mark(word).trim_end_matches(['”', '"', '’', ')', ']']);
    if !bare.ends_with(['.', '!', '?']) || !after.starts_with(|char: char| !char.is_lowercase()) {
        return false;
    }
    let stem = bare.trim_end_matches('.').trim_start_matches(['(', '“', '"']);
    let next = after.split(|char: char| !char.is_alphanumeric()).next().unwrap_or_default();
    let lower = stem.to_lowercase();
    if MAY_END.contains(&lower.as_str()) {
        return BEGINNERS.contains(&next);
    }
    let is_initial = stem.chars().count() == 1 && stem.starts_with(char::is_alphabetic);
    !is_initial && !ABBREVIATIONS.contains(&lower.as_str())
}
