//! Masking of people, roles and dates in a sentence by marks, for simple patterns.

use std::collections::hash_map::Entry;
use std::sync::LazyLock;

use chrono::NaiveDate;
use regex::Regex;

use super::words::{is_organisation, is_organisation_form, is_stop_word};
use super::{Context, Surnames, person_key, qualifiers};
use crate::filings::clause::Registrant;
use crate::filings::dates::{DATE, date};
use crate::filings::sentences::pattern;

/// A masked sentence: `⟦P0⟧` is `people[0]`, `⟦R0⟧` is `roles[0]`, `⟦D0⟧` is `dates[0]`.
#[derive(Debug, Default)]
pub(super) struct Masked {
    pub(super) text: String,
    pub(super) people: Vec<String>,
    pub(super) roles: Vec<String>,
    pub(super) dates: Vec<NaiveDate>,
    /// True if roles belong to people in the same order: "respectively".
    pub(super) in_order: bool,
}

static NICKNAME: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"(\p{Lu}[\p{L}.]+) [“"‘]\p{Lu}\p{L}*[.,]?[”"’] (\p{Lu})"#));
static ASIDE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\s*\((?:[^()]{5,}|\d+)\)"));
static AGE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i),?\s+(?:aged?|who is)\s+\d{2}\b,?|,\s+\d{2}\b,?"));
static JOINED_ROLES: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"⟦R(\d+)⟧(, and |, | and (?:a |the |as )?| & )⟦R(\d+)⟧"));
static RESPECTIVELY: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\brespectively\b"));
/// Pattern of roles followed by a field with "and": "Executive Vice President, Finance and Operations".
static HAS_FIELD: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b(?:vice president|EVP|SVP|VP|managing director)$"));
static COMMITTEE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)^\s+of\s+(?:(?:the|its|our|such|Board’s)\s+)?[^,.;]{0,80}\bcommittee|^\s+of\s+state\b")
});
static ROLE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:board\s+of\s+(?:directors|trustees)",
        r"|members?\s+of\s+(?:the\s+|our\s+|its\s+|the\s+company[’']s\s+",
        r"|the\s+registrant[’']s\s+)?board(?:\s+of\s+directors)?",
        r"|(?:(?:interim|acting|co|global|group|executive|senior|first|vice|assistant|associate|deputy",
        r"|corporate|independent",
        r"|lead|presiding|non-executive|non-employee|outside|founding|class\s+i{1,3})[\s-]+)*",
        r"(?:chief\s+(?:[a-z&’'-]+,?\s+){1,5}?officer",
        r"|(?-i:CEO|CFO|COO|CTO|CIO|CISO|CMO|CRO|CHRO|CAO|CPO|CLO|EVP|SVP|VP)",
        r"|principal\s+(?:executive|financial|accounting|operating)\s+officer",
        r"|president|general\s+counsel|treasurer|controller|comptroller|secretary|general\s+manager",
        r"|managing\s+director",
        r"|chair(?:man|woman|person)?(?:\s+of\s+(?:the\s+|our\s+|its\s+",
        r"|the\s+company[’']s\s+)?board(?:\s+of\s+directors)?)?",
        r"|directors?))\b",
    ))
});
static NAME: LazyLock<Regex> = LazyLock::new(|| {
    const WORD: &str = r"\p{Lu}\p{L}*(?:[’'-]\p{L}+)*";
    const INITIALS: &str = r"\p{Lu}\.(?:\s?\p{Lu}\.)*";
    const PARTICLE: &str = r"(?:de|van|von|der|la|del|di|da|bin|al|ter|den|le|el|dos)\b";
    const SUFFIX: &str = r"(?:,?\s+(?:Jr\.?|Sr\.?|I{2,3}|IV)(?-u:\b))?";
    pattern(&format!(r"(?:{INITIALS}\s+)?{WORD}(?:\s+(?:St\.|{INITIALS}|{WORD}|{PARTICLE}))*{SUFFIX}"))
});
static TITLE_BEFORE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(?:Mr|Ms|Mrs|Miss|Dr|Messrs|Prof)\.?\s+$"));
static TITLE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(?:Mr|Ms|Mrs|Miss|Dr|Messrs|Prof)\.?\s+"));

/// Masks a sentence. The reporting company is no person, and no part of a role.
pub(super) fn mask(sentence: &str, context: Context<'_>) -> Masked {
    let normal = context.registrant.normal(&sentence.replace('\t', ", "));
    masked(&normal, context.surnames, context.company)
}

fn masked(sentence: &str, surnames: &Surnames, company: &str) -> Masked {
    let mut masked = Masked::default();
    let text = NICKNAME.replace_all(sentence, "$1 $2");
    let text = ASIDE.replace_all(&text, "");
    masked.in_order = RESPECTIVELY.is_match(&text);
    let text = DATE.replace_all(&text, |found: &regex::Captures<'_>| match date(found) {
        Some(day) => {
            masked.dates.push(day);
            format!("⟦D{}⟧", masked.dates.len() - 1)
        }
        None => found[0].to_owned(),
    });
    let text = AGE.replace_all(&text, "");
    let text = mask_roles(&text, &mut masked.roles);
    let text = if masked.in_order { text } else { join_roles(text, &mut masked.roles) };
    masked.text = mask_people(&text, surnames, company, &mut masked.people);
    masked
}

fn mask_roles(text: &str, roles: &mut Vec<String>) -> String {
    let mut marked = String::with_capacity(text.len());
    let mut end = 0;
    for found in ROLE.find_iter(text) {
        // A role within what another is of.
        if found.start() < end {
            continue;
        }
        marked.push_str(&text[end..found.start()]);
        end = found.end();
        if found.as_str().to_lowercase().starts_with("board") {
            marked.push_str("Board");
        } else if COMMITTEE.is_match(&text[end..]) {
            marked.push_str(found.as_str());
        } else {
            let is_officer = !HAS_FIELD.is_match(found.as_str());
            end += qualifiers::length(&text[end..], is_officer);
            roles.push(text[found.start()..end].to_owned());
            marked.push_str(&format!("⟦R{}⟧", roles.len() - 1));
        }
    }
    marked.push_str(&text[end..]);
    marked
}

/// Joins `⟦R0⟧ and ⟦R1⟧` to one role: President and Chief Executive Officer.
fn join_roles(mut text: String, roles: &mut Vec<String>) -> String {
    while let Some(found) = JOINED_ROLES.captures(&text) {
        let role =
            |group: usize| found[group].parse().ok().and_then(|at: usize| roles.get(at)).cloned().unwrap_or_default();
        let both = format!("{}{}{}", role(1), &found[2], role(3));
        let whole = found.get_match().range();
        text.replace_range(whole, &format!("⟦R{}⟧", roles.len()));
        roles.push(both);
    }
    text
}

fn mask_people(text: &str, surnames: &Surnames, company: &str, people: &mut Vec<String>) -> String {
    let mut marked = String::with_capacity(text.len());
    let mut end = 0;
    for found in NAME.find_iter(text) {
        // Letters of marks are no names.
        if text[..found.start()].ends_with('⟦') || is_organisation_form(&text[found.end()..]) {
            continue;
        }
        for (start, name) in runs(found.as_str()) {
            let at = found.start() + start;
            let title = TITLE_BEFORE.find(&text[end..at]);
            let Some(person) = person(name, title.map(|title| title.as_str()), surnames, company) else { continue };
            marked.push_str(&text[end..title.map_or(at, |title| end + title.start())]);
            marked.push_str(&format!("⟦P{}⟧", people.len()));
            people.push(person);
            end = at + name.len();
        }
    }
    marked.push_str(&text[end..]);
    marked
}

/// Splits a run of capitalized words at words that occur in no name, with positions. Names of organizations include the
/// whole run.
fn runs(text: &str) -> Vec<(usize, &str)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    let mut at = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        let bare = word.trim_end();
        let (name, owned) = match bare.strip_suffix("’s").or_else(|| bare.strip_suffix("'s")) {
            Some(name) => (name, true),
            None => (bare, false),
        };
        if is_organisation(name) {
            return Vec::new();
        }
        if !is_stop_word(name) {
            match runs.last_mut() {
                Some((_, end)) if *end == at => *end = at + if owned { name.len() } else { word.len() },
                _ => runs.push((at, at + if owned { name.len() } else { word.len() })),
            }
        }
        at += word.len();
    }
    runs.into_iter().map(|(start, end)| (start, text[start..end].trim_end())).collect()
}

/// Returns true for `Jr.` and the like after a name.
fn is_suffix(word: &str) -> bool {
    matches!(word.trim_end_matches(['.', ',']), "Jr" | "Sr" | "II" | "III" | "IV")
}

/// Returns the person: a name of at least two words, or a surname with `Mr.` or of a known person.
fn person(name: &str, title: Option<&str>, surnames: &Surnames, company: &str) -> Option<String> {
    let words: Vec<_> = name.split_whitespace().collect();
    let proper: Vec<&str> = words
        .iter()
        .enumerate()
        .filter(|(at, word)| *at == 0 || !is_suffix(word))
        .map(|(_, word)| word.trim_end_matches(','))
        .collect();
    let last = proper.last()?;
    let is_word = |word: &str| word.chars().any(char::is_lowercase) && word.starts_with(char::is_uppercase);
    if proper.len() > 5 || !is_word(last) || words.iter().all(|word| company.contains(*word)) {
        return None;
    }
    if proper.len() > 1 {
        return (is_word(proper[0]) || proper[0].ends_with('.')).then(|| full(name, surnames));
    }
    match (surnames.get(&last.to_lowercase()), title) {
        (Some(Some(full)), _) => Some(full.clone()),
        (_, Some(title)) => Some(format!("{title}{name}")),
        _ => None,
    }
}

/// Resolves `A. Brandt` to Anna Brandt, if the report names nobody else so.
fn full(name: &str, surnames: &Surnames) -> String {
    let has_initials_only = name.split_whitespace().rev().skip(1).all(|word| word.ends_with('.'));
    let surname = name.split_whitespace().next_back().unwrap_or_default().to_lowercase();
    match surnames.get(&surname) {
        Some(Some(known)) if has_initials_only && known.starts_with(name.chars().next().unwrap_or_default()) => {
            known.clone()
        }
        _ => name.to_owned(),
    }
}

/// Returns the full names in a text by surname; a written-out name wins over initials.
pub(super) fn surnames<'a>(
    sentences: impl Iterator<Item = &'a str>,
    company: &str,
    registrant: &Registrant,
) -> Surnames {
    let mut surnames = Surnames::new();
    let nobody = Surnames::new();
    for name in sentences.flat_map(|sentence| masked(&registrant.normal(sentence), &nobody, company).people) {
        if TITLE.is_match(&name) {
            continue;
        }
        let Some(last) = name.split_whitespace().rfind(|word| !is_suffix(word)) else { continue };
        let key = last.trim_end_matches(',').to_lowercase();
        match surnames.entry(key) {
            Entry::Vacant(place) => drop(place.insert(Some(name))),
            Entry::Occupied(mut place) => {
                if let Some(known) = place.get()
                    && person_key(known) != person_key(&name)
                {
                    let both = longer(known, &name);
                    place.insert(both);
                }
            }
        }
    }
    surnames
}

/// Returns the fuller of two names with one surname that may be the same person; `None` for two people.
fn longer(one: &str, other: &str) -> Option<String> {
    let is_initials = |name: &str| name.split_whitespace().rev().skip(1).all(|word| word.ends_with('.'));
    let is_same = one.chars().next() == other.chars().next();
    match (is_initials(one), is_initials(other)) {
        (true, _) if is_same => Some(other.to_owned()),
        (_, true) if is_same => Some(one.to_owned()),
        _ => None,
    }
}
