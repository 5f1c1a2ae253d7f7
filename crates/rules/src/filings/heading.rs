//! Headings of items, distinguished from text that mentions an item.
//!
//! A heading begins its paragraph (or, with its official title, its line) with `Item` and a valid number. It is no
//! heading if the text before breaks off in the middle of a sentence, or if it continues in lower case ("Item 1.01 of
//! this report"). Numbers from before August 2004 only count with their title: "Item 5" may be anything.

use std::collections::HashSet;
use std::sync::LazyLock;

use regex::Regex;

use super::item::Item;
use super::sentences::pattern;

/// A heading, with the text after it in the same paragraph.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Heading {
    /// One item, or several in a joint heading.
    pub(super) items: Vec<Item>,
    /// The sub-paragraphs in the heading: `b` for `Item 5.02(b)`.
    pub(super) letters: String,
    pub(super) title: String,
    pub(super) rest: String,
}

/// Pattern of the start of a heading, up to its first number.
static START: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)^[•·*\-–—☐☒\s]*(?:section\s+[1-9]\s*[-–—.:]+[^.;:]{0,80}?\s)?items?\s*(?:no\.?\s*)?")
});
static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)^(\d{1,2})(?:\s?\.\s?(\d{2}))?((?:\s?\([a-h]\)(?:\(\d\))?(?:\s?(?:,|and|&)\s?)?)*)")
});
static ALSO: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)^\s*(?:,\s*and|,|and|&|/|;)\s*(?:items?\s*)?(\d)"));

/// Characters between a number and its title.
const PUNCTUATION: [char; 8] = ['.', ':', ';', '-', '–', '—', ',', ')'];

/// Words that do not distinguish titles.
const SMALL_WORDS: [&str; 10] = ["of", "or", "and", "the", "in", "to", "a", "an", "under", "that"];

/// Maximum length of custom titles, in bytes.
const LONGEST_TITLE: usize = 160;

/// Reads a paragraph that may begin with a heading. `before` and `after` are the adjacent paragraphs or lines.
pub(super) fn read(text: &str, before: &str, after: &str) -> Option<Heading> {
    let (items, letters, rest) = numbers(text)?;
    if breaks_off(before) {
        return None;
    }
    let body = rest.trim_start_matches(|char: char| char.is_whitespace() || PUNCTUATION.contains(&char));
    let is_legacy = items.iter().any(|item| matches!(item, Item::Legacy(_)));
    let heading = |title: &str, rest: &str| {
        Some(Heading {
            items: items.clone(),
            letters: letters.clone(),
            title: trimmed(title).to_owned(),
            rest: rest.trim().to_owned(),
        })
    };
    if let Some(end) = title_end(&items, body) {
        return heading(&body[..end], after_title(&body[end..]));
    }
    if body.is_empty() {
        return if !is_legacy || title_end(&items, after).is_some() { heading("", "") } else { None };
    }
    if is_legacy || !body.starts_with(|char: char| char.is_uppercase() || char.is_ascii_digit()) {
        return None;
    }
    if is_custom_title(body) { heading(body, "") } else { heading("", body) }
}

/// Returns true if a line within a paragraph is a heading: only with the official title, on it or on the next line.
pub(super) fn begins_line(line: &str, before: &str, after: &str) -> bool {
    let Some((items, _, rest)) = numbers(line) else { return false };
    let body = rest.trim_start_matches(|char: char| char.is_whitespace() || PUNCTUATION.contains(&char));
    !breaks_off(before) && title_end(&items, if body.is_empty() { after } else { body }).is_some()
}

/// Returns the end of the title of one of `items` in a text that begins with it.
pub(super) fn title_end(items: &[Item], text: &str) -> Option<usize> {
    items.iter().filter_map(|item| one_title_end(items, *item, text)).max()
}

/// Returns true if a whole text consists of words of a title, as the second line of a long one.
pub(super) fn continues_title(items: &[Item], text: &str) -> bool {
    title_end(items, text).is_some_and(|end| after_title(&text[end..]).is_empty())
}

/// Parses items and letters, and returns the rest.
fn numbers(text: &str) -> Option<(Vec<Item>, String, &str)> {
    let mut rest = &text[START.find(text)?.end()..];
    let mut items = Vec::new();
    let mut letters = String::new();
    loop {
        let found = NUMBER.captures(rest)?;
        let item = match found.get(2) {
            Some(number) => Item::parse(&format!("{}.{}", &found[1], number.as_str())),
            None => Item::parse(&found[1]),
        }?;
        letters.push_str(&letters_of(&found[3]));
        rest = &rest[found[0].len()..];
        let glued =
            if matches!(item, Item::Legacy(_)) { char::is_alphanumeric } else { |char: char| char.is_ascii_digit() };
        if rest.starts_with(glued) {
            return None;
        }
        items.push(item);
        match ALSO.captures(rest) {
            Some(also) if items.len() < 12 => rest = &rest[also[0].len() - 1..],
            _ => return Some((items, letters, rest)),
        }
    }
}

/// Returns the letters in brackets: `bc` of `(b) and (c)`.
pub(super) fn letters_of(text: &str) -> String {
    let bytes = text.to_ascii_lowercase().into_bytes();
    (1..bytes.len())
        .filter(|at| bytes[*at] == b')' && matches!(bytes[at - 1], b'a'..=b'h'))
        .map(|at| char::from(bytes[at - 1]))
        .collect()
}

fn one_title_end(items: &[Item], item: Item, text: &str) -> Option<usize> {
    // A joint heading may run through the titles of all its items.
    let words: HashSet<String> =
        items.iter().flat_map(|item| item.titles()).flat_map(str::split_whitespace).map(plain).collect();
    let own: HashSet<String> = item.titles().flat_map(str::split_whitespace).map(plain).collect();
    let (mut end, mut told, mut at, mut full_stop) = (0, 0, 0, false);
    for word in text.split(' ') {
        let key = plain(word);
        let is_small = SMALL_WORDS.contains(&key.as_str());
        let is_part = key.is_empty() || (words.contains(&key) && !(is_small && full_stop)) || key == "continued";
        if !is_part || (told == 0 && (key.is_empty() || is_small || !own.contains(&key))) {
            break;
        }
        at += word.len();
        if !key.is_empty() && !is_small {
            told += 1;
            end = at;
        }
        full_stop = word.ends_with('.');
        at += 1;
    }
    let is_whole = after_title(text.get(end..)?).is_empty();
    (told >= 2 || (told == 1 && is_whole)).then_some(end)
}

/// Returns the text after a title, without punctuation and the page number of a table of contents.
fn after_title(text: &str) -> &str {
    let text = text.trim_start_matches(|char: char| {
        char.is_whitespace() || PUNCTUATION.contains(&char) || matches!(char, '”' | '"' | '_' | '*')
    });
    if text.len() <= 3 && text.bytes().all(|byte| byte.is_ascii_digit()) { "" } else { text }
}

fn trimmed(title: &str) -> &str {
    title.trim_matches(|char: char| {
        char.is_whitespace() || PUNCTUATION.contains(&char) || matches!(char, '“' | '”' | '"')
    })
}

/// Returns a word without case, punctuation and hyphens, for comparison of titles.
fn plain(word: &str) -> String {
    word.chars()
        .filter_map(|char| match char {
            '’' | '\'' => Some('\''),
            char if char.is_alphanumeric() => Some(char.to_ascii_lowercase()),
            _ => None,
        })
        .collect()
}

/// Returns true if a text looks like a title: short, mostly capitalized words, not a sentence.
fn is_custom_title(text: &str) -> bool {
    let long: Vec<_> = text.split_whitespace().filter(|word| word.len() > 3).collect();
    let capitals = long.iter().filter(|word| word.starts_with(|char: char| !char.is_lowercase())).count();
    text.len() <= LONGEST_TITLE && !text.contains(". ") && capitals * 3 >= long.len() * 2
}

/// Returns true if a paragraph ends in the middle of a sentence, which then continues after it.
fn breaks_off(before: &str) -> bool {
    const OPEN: [&str; 24] = [
        "this",
        "in",
        "to",
        "by",
        "under",
        "of",
        "and",
        "the",
        "into",
        "with",
        "or",
        "caption",
        "heading",
        "from",
        "see",
        "pursuant",
        "per",
        "a",
        "an",
        "as",
        "that",
        "for",
        "at",
        "captioned",
    ];
    let Some(last) = before.split_whitespace().next_back() else { return false };
    last.ends_with(',') || OPEN.contains(&last)
}
