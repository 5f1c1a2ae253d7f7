//! Deduplication of signals, and linking of amendments to the amended filing.

use std::cmp::Reverse;
use std::collections::HashSet;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::item::Item;
use super::key::{dashed, key};
use super::parse::Filing;
use super::people::{Person, person_key};
use super::rules::{Filed, is_reference, signals_of};
use super::sentences::sentences;
use super::signal::{Evidence, Signal};

/// Days before an amendment in which the amended filing is searched for.
const AMENDED_WITHIN_DAYS: i64 = 400;

/// The properties of a filing used to link amendments. All filings are of one company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilingRef {
    /// The accession number.
    pub accession: String,
    /// True for 8-K/A.
    pub is_amendment: bool,
    /// The date of the report, repeated by amendments.
    pub report_date: Option<NaiveDate>,
    /// The filing time.
    pub filed_at: DateTime<Utc>,
    /// Its items.
    pub items: Vec<Item>,
}

/// Returns the filing that an amendment amends: the latest non-amendment within 400 days before it that shares an item
/// and has the same report date, if known. Exhibits (9.01, formerly 7) are no shared item unless they are the
/// amendment's only one, as for financial statements after an acquisition. If either date is unknown, all of the
/// amendment's other items must be shared.
pub fn original_of<'a>(amendment: &FilingRef, filings: &'a [FilingRef]) -> Option<&'a FilingRef> {
    if !amendment.is_amendment {
        return None;
    }
    let is_exhibits = |item: &Item| matches!(item, Item::Current(9, 1) | Item::Legacy(7));
    let told: Vec<Item> = amendment.items.iter().copied().filter(|item| !is_exhibits(item)).collect();
    let told = if told.is_empty() { amendment.items.clone() } else { told };
    let agrees = |filing: &&FilingRef| {
        let shared = told.iter().filter(|item| filing.items.contains(item)).count();
        match (amendment.report_date, filing.report_date) {
            (Some(one), Some(other)) => one == other && shared > 0,
            _ => shared == told.len() && shared > 0,
        }
    };
    filings
        .iter()
        .filter(|filing| !filing.is_amendment && dashed(&filing.accession) != dashed(&amendment.accession))
        .filter(|filing| filing.filed_at <= amendment.filed_at)
        .filter(|filing| amendment.filed_at - filing.filed_at <= TimeDelta::days(AMENDED_WITHIN_DAYS))
        .filter(agrees)
        .max_by_key(|filing| (filing.filed_at, Reverse(filing.accession.clone())))
}

/// Returns true if a signal of an amendment repeats one of the original: the same item and kind, the same person, and
/// no new facts. It then belongs to the original and is not shown twice.
pub fn repeats(amended: &Signal, original: &Signal) -> bool {
    let person = |signal: &Signal| signal.person.as_ref().map(|person| person_key(&person.name));
    amended.kind == original.kind
        && amended.evidence.item == original.evidence.item
        && person(amended) == person(original)
        && amended.person.as_ref().map(|person| person.direction)
            == original.person.as_ref().map(|person| person.direction)
        && !adds_facts(amended, original)
}

/// Returns true if a signal states new facts: another date or role of a person, otherwise a number.
fn adds_facts(amended: &Signal, original: &Signal) -> bool {
    match (&amended.person, &original.person) {
        (Some(now), Some(then)) => {
            let is_other = |now: Option<String>, then: Option<String>| now.is_some() && now != then;
            let role = |person: &Person| person.role.as_ref().map(|role| role.to_lowercase());
            is_other(role(now), role(then)) || (now.effective.is_some() && now.effective != then.effective)
        }
        _ => states_more(&amended.evidence.sentence, &original.evidence.sentence),
    }
}

/// Returns true if a sentence contains a number (an amount, a count or a date) that another lacks.
fn states_more(sentence: &str, known: &str) -> bool {
    let numbers = |text: &str| -> HashSet<String> {
        let digits = text.split(|char: char| !char.is_ascii_digit() && !matches!(char, '.' | ','));
        digits.map(|number| number.trim_matches(['.', ',']).to_owned()).filter(|number| !number.is_empty()).collect()
    };
    let known = numbers(known);
    numbers(sentence).iter().any(|number| !known.contains(number))
}

/// Returns the signals of an amendment with what it adds to the original: for each event without a person, the first
/// new sentence of the same item that states the event or a number. It becomes the evidence of the rules' signal in the
/// amendment; if they found none, the original's signal is repeated with it.
pub fn with_new_facts(
    mut told: Vec<Signal>,
    amendment: &Filing,
    original: &Filing,
    filed: &Filed<'_>,
    now: DateTime<Utc>,
) -> Vec<Signal> {
    for first in signals_of(original, filed, now).into_iter().filter(|signal| signal.person.is_none()) {
        let item = first.evidence.item;
        let text = |filing: &Filing| {
            filing.items.iter().find(|section| section.item == item).map(|section| section.text.clone())
        };
        let (Some(new), Some(known)) = (text(amendment), text(original)) else { continue };
        let Some(sentence) = new_fact(&new, &known) else { continue };
        let same = told.iter_mut().find(|signal| signal.kind == first.kind && signal.evidence.item == item);
        match same {
            Some(signal) if known.contains(&signal.evidence.sentence) => {
                sentence.clone_into(&mut signal.evidence.sentence)
            }
            Some(_) => {}
            None => told.push(Signal {
                key: key(filed.accession, item, first.kind, None),
                evidence: Evidence { sentence: sentence.to_owned(), ..first.evidence },
                ..first
            }),
        }
    }
    told
}

/// Returns the first sentence of a text that states a number and does not occur in another text.
fn new_fact<'a>(text: &'a str, known: &str) -> Option<&'a str> {
    sentences(text).find(|sentence| {
        !known.contains(*sentence)
            && !is_reference(sentence)
            && !is_about_itself(sentence)
            && states_more(sentence, known)
    })
}

/// Returns true if a sentence only states that this is an amendment.
fn is_about_itself(sentence: &str) -> bool {
    let lower = sentence.to_lowercase();
    [
        "this amendment",
        "amendment no",
        "original report",
        "original form",
        "original filing",
        "initial report",
        "form 8-k",
    ]
    .iter()
    .any(|words| lower.contains(words))
}
