//! Extraction of signals by rules: the item determines the possible kinds, its sentences the actual ones.

mod deals;
mod news;
mod patterns;
mod vocabulary;

use std::collections::HashSet;

use chrono::{DateTime, Datelike, NaiveDate, Utc};

use super::clause::{Clause, Registrant};
use super::item::Item;
use super::key;
use super::money::{self, Amount};
use super::parse::{Filing, ItemSection};
use super::people::{self, Change, Context, Direction, Manner, Person, person_key};
use super::sentences::sentences;
use super::signal::{Evidence, Signal};
use super::signal_type::SignalType;
use super::summary;
use super::urgency::{strength, urgency};
use super::value;
pub(super) use news::is_reference;
use news::{classify, classify_agreement, classify_transaction, is_news, proves, refers_to_note, touches};
pub(super) use vocabulary::doubt_about;

/// Maximum number of sentences read per section.
const MOST_SENTENCES: usize = 1_000;
/// Number of sentences after the one about an event that may state its amount.
pub(super) const AMOUNT_WITHIN: usize = 2;

/// Metadata of a filed report.
#[derive(Debug, Clone, Copy)]
pub struct Filed<'a> {
    /// The name of the company; `None` uses the name on the cover.
    pub company: Option<&'a str>,
    /// The accession number, with or without dashes.
    pub accession: &'a str,
    /// The URL of the document.
    pub url: &'a str,
    /// The filing time.
    pub filed_at: DateTime<Utc>,
}

/// A finding in a section.
#[derive(Debug)]
pub(super) struct Finding<'a> {
    pub(super) kind: SignalType,
    pub(super) sentence: &'a str,
    pub(super) person: Option<(Person, Manner)>,
    /// The amount of the event, from its sentence or the following ones.
    pub(super) amount: Option<Amount>,
    /// The event as a phrase after the company's name.
    pub(super) happening: String,
}

/// The context for all sections of a report.
#[derive(Clone, Copy)]
struct Reading<'a> {
    filing: &'a Filing,
    registrant: &'a Registrant,
    context: Context<'a>,
    filed: NaiveDate,
}

impl<'a> Reading<'a> {
    fn clauses(self, text: &'a str) -> Vec<Clause<'a>> {
        sentences(text)
            .filter(|sentence| !is_reference(sentence))
            .take(MOST_SENTENCES)
            .map(|sentence| Clause::of(sentence, self.registrant, self.filed))
            .collect()
    }
}

/// Returns the signals of a report, in the order of its items. `now` only affects the urgency.
///
/// A kind occurs once per filing, and once per person; if several items state it, the dedicated item wins over 7.01 and
/// 8.01. Every signal's sentence is in the text of its item word for word, or in the introductory note if the item only
/// refers to that.
pub fn signals_of(filing: &Filing, filed: &Filed<'_>, now: DateTime<Utc>) -> Vec<Signal> {
    let mut sections: Vec<&ItemSection> = filing.items.iter().collect();
    sections.sort_by_key(|section| is_open(section.item));
    let company = filing.company.as_deref().unwrap_or_default();
    let registrant = Registrant::of(company);
    let surnames =
        people::surnames(filing.items.iter().flat_map(|section| sentences(&section.text)), company, &registrant);
    let day = filed.filed_at.date_naive();
    let context = Context { company, year: day.year(), filed: day, surnames: &surnames, registrant: &registrant };
    let reading = Reading { filing, registrant: &registrant, context, filed: day };
    let mut told = HashSet::new();
    let mut signals: Vec<(usize, Signal)> = Vec::new();
    for section in sections {
        let place = filing.items.iter().position(|other| other.item == section.item).unwrap_or_default();
        for finding in findings(section, reading) {
            let person = finding.person.as_ref().map(|(person, _)| (person_key(&person.name), person.direction));
            if told.insert((finding.kind, person)) {
                signals.push((place, signal(finding, section.item, filing, filed, now)));
            }
        }
    }
    signals.retain(|(_, signal)| signal.kind != SignalType::Other || told.len() == 1);
    signals.sort_by_key(|(place, _)| *place);
    signals.into_iter().map(|(_, signal)| signal).collect()
}

/// Returns true if the rules read an item.
pub(super) fn is_read(item: Item) -> bool {
    let is_by_text = matches!(item, Item::Current(1 | 2, 1) | Item::Current(5, 2) | Item::Legacy(2 | 6));
    is_by_text || is_open(item) || of_item(item).is_some()
}

/// Returns the note before the items, if a section only refers to it.
pub(super) fn note_of<'a>(section: &ItemSection, filing: &'a Filing) -> Option<&'a str> {
    let refers = !is_open(section.item) && refers_to_note(&section.text);
    Some(filing.introduction.as_str()).filter(|note| refers && !note.is_empty())
}

/// Returns true for items that may contain anything.
pub(super) fn is_open(item: Item) -> bool {
    matches!(item, Item::Current(7 | 8, 1) | Item::Legacy(5 | 9))
}

/// Returns the signal of a finding.
pub(super) fn signal(
    finding: Finding<'_>,
    item: Item,
    filing: &Filing,
    filed: &Filed<'_>,
    now: DateTime<Utc>,
) -> Signal {
    let Finding { kind, sentence, person, amount, happening } = finding;
    let company = filed.company.or(filing.company.as_deref()).unwrap_or_default();
    let summary = match &person {
        Some((person, manner)) => summary::of_person(kind, company, person, *manner, item),
        None => summary::of_company(company, &happening, item),
    };
    let person = person.map(|(person, _)| person);
    let strength = strength(kind, person.as_ref().and_then(|person| person.role.as_deref()), amount);
    Signal {
        key: key::key(filed.accession, item, kind, person.as_ref().map(|person| person.name.as_str())),
        kind,
        opportunity: kind.opportunity(),
        strength,
        urgency: urgency(kind, strength, now - filed.filed_at),
        value: value::estimate(kind, amount),
        person,
        evidence: Evidence {
            accession: key::dashed(filed.accession),
            item,
            sentence: sentence.to_owned(),
            url: filed.url.to_owned(),
            filed_at: filed.filed_at,
        },
        summary,
    }
}

fn findings<'a>(section: &'a ItemSection, reading: Reading<'a>) -> Vec<Finding<'a>> {
    if matches!(section.item, Item::Current(5, 2) | Item::Legacy(6)) {
        return people(&section.text, &not_about_pay(section), reading.context);
    }
    let found = findings_in(section.item, &section.text, reading);
    if found.is_empty() && !is_open(section.item) && refers_to_note(&section.text) {
        return findings_in(section.item, &reading.filing.introduction, reading);
    }
    found
}

fn findings_in<'a>(item: Item, text: &'a str, reading: Reading<'a>) -> Vec<Finding<'a>> {
    let told = reading.clauses(text);
    match item {
        Item::Current(1, 1) => agreements(&told),
        Item::Current(2, 1) | Item::Legacy(2) => transactions(&told),
        item if is_open(item) => open(text, &told, item, reading.context),
        item => of_item(item).map(|kind| by_item(kind, &told)).unwrap_or_default(),
    }
}

/// Returns a finding in the clause at an index, with the amount in it or the following ones.
fn at<'a>(kind: SignalType, told: &[Clause<'a>], place: usize) -> Option<Finding<'a>> {
    let clause = told.get(place)?;
    let amount = money::largest(clause.sentence)
        .or_else(|| told.iter().skip(place + 1).take(AMOUNT_WITHIN).find_map(|next| money::of_price(next.sentence)));
    let happening = summary::happening_in(kind, &told[place..]);
    Some(Finding { kind, sentence: clause.sentence, person: None, amount, happening })
}

/// Returns the kind implied by an item.
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

/// Returns the first sentence that states the event of the item; for most items, any about something done. If a
/// sentence mentions the event without stating it, such as a denial, no other is used.
fn by_item<'a>(kind: SignalType, told: &[Clause<'a>]) -> Vec<Finding<'a>> {
    let needs_proof = matches!(
        kind,
        SignalType::DelistingNotice | SignalType::AuditorChange | SignalType::Restructuring | SignalType::Restatement
    );
    let shown = told.iter().position(|clause| proves(kind, clause));
    let is_open = !needs_proof && !told.iter().any(|clause| touches(kind, clause));
    let place = shown.or_else(|| told.iter().position(|clause| is_open && is_news(clause) && !clause.is_doubtful()));
    place.and_then(|place| at(kind, told, place)).into_iter().collect()
}

/// Item 1.01: each kind of agreement once; a general agreement only if there is no other.
fn agreements<'a>(told: &[Clause<'a>]) -> Vec<Finding<'a>> {
    let mut found: Vec<Finding<'a>> = Vec::new();
    for place in 0..told.len() {
        let Some(kind) = classify_agreement(&told[place..]) else { continue };
        if !found.iter().any(|finding| finding.kind == kind) {
            found.extend(at(kind, told, place));
        }
    }
    if found.len() > 1 {
        found.retain(|finding| finding.kind != SignalType::MaterialAgreement);
    }
    found
}

/// Item 2.01: completed transactions.
fn transactions<'a>(told: &[Clause<'a>]) -> Vec<Finding<'a>> {
    let found = (0..told.len()).find_map(|place| at(classify_transaction(&told[place..])?, told, place));
    found.into_iter().collect()
}

/// Items 7.01 and 8.01: each kind once, people, and for 8.01 other news if there is nothing else.
fn open<'a>(text: &'a str, told: &[Clause<'a>], item: Item, context: Context<'_>) -> Vec<Finding<'a>> {
    let sentences: Vec<&str> = told.iter().map(|clause| clause.sentence).collect();
    let mut found = people(text, &sentences, context);
    for place in 0..told.len() {
        let Some(kind) = classify(&told[place..]) else { continue };
        if !found.iter().any(|finding| finding.kind == kind) {
            found.extend(at(kind, told, place));
        }
    }
    if found.is_empty() && matches!(item, Item::Current(8, 1) | Item::Legacy(5)) {
        let place = told.iter().position(is_news);
        found.extend(place.and_then(|place| at(SignalType::Other, told, place)));
    }
    found
}

fn people<'a>(text: &'a str, told: &[&'a str], context: Context<'_>) -> Vec<Finding<'a>> {
    people::changes(text, told, context).into_iter().map(finding).collect()
}

/// Converts a change of a person to a finding. If the text does not tell the kind of role, somebody who leaves was an
/// executive.
fn finding(change: Change<'_>) -> Finding<'_> {
    let kind = kind_of(change.is_director, change.person.direction);
    let person = Some((change.person, change.manner));
    Finding { kind, sentence: change.sentence, person, amount: None, happening: String::new() }
}

/// Returns the kind of a person's change of role.
pub(super) fn kind_of(is_director: Option<bool>, direction: Direction) -> SignalType {
    match (is_director, direction) {
        (Some(true), _) => SignalType::DirectorChange,
        (_, Direction::Comes) => SignalType::ExecutiveHire,
        (_, Direction::Goes) => SignalType::ExecutiveDeparture,
    }
}

/// Returns the sentences of item 5.02 without sub-paragraphs (e) and (f), which are about pay.
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
