//! Which signals a report has: the item says what may be there, its sentences what there is.

mod news;

use std::collections::HashSet;

use chrono::{DateTime, Datelike, Utc};

use super::dedup;
use super::item::Item;
use super::money;
use super::parse::{Filing, ItemSection};
use super::people::{self, Change, Context, Direction, Person, person_key};
use super::sentences::sentences;
use super::signal::{Evidence, Signal, SignalType, summary};
use super::urgency::{strength, urgency};
use super::value;
use news::{classify, classify_agreement, classify_transaction, is_news, is_reference, proves, refers_to_note};

/// Where and when a report was filed.
#[derive(Debug, Clone, Copy)]
pub struct Filed<'a> {
    /// The accession number, with or without dashes.
    pub accession: &'a str,
    /// The address of the document.
    pub url: &'a str,
    /// When it was filed.
    pub filed_at: DateTime<Utc>,
}

/// Something found in a section.
#[derive(Debug)]
struct Finding<'a> {
    kind: SignalType,
    sentence: &'a str,
    person: Option<Person>,
}

/// The signals of a report, in the order of its items. `now` decides the urgency alone.
///
/// A type is told once a filing, and once for each person; where several items tell it, the one that is made for it
/// counts, before 7.01 and 8.01. Every signal's sentence stands word for word in the text of its item, or in the
/// introductory note where the item only refers to that.
pub fn signals_of(filing: &Filing, filed: &Filed<'_>, now: DateTime<Utc>) -> Vec<Signal> {
    let mut sections: Vec<&ItemSection> = filing.items.iter().collect();
    sections.sort_by_key(|section| is_open(section.item));
    let company = filing.company.as_deref().unwrap_or_default();
    let surnames = people::surnames(filing.items.iter().flat_map(|section| sentences(&section.text)), company);
    let context = Context { company, year: filed.filed_at.year(), surnames: &surnames };
    let mut told = HashSet::new();
    let mut signals: Vec<(usize, Signal)> = Vec::new();
    for section in sections {
        let place = filing.items.iter().position(|other| other.item == section.item).unwrap_or_default();
        for finding in findings(section, filing, context) {
            let person = finding.person.as_ref().map(|person| (person_key(&person.name), person.direction));
            if told.insert((finding.kind, person)) {
                signals.push((place, signal(&finding, section.item, filing, filed, now)));
            }
        }
    }
    signals.retain(|(_, signal)| signal.kind != SignalType::Other || told.len() == 1);
    signals.sort_by_key(|(place, _)| *place);
    signals.into_iter().map(|(_, signal)| signal).collect()
}

/// Items under which anything may stand.
fn is_open(item: Item) -> bool {
    matches!(item, Item::Current(7 | 8, 1) | Item::Legacy(5 | 9))
}

fn signal(finding: &Finding<'_>, item: Item, filing: &Filing, filed: &Filed<'_>, now: DateTime<Utc>) -> Signal {
    let kind = finding.kind;
    let person = finding.person.as_ref();
    let amount = if person.is_none() { money::largest(finding.sentence) } else { None };
    let strength = strength(kind, person.and_then(|person| person.role.as_deref()), amount);
    Signal {
        key: dedup::key(filed.accession, item, kind, person.map(|person| person.name.as_str())),
        kind,
        opportunity: kind.opportunity(),
        strength,
        urgency: urgency(kind, strength, now - filed.filed_at),
        value: value::estimate(kind, amount),
        person: person.cloned(),
        evidence: Evidence {
            accession: dedup::dashed(filed.accession),
            item,
            sentence: finding.sentence.to_owned(),
            url: filed.url.to_owned(),
            filed_at: filed.filed_at,
        },
        summary: summary(kind, filing.company.as_deref().unwrap_or_default(), person, item),
    }
}

fn findings<'a>(section: &'a ItemSection, filing: &'a Filing, context: Context<'_>) -> Vec<Finding<'a>> {
    if matches!(section.item, Item::Current(5, 2) | Item::Legacy(6)) {
        return people(&not_about_pay(section), context);
    }
    let found = findings_in(section.item, &section.text, context);
    if found.is_empty() && !is_open(section.item) && refers_to_note(&section.text) {
        return findings_in(section.item, &filing.introduction, context);
    }
    found
}

fn findings_in<'a>(item: Item, text: &'a str, context: Context<'_>) -> Vec<Finding<'a>> {
    let told: Vec<&str> = sentences(text).filter(|sentence| !is_reference(sentence)).collect();
    match item {
        Item::Current(1, 1) => agreements(&told),
        Item::Current(2, 1) | Item::Legacy(2) => transactions(&told),
        item if is_open(item) => open(&told, item, context),
        item => of_item(item).map(|kind| by_item(kind, &told)).unwrap_or_default(),
    }
}

/// The type that an item stands for by itself.
fn of_item(item: Item) -> Option<SignalType> {
    match item {
        Item::Current(1, 2) => Some(SignalType::AgreementEnded),
        Item::Current(1, 3) | Item::Legacy(3) => Some(SignalType::Bankruptcy),
        Item::Current(1, 5) => Some(SignalType::CyberIncident),
        Item::Current(2, 2) | Item::Legacy(12) => Some(SignalType::Results),
        Item::Current(2, 3) | Item::Current(3, 2) => Some(SignalType::DebtOrFinancing),
        Item::Current(2, 4) => Some(SignalType::DebtDefault),
        Item::Current(2, 5) => Some(SignalType::Restructuring),
        Item::Current(2, 6) => Some(SignalType::Impairment),
        Item::Current(3, 1) => Some(SignalType::DelistingNotice),
        Item::Current(4, 1) | Item::Legacy(4) => Some(SignalType::AuditorChange),
        Item::Current(4, 2) => Some(SignalType::Restatement),
        Item::Current(5, 1) | Item::Legacy(1) => Some(SignalType::ChangeOfControl),
        _ => None,
    }
}

/// The first sentence that shows what the item stands for; for most items, any that tells of something done.
fn by_item<'a>(kind: SignalType, told: &[&'a str]) -> Vec<Finding<'a>> {
    let needs_proof =
        matches!(kind, SignalType::DelistingNotice | SignalType::AuditorChange | SignalType::Restructuring);
    let shown = told.iter().find(|sentence| proves(kind, sentence));
    let sentence = shown.or_else(|| told.iter().find(|sentence| !needs_proof && is_news(sentence)));
    sentence.map(|sentence| Finding { kind, sentence, person: None }).into_iter().collect()
}

/// Item 1.01: each type of agreement once; an agreement of no special type only when there is no other.
fn agreements<'a>(told: &[&'a str]) -> Vec<Finding<'a>> {
    let mut found: Vec<Finding<'a>> = Vec::new();
    for (at, sentence) in told.iter().enumerate() {
        let Some(kind) = classify_agreement(sentence, &told[at..]) else { continue };
        if !found.iter().any(|finding| finding.kind == kind) {
            found.push(Finding { kind, sentence, person: None });
        }
    }
    if found.len() > 1 {
        found.retain(|finding| finding.kind != SignalType::MaterialAgreement);
    }
    found
}

/// Item 2.01: what was completed.
fn transactions<'a>(told: &[&'a str]) -> Vec<Finding<'a>> {
    let found = told.iter().enumerate().find_map(|(at, sentence)| {
        let kind = classify_transaction(sentence, &told[at..])?;
        Some(Finding { kind, sentence, person: None })
    });
    found.into_iter().collect()
}

/// Items 7.01 and 8.01: each type once, people, and under 8.01 other news when there is nothing else.
fn open<'a>(told: &[&'a str], item: Item, context: Context<'_>) -> Vec<Finding<'a>> {
    let mut found = people(told, context);
    for sentence in told {
        let kinds = classify(sentence).into_iter().filter(|kind| !found.iter().any(|finding| finding.kind == *kind));
        let added: Vec<_> = kinds.map(|kind| Finding { kind, sentence, person: None }).collect();
        found.extend(added);
    }
    if found.is_empty()
        && matches!(item, Item::Current(8, 1) | Item::Legacy(5))
        && let Some(sentence) = told.iter().find(|sentence| is_news(sentence))
    {
        found.push(Finding { kind: SignalType::Other, sentence, person: None });
    }
    found
}

fn people<'a>(told: &[&'a str], context: Context<'_>) -> Vec<Finding<'a>> {
    people::changes(told, context).into_iter().map(finding).collect()
}

/// A change of a person as a finding. Where the text leaves the kind of role open, somebody who goes was an executive.
fn finding(change: Change<'_>) -> Finding<'_> {
    let kind = match (change.is_director, change.person.direction) {
        (Some(true), _) => SignalType::DirectorChange,
        (_, Direction::Comes) => SignalType::ExecutiveHire,
        (_, Direction::Goes) => SignalType::ExecutiveDeparture,
    };
    Finding { kind, sentence: change.sentence, person: Some(change.person) }
}

/// The sentences of item 5.02 but for sub-paragraphs (e) and (f), which are about pay.
fn not_about_pay(section: &ItemSection) -> Vec<&str> {
    let is_pay = |letters: &str| letters.chars().all(|letter| matches!(letter, 'e' | 'f'));
    let pay: HashSet<&str> =
        section.sub_paragraphs.iter().filter(|sub| is_pay(&sub.letters)).flat_map(|sub| sub.text.lines()).collect();
    section
        .text
        .lines()
        .filter(|line| !pay.contains(line) && !line.split_once(") ").is_some_and(|(_, text)| pay.contains(text)))
        .flat_map(sentences)
        .collect()
}
