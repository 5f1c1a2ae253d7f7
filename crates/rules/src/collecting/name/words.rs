//! Words that are names, and words that are not.

use std::{collections::HashSet, sync::LazyLock};

/// Common given names, accepted in lower case too.
static GIVEN: LazyLock<HashSet<&str>> = LazyLock::new(|| include_str!("given.txt").split_whitespace().collect());

/// Words that are no names: the most common words of English, descriptions of people, places and companies.
static ORDINARY: LazyLock<HashSet<&str>> = LazyLock::new(|| include_str!("ordinary.txt").split_whitespace().collect());

/// Names that are also ordinary words: names only if capitalized.
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

/// Lower-case particles inside names.
const PARTICLES: [&str; 30] = [
    "van", "von", "der", "den", "de", "del", "della", "di", "da", "do", "dos", "das", "du", "la", "le", "los", "las",
    "bin", "ibn", "bint", "al", "el", "ten", "ter", "zu", "zum", "af", "av", "st", "y",
];

/// Suffixes of names.
const SUFFIXES: [&str; 7] = ["jr", "sr", "ii", "iii", "iv", "junior", "senior"];

/// Titles before names, which are not part of them.
const TITLES: [&str; 9] = ["mr", "mrs", "ms", "miss", "dr", "prof", "professor", "sir", "madam"];

/// Professions, ranks and states, which are no names even if capitalized.
static ROLES: LazyLock<HashSet<&str>> = LazyLock::new(|| include_str!("roles.txt").split_whitespace().collect());

/// Lower-case prefixes of words of a name.
const PREFIXES: [&str; 15] =
    ["d'", "l'", "dell'", "dall'", "al-", "el-", "as-", "ad-", "ar-", "at-", "an-", "bin-", "ben-", "'t-", "de'"];

/// Returns the part of a word after a prefix, such as `Arc` of `d'Arc`.
pub(super) fn prefix_particle(word: &str) -> Option<&str> {
    let rest = PREFIXES.iter().find_map(|prefix| word.strip_prefix(prefix))?;
    rest.starts_with(char::is_alphabetic).then_some(rest)
}

/// Returns true if a word is a role, such as `Director`.
pub(super) fn is_role(word: &str) -> bool {
    ROLES.contains(word.to_lowercase().trim_matches(|char: char| !char.is_alphanumeric()))
}

/// Endings of words for professions and states; names with such an ending are listed as given names.
const STATES: [&str; 31] = [
    "ist", "ician", "ager", "eer", "ctor", "ator", "itect", "lyst", "nced", "cated", "ered", "oyed", "tired", "ried",
    "less", "ful", "ous", "ive", "able", "ible", "ness", "ment", "ary", "ical", "cian", "ultant", "ntant", "ident",
    "ssor", "keeper", "worker",
];

/// Returns true if a word looks like a profession or state.
pub(super) fn looks_like_a_state(word: &str) -> bool {
    let lower = word.to_lowercase();
    STATES.iter().any(|ending| lower.ends_with(ending) && lower.len() > ending.len() + 1)
}

pub(super) fn is_given(word: &str) -> bool {
    let lower = word.to_lowercase();
    GIVEN.contains(lower.as_str()) || lower.split_once('-').is_some_and(|(first, _)| GIVEN.contains(first))
}

/// Returns true if a word, in this spelling, is no name.
pub(in crate::collecting) fn is_ordinary(word: &str) -> bool {
    let lower = word.to_lowercase();
    let is_name_too = starts_large(word) && BOTH.contains(&lower.as_str());
    ORDINARY.contains(lower.as_str()) && !is_name_too
}

/// Returns true if a word is a name when capitalized and an ordinary word otherwise.
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

/// Returns true if a word does not begin with a lower-case letter; scripts without cases count as capitalized.
pub(super) fn starts_large(word: &str) -> bool {
    word.chars().next().is_some_and(|char| char.is_alphabetic() && !char.is_lowercase())
}

/// Returns true if a word of several letters is all upper case.
pub(super) fn is_shouted(word: &str) -> bool {
    word.chars().filter(|char| char.is_alphabetic()).count() > 1
        && word.chars().all(|char| !char.is_lowercase())
        && word.chars().any(char::is_uppercase)
}
