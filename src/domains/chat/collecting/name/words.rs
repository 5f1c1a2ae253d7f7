//! Which words are names, and which are not.

use std::{collections::HashSet, sync::LazyLock};

/// Common given names, which are names also in small letters.
static GIVEN: LazyLock<HashSet<&str>> = LazyLock::new(|| include_str!("given.txt").split_whitespace().collect());

/// Words that are no names: the commonest words of English, what people say they are, places and firms.
static ORDINARY: LazyLock<HashSet<&str>> = LazyLock::new(|| include_str!("ordinary.txt").split_whitespace().collect());

/// Names that are ordinary words too: names when they begin with a capital letter.
const BOTH: [&str; 14] = [
    "will",
    "rich",
    "may",
    "hope",
    "art",
    "mark",
    "grant",
    "chase",
    "drew",
    "guy",
    "miles",
    "bill",
    "frank",
    "christian",
];

/// What stands inside names in small letters.
const PARTICLES: [&str; 30] = [
    "van", "von", "der", "den", "de", "del", "della", "di", "da", "do", "dos", "das", "du", "la", "le", "los", "las",
    "bin", "ibn", "bint", "al", "el", "ten", "ter", "zu", "zum", "af", "av", "st", "y",
];

/// What may follow a name as part of it.
const SUFFIXES: [&str; 7] = ["jr", "sr", "ii", "iii", "iv", "junior", "senior"];

/// What stands before a name and is no part of it.
const TITLES: [&str; 9] = ["mr", "mrs", "ms", "miss", "dr", "prof", "professor", "sir", "madam"];

/// What people are: trades, ranks and states, which are no names though they are written large.
static ROLES: LazyLock<HashSet<&str>> = LazyLock::new(|| include_str!("roles.txt").split_whitespace().collect());

/// What may stand in small letters at the head of a word of a name.
const PREFIXES: [&str; 15] =
    ["d'", "l'", "dell'", "dall'", "al-", "el-", "as-", "ad-", "ar-", "at-", "an-", "bin-", "ben-", "'t-", "de'"];

/// What follows a particle at the head of a word, such as `Arc` of `d'Arc`.
pub(super) fn prefix_particle(word: &str) -> Option<&str> {
    let rest = PREFIXES.iter().find_map(|prefix| word.strip_prefix(prefix))?;
    rest.starts_with(char::is_alphabetic).then_some(rest)
}

/// Whether a word is what somebody is, such as `Director`.
pub(super) fn is_role(word: &str) -> bool {
    ROLES.contains(word.to_lowercase().trim_matches(|char: char| !char.is_alphanumeric()))
}

/// Endings of words that tell what somebody is or does; names that have one are known as given names.
const STATES: [&str; 31] = [
    "ist", "ician", "ager", "eer", "ctor", "ator", "itect", "lyst", "nced", "cated", "ered", "oyed", "tired", "ried",
    "less", "ful", "ous", "ive", "able", "ible", "ness", "ment", "ary", "ical", "cian", "ultant", "ntant", "ident",
    "ssor", "keeper", "worker",
];

/// Whether a word looks like one that tells what somebody is.
pub(super) fn looks_like_a_state(word: &str) -> bool {
    let lower = word.to_lowercase();
    STATES.iter().any(|ending| lower.ends_with(ending) && lower.len() > ending.len() + 1)
}

pub(super) fn is_given(word: &str) -> bool {
    let lower = word.to_lowercase();
    GIVEN.contains(lower.as_str()) || lower.split_once('-').is_some_and(|(first, _)| GIVEN.contains(first))
}

/// Whether a word, in this spelling, is no name.
pub(in crate::domains::chat::collecting) fn is_ordinary(word: &str) -> bool {
    let lower = word.to_lowercase();
    let is_name_too = starts_large(word) && BOTH.contains(&lower.as_str());
    ORDINARY.contains(lower.as_str()) && !is_name_too
}

/// Whether a word is a name in large letters and an ordinary one in small letters.
pub(super) fn is_both(word: &str) -> bool {
    BOTH.contains(&word.to_lowercase().as_str())
}

pub(super) fn is_particle(word: &str) -> bool {
    PARTICLES.contains(&word)
}

pub(super) fn is_suffix(word: &str) -> bool {
    SUFFIXES.contains(&word.to_lowercase().trim_end_matches('.'))
}

pub(super) fn is_title(word: &str) -> bool {
    TITLES.contains(&word.to_lowercase().trim_end_matches('.'))
}

/// Whether a word begins with a letter that is not a small one; scripts without cases count as large.
pub(super) fn starts_large(word: &str) -> bool {
    word.chars().next().is_some_and(|char| char.is_alphabetic() && !char.is_lowercase())
}

/// Whether all letters of a word of several are large ones.
pub(super) fn is_shouted(word: &str) -> bool {
    word.chars().filter(|char| char.is_alphabetic()).count() > 1
        && word.chars().all(|char| !char.is_lowercase())
        && word.chars().any(char::is_uppercase)
}
