//! Checks of a summary: its form, and its grounding in the signal.

use std::ops::RangeInclusive;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::json;

use super::{asking, turning};
use crate::clients::research::clean::{self, NAME};
use crate::domains::intelligence::filings::{Signal, SignalType, pattern, sentences};
use crate::domains::intelligence::grounds::form::{self, LONGEST, sized};
use crate::domains::intelligence::grounds::{Grounds, Objection, words};

/// The length of a summary in characters.
const LENGTH: RangeInclusive<usize> = 20..=300;

/// Characters of Markdown, markup or code.
const MARKS: [char; 12] = ['*', '_', '`', '#', '|', '<', '>', '[', ']', '{', '}', '\\'];

/// Words that name a role or a part of one.
const ROLES: [&str; 42] = [
    "ceo",
    "cfo",
    "coo",
    "cio",
    "cto",
    "ciso",
    "cmo",
    "cro",
    "chro",
    "cpo",
    "cso",
    "cdo",
    "cao",
    "vp",
    "svp",
    "evp",
    "chief",
    "officer",
    "president",
    "vice",
    "chair",
    "chairman",
    "chairwoman",
    "chairperson",
    "director",
    "treasurer",
    "controller",
    "comptroller",
    "secretary",
    "counsel",
    "founder",
    "interim",
    "acting",
    "permanent",
    "deputy",
    "head",
    "manager",
    "partner",
    "executive",
    "auditor",
    "trustee",
    "adviser",
];
/// Words of a role that may not be omitted, since they change its meaning.
const KEPT: [&str; 5] = ["interim", "acting", "vice", "deputy", "assistant"];

/// Pattern of the field of a role: all words between `chief` and `officer`, the first after `president of`.
static FIELD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\bchief\s+(?<chief>(?:[\p{L}&\-]+\s+){1,4}?)officer",
        r"|\b(?:president|head|director|[se]?vp|manager),?\s+(?:of|for)\s+(?:the\s+)?(?<of>\p{L}+)"
    ))
});
/// Pattern of a board seat, which only a director takes or leaves.
static SEAT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b(?:join|leav|left|to|from|on)\w*\s+(?:the|its|their|\S+['’]s)\s+board\b"));

/// Words of company names that identify no company.
const FORMS: [&str; 16] = [
    "the",
    "and",
    "inc",
    "corp",
    "corporation",
    "company",
    "co",
    "group",
    "holdings",
    "holding",
    "ltd",
    "limited",
    "llc",
    "plc",
    "of",
    "new",
];

/// Returns the summary if it is one sentence that states only facts of the signal.
pub(super) fn checked(summary: &str, customer: &str, signal: &Signal) -> Result<String, Objection> {
    // What stood on several lines would become one sentence.
    if summary.trim().contains(char::is_control) {
        return Err(Objection::Sentences);
    }
    let line = sized("summary", clean::line(summary, LONGEST), &LENGTH)?;
    let customer = clean::line(customer, NAME);
    let person = signal.person.as_ref().map(|person| clean::line(&person.name, NAME));
    let names: Vec<&str> = [Some(customer.as_str()), person.as_deref()].into_iter().flatten().collect();
    let bare = form::without(&line, &names);
    is_plain_sentence(&line, &bare)?;
    let given = json!({"customer": customer, "event": asking::event(signal)});
    Grounds::of(&given).check(&line, &line)?;
    names_all(&line, &customer, person.as_deref())?;
    has_no_other_role(&line, &customer, signal)?;
    turning::check(&bare, &names, signal)?;
    Ok(line)
}

fn is_plain_sentence(line: &str, bare: &str) -> Result<(), Objection> {
    form::no_gaps(bare)?;
    if let Some(mark) = bare.chars().find(|char| MARKS.contains(char)) {
        return Err(Objection::Gap(mark.to_string()));
    }
    let is_one = line.ends_with('.') && !line.ends_with("..") && sentences(bare).count() == 1;
    if is_one { Ok(()) } else { Err(Objection::Sentences) }
}

/// Returns an error unless the sentence names its subjects.
fn names_all(line: &str, customer: &str, person: Option<&str>) -> Result<(), Objection> {
    let said: Vec<_> = words(line).collect();
    let names = |name: &str| {
        let all: Vec<_> = words(name).collect();
        let telling: Vec<_> =
            all.iter().filter(|word| word.chars().count() > 2 && !FORMS.contains(&word.as_str())).collect();
        if telling.is_empty() {
            all.iter().any(|word| said.contains(word))
        } else {
            telling.iter().any(|word| said.contains(word))
        }
    };
    if !names(customer) {
        return Err(Objection::Missing("the customer"));
    }
    if person.is_some_and(|person| !names(person)) {
        return Err(Objection::Missing("the person"));
    }
    Ok(())
}

/// Returns an error if the sentence contains another role. Checked separately, because roles may be in lower case, and
/// `CFO` is an ordinary word. If the rules found a person's role, the report's sentence may contain roles of others.
fn has_no_other_role(line: &str, customer: &str, signal: &Signal) -> Result<(), Objection> {
    let role = signal.person.as_ref().and_then(|person| person.role.as_deref());
    let mut given = asking::event(signal);
    // Kinds and titles of items speak of executives, officers and directors in general.
    for field in ["kind", "item_title"] {
        given[field] = json!(null);
    }
    if role.is_some() {
        given["sentence"] = json!(null);
    }
    given["customer"] = json!(customer);
    let grounds = Grounds::of(&given);
    let is_given = |word: &str| grounds.has_word(word) || grounds.has_word(word.trim_end_matches('s'));
    let objection = |word: &str| Err(Objection::Role(word.to_owned()));
    for word in words(line) {
        if ROLES.contains(&word.trim_end_matches('s')) && !is_given(&word) {
            return objection(&word);
        }
    }
    for found in FIELD.captures_iter(line) {
        let field = found.name("chief").or_else(|| found.name("of")).map_or("", |field| field.as_str());
        if let Some(word) = words(field).find(|word| word != "and" && !is_given(word)) {
            return objection(&word);
        }
    }
    if let Some(seat) = SEAT.find(line).filter(|_| signal.kind != SignalType::DirectorChange) {
        return objection(seat.as_str());
    }
    let said: Vec<_> = words(line).collect();
    let left_out = role.and_then(|role| words(role).find(|word| KEPT.contains(&word.as_str()) && !said.contains(word)));
    left_out.map_or(Ok(()), |word| objection(&format!("without {word}")))
}
