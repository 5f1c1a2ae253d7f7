//! Reading of a person's name at a position in a text.

use std::{ops::Range, sync::LazyLock};

use regex::Regex;

use super::words::{
    is_both, is_given, is_ordinary, is_particle, is_shouted, is_suffix, is_title, prefix_particle, starts_large,
};
use crate::collecting::text::pattern;

/// Maximum number of words of a name.
const LONGEST: usize = 7;

/// A name with its position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Person {
    pub(super) span: Range<usize>,
    /// In stored form.
    pub(super) name: String,
    /// True if it is capitalized, in a text with both cases.
    pub(super) is_large: bool,
    /// True if its first word is a common given name.
    pub(super) is_given: bool,
    /// Number of words.
    pub(super) words: usize,
}

/// Use of letter case in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    /// Significant: names are capitalized.
    Mixed,
    /// All upper case, hence not significant.
    Shouted,
}

impl Case {
    pub(super) fn of(text: &str) -> Self {
        let is_shouted = text.split_whitespace().filter(|word| is_shouted(word)).count() > 1
            && !text.chars().any(char::is_lowercase);
        if is_shouted { Self::Shouted } else { Self::Mixed }
    }
}

static TOKEN: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^[ \t]*(?:\p{Lu}\.|[\p{L}\p{M}]+(?:['-][\p{L}\p{M}]+)*\.?)"));

/// Returns the name at `start`; `None` if there is none. `small` returns true for lower-case words that may be names.
pub(super) fn read(text: &str, start: usize, case: Case, small: fn(&str) -> bool) -> Option<Person> {
    let mut at = start;
    let mut tokens: Vec<(Range<usize>, &str)> = Vec::new();
    let mut is_large = true;
    while tokens.len() < LONGEST {
        let Some(found) = TOKEN.find(&text[at..]) else { break };
        let word = found.as_str().trim();
        let span = at + found.end() - word.len()..at + found.end();
        let bare = word.trim_end_matches('.');
        let is_dotted = word.ends_with('.');
        if is_title(bare) && tokens.is_empty() && starts_large(word) {
            at = span.end;
            continue;
        }
        let is_initial = is_dotted && bare.chars().count() == 1;
        let is_name = is_initial || is_name_word(bare, tokens.is_empty(), is_large, case, small);
        let ends_name = !tokens.is_empty() && is_suffix(bare);
        if !is_name && !ends_name {
            break;
        }
        if tokens.is_empty() {
            is_large = starts_large(bare) && case == Case::Mixed;
        }
        at = span.end;
        let ends = is_dotted && !is_initial && !is_suffix(bare);
        tokens.push(if ends { (span.start..span.end - 1, bare) } else { (span, word) });
        if ends {
            break;
        }
    }
    while tokens.last().is_some_and(|(_, word)| is_particle(word)) && tokens.len() > 1 {
        tokens.pop();
    }
    person(&tokens, is_large)
}

fn is_name_word(word: &str, is_first: bool, is_large: bool, case: Case, small: fn(&str) -> bool) -> bool {
    if !is_first && is_particle(&word.to_lowercase()) && (is_large || !matches!(word, "y" | "e" | "do" | "la" | "le")) {
        return true;
    }
    // d'Arc, al-Rashid.
    if let Some(rest) = prefix_particle(word).filter(|_| !is_first)
        && (starts_large(rest) || !is_large)
    {
        return !is_ordinary(rest);
    }
    // Who only says that they are something is not shouted at; a name that was asked for may be.
    let is_lenient = small("qq");
    let is_acronym = is_shouted(word) && word.chars().count() <= 4 && !is_given(word);
    if is_ordinary(word) || word.ends_with("'s") || (is_acronym && !is_first && is_large) {
        return false;
    }
    match case {
        Case::Mixed if starts_large(word) => {
            !is_first || !is_shouted(word) || is_lenient || word.chars().count() <= 3 || is_given(word)
        }
        // After a name in large letters a word in small ones is none.
        Case::Mixed if !is_first && is_large => false,
        Case::Mixed if is_first => small(word) && !is_both(word),
        Case::Mixed => !is_both(word),
        Case::Shouted => small(word) && !is_both(word),
    }
}

fn person(tokens: &[(Range<usize>, &str)], is_large: bool) -> Option<Person> {
    let (first, last) = (tokens.first()?, tokens.last()?);
    let letters: usize = tokens.iter().map(|(_, word)| word.chars().filter(|char| char.is_alphabetic()).count()).sum();
    let is_all_initials = tokens.iter().all(|(_, word)| word.ends_with('.') && word.chars().count() == 2);
    if letters < 2 || (is_all_initials && tokens.len() < 2) {
        return None;
    }
    let name = tokens.iter().map(|(_, word)| tidy_with_particle(word)).collect::<Vec<_>>().join(" ");
    Some(Person { span: first.0.start..last.0.end, name, is_large, is_given: is_given(first.1), words: tokens.len() })
}

/// Returns a word of a name in stored form, with its particle in lower case if written so.
fn tidy_with_particle(word: &str) -> String {
    match prefix_particle(word) {
        Some(rest) => format!("{}{}", &word[..word.len() - rest.len()], tidy(rest)),
        None => tidy(word),
    }
}

/// Capitalizes a word of a name that is all lower or all upper case.
fn tidy(word: &str) -> String {
    let is_small = !word.chars().any(char::is_uppercase);
    let is_loud = is_shouted(word) && word.chars().count() > 3;
    if is_particle(word) || is_suffix(word) || !(is_small || is_loud) {
        return word.to_owned();
    }
    let mut begins = true;
    let mut tidied = String::with_capacity(word.len());
    let lower = word.to_lowercase();
    for (at, char) in lower.char_indices() {
        if begins {
            tidied.extend(char.to_uppercase());
        } else {
            tidied.push(char);
        }
        // O'Neill, Jean-Luc; but not the s of a genitive.
        begins = char == '-' || (char == '\'' && lower[..at].chars().count() <= 2);
    }
    tidied
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Option<String> {
        read(text, 0, Case::of(text), |_| true).map(|person| person.name)
    }

    #[test]
    fn particles_accents_and_initials_are_part_of_a_name() {
        for (text, expected) in [
            ("Ludwig van der Berg, hi", "Ludwig van der Berg"),
            ("Ana María de la Cruz and", "Ana María de la Cruz"),
            ("o'neill", "O'Neill"),
            ("jean-luc picard", "Jean-Luc Picard"),
            ("Đặng Thị Hoa", "Đặng Thị Hoa"),
            ("J. R. Smith.", "J. R. Smith"),
            ("Dr. Emily Watson", "Emily Watson"),
            ("Martin Luther King Jr. is", "Martin Luther King Jr."),
            ("DANA MÜLLER", "Dana Müller"),
            ("Dana CEO of", "Dana"),
            ("李伟", "李伟"),
            ("Jeanne d'Arc, hi", "Jeanne d'Arc"),
            ("harun al-rashid", "Harun al-Rashid"),
            ("DANA SCULLY and more", "Dana Scully"),
        ] {
            assert_eq!(name(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn ordinary_words_are_no_names() {
        for text in ["tired", "Spanish", "the", "Peter's wife", "rich", "x", "123"] {
            assert_eq!(name(text), None, "{text}");
        }
        assert_eq!(name("Rich").as_deref(), Some("Rich"));
    }
}
