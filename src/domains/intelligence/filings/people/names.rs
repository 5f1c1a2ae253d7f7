//! A sentence with its people, roles and dates replaced by marks, so that patterns need not know what they look like.

use std::collections::HashMap;
use std::sync::LazyLock;

use chrono::NaiveDate;
use regex::Regex;

use super::words::{is_organisation, is_organisation_form, is_stop_word};
use crate::domains::intelligence::filings::dates::{DATE, date};
use crate::domains::intelligence::filings::sentences::pattern;

/// A sentence in marks: `⟦P0⟧` is `people[0]`, `⟦R0⟧` is `roles[0]`, `⟦D0⟧` is `dates[0]`.
#[derive(Debug, Default)]
pub(super) struct Masked {
    pub(super) text: String,
    pub(super) people: Vec<String>,
    pub(super) roles: Vec<String>,
    pub(super) dates: Vec<NaiveDate>,
}

/// Full names by surname, in small letters; `None` where several people share it.
pub(in crate::domains::intelligence::filings) type Surnames = HashMap<String, Option<String>>;

static NICKNAME: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"(\p{Lu}[\p{L}.]+) [“"‘]\p{Lu}\p{L}*[.,]?[”"’] (\p{Lu})"#));
static ASIDE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\s*\((?:[^()]{5,}|\d+)\)"));
static AGE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i),?\s+(?:aged?|who is)\s+\d{2}\b,?|,\s+\d{2}\b,?"));
static JOINED_ROLES: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"⟦R(\d+)⟧(, and |, | and (?:a |the |as )?| & )⟦R(\d+)⟧"));
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
    pattern(&format!(r"(?:{INITIALS}\s+)?{WORD}(?:\s+(?:{INITIALS}|{WORD}|{PARTICLE}))*"))
});
static TITLE_BEFORE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(?:Mr|Ms|Mrs|Miss|Dr|Messrs|Prof)\.?\s+$"));
static TITLE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(?:Mr|Ms|Mrs|Miss|Dr|Messrs|Prof)\.?\s+"));

/// Puts marks into a sentence. `company` is the name of the company that reports, which is no person.
pub(super) fn mask(sentence: &str, surnames: &Surnames, company: &str) -> Masked {
    let mut masked = Masked::default();
    let text = NICKNAME.replace_all(sentence, "$1 $2");
    let text = ASIDE.replace_all(&text, "");
    let text = DATE.replace_all(&text, |found: &regex::Captures<'_>| match date(found) {
        Some(day) => {
            masked.dates.push(day);
            format!("⟦D{}⟧", masked.dates.len() - 1)
        }
        None => found[0].to_owned(),
    });
    let text = AGE.replace_all(&text, "");
    let text = mask_roles(&text, &mut masked.roles);
    masked.text = mask_people(&text, surnames, company, &mut masked.people);
    masked
}

fn mask_roles(text: &str, roles: &mut Vec<String>) -> String {
    let mut marked = String::with_capacity(text.len());
    let mut end = 0;
    for found in ROLE.find_iter(text) {
        marked.push_str(&text[end..found.start()]);
        end = found.end();
        if found.as_str().to_lowercase().starts_with("board") {
            marked.push_str("Board");
        } else if COMMITTEE.is_match(&text[end..]) {
            marked.push_str(found.as_str());
        } else {
            roles.push(found.as_str().to_owned());
            marked.push_str(&format!("⟦R{}⟧", roles.len() - 1));
        }
    }
    marked.push_str(&text[end..]);
    join_roles(marked, roles)
}

/// `⟦R0⟧ and ⟦R1⟧` is one role: President and Chief Executive Officer.
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

/// The parts of a run of capitalised words between words that are in no name, each with its place. Names of organisations
/// take the whole run with them.
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

/// Who is meant: a name of two words or more, or a surname with `Mr.` or of somebody known.
fn person(name: &str, title: Option<&str>, surnames: &Surnames, company: &str) -> Option<String> {
    let words: Vec<_> = name.split_whitespace().collect();
    let last = words.last()?;
    let is_word = |word: &str| word.chars().any(char::is_lowercase) && word.starts_with(char::is_uppercase);
    if words.len() > 5 || !is_word(last) || words.iter().all(|word| company.contains(*word)) {
        return None;
    }
    if words.len() > 1 {
        return (is_word(words[0]) || words[0].ends_with('.')).then(|| name.to_owned());
    }
    match (surnames.get(&last.to_lowercase()), title) {
        (Some(Some(full)), _) => Some(full.clone()),
        (_, Some(title)) => Some(format!("{title}{name}")),
        _ => None,
    }
}

/// The full names in a text, by surname.
pub(super) fn surnames<'a>(sentences: impl Iterator<Item = &'a str>, company: &str) -> Surnames {
    let mut surnames = Surnames::new();
    let nobody = Surnames::new();
    for name in sentences.flat_map(|sentence| mask(sentence, &nobody, company).people) {
        let Some((_, last)) = name.rsplit_once(' ').filter(|_| !TITLE.is_match(&name)) else { continue };
        surnames
            .entry(last.to_lowercase())
            .and_modify(|known| {
                if known.as_ref().is_some_and(|known| super::person_key(known) != super::person_key(&name)) {
                    *known = None;
                }
            })
            .or_insert_with(|| Some(name.clone()));
    }
    surnames
}
