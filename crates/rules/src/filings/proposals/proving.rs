//! Verification of proposals against the report.

use std::ops::Range;
use std::sync::LazyLock;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use regex::Regex;

use super::person_details::complete;
use super::quotes::{Text, holds};
use super::{Claim, Field, Proposal, ProposedPerson, Quote, Refusal, Source};
use crate::filings::clause::{Clause, Doubt, Registrant};
use crate::filings::dates::{DATE, date};
use crate::filings::money::{self, Amount};
use crate::filings::people::{self, Claimed, Context, Manner, Person, Surnames, Unproved, claimed};
use crate::filings::rules::{self, AMOUNT_WITHIN, Finding, doubt_about, is_reference, kind_of};
use crate::filings::sentences::{pattern, sentences};
use crate::filings::{Filed, Filing, Item, Signal, SignalType, summary};

/// Minimum length of a quote, in characters: a few words prove nothing.
const SHORTEST: usize = 20;
/// Minimum length of a part of the company's name that identifies it, in characters.
const SHORTEST_NAME: usize = 4;
/// Maximum length of a quote, in characters.
const LONGEST: usize = 1_500;
/// Maximum number of proposals that are read.
const MOST: usize = 30;
/// Maximum number of list lines between a line and the sentence above the list.
const LIST: usize = 30;
/// Number of sentences after the one about a person that may state role and date.
const DETAILS_WITHIN: usize = 2;

/// A proposal that the report proves.
#[derive(Debug, Clone, PartialEq)]
pub struct Proved {
    /// The signal in the rules' form.
    pub signal: Signal,
    /// The quotes that prove its fields.
    pub quotes: Vec<Quote>,
    /// An amount of the event.
    pub(super) amount: Option<Amount>,
    /// The person with the model's values.
    pub(super) claimed: Option<Person>,
    pub(super) manner: Option<Manner>,
    /// The company's name in summaries.
    pub(super) company: String,
    /// The rules' own reading of the person in the same sentences.
    pub(in crate::filings) by_rules: Option<Person>,
}

/// A proposal that the report does not prove.
#[derive(Debug, Clone, PartialEq)]
pub struct Refused {
    /// The proposal.
    pub proposal: Proposal,
    /// The reason for the rejection.
    pub reason: Refusal,
}

static BOARD: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\bboard\b|\bdirectors?\b"));

/// The context for verifying all proposals of a report.
struct Report<'a> {
    filing: &'a Filing,
    filed: &'a Filed<'a>,
    now: DateTime<Utc>,
    day: NaiveDate,
    registrant: Registrant,
    surnames: Surnames,
    sources: Vec<(&'a Source, Text<'a>)>,
    /// The report that this one amends.
    original: Option<&'a Filing>,
}

/// Verifies each proposal against the `sources` of `filing`; `original` is the report that it amends. `now` only
/// affects the urgency.
pub fn prove(
    proposals: Vec<Proposal>,
    sources: &[Source],
    (filing, original): (&Filing, Option<&Filing>),
    filed: &Filed<'_>,
    now: DateTime<Utc>,
) -> Vec<Result<Proved, Box<Refused>>> {
    let company = filing.company.as_deref().unwrap_or_default();
    let registrant = Registrant::of(company);
    let surnames = people::surnames(sources.iter().flat_map(|source| sentences(&source.text)), company, &registrant);
    let sources = sources.iter().map(|source| (source, Text::of(&source.text))).collect();
    let day = filed.filed_at.date_naive();
    let report = Report { filing, filed, now, day, registrant, surnames, sources, original };
    let proved = proposals.into_iter().enumerate().map(|(at, proposal)| {
        let proved = if at < MOST { report.prove(&proposal) } else { Err(Refusal::TooMany) };
        proved.map_err(|reason| Box::new(Refused { proposal, reason }))
    });
    proved.collect()
}

/// The position of a proposal's words.
struct Found<'a> {
    source: &'a Source,
    text: &'a Text<'a>,
    /// The words as in the report.
    quote: &'a str,
    /// The sentences that they touch.
    places: Range<usize>,
}

impl Report<'_> {
    fn context(&self) -> Context<'_> {
        Context {
            company: self.filing.company.as_deref().unwrap_or_default(),
            year: self.day.year(),
            filed: self.day,
            surnames: &self.surnames,
            registrant: &self.registrant,
        }
    }

    fn prove(&self, proposal: &Proposal) -> Result<Proved, Refusal> {
        let found = self.find(proposal)?;
        self.check_subject(&proposal.subject, &found)?;
        let mut quotes = vec![quote(Field::Kind, found.quote)];
        let is_of_person = matches!(
            proposal.kind,
            SignalType::ExecutiveHire | SignalType::ExecutiveDeparture | SignalType::DirectorChange
        );
        let (mut finding, by_rules) = match &proposal.person {
            Some(person) if is_of_person => self.person(proposal.kind, person, &found, &mut quotes)?,
            None if !is_of_person => (self.event(proposal, &found, &mut quotes)?, None),
            _ => return Err(Refusal::PersonMismatch),
        };
        self.check_new(finding.sentence, found.source.item)?;
        let filed = Filed { url: &found.source.url, ..*self.filed };
        let amount = finding.amount;
        let claimed = finding.person.as_ref().map(|(person, _)| person.clone());
        let manner = finding.person.as_ref().map(|(_, manner)| *manner);
        if let (Some((person, _)), Some(read)) = (&mut finding.person, &by_rules) {
            // Where the rules have a value, theirs stands.
            let mut read = read.clone();
            complete(&mut read, person);
            *person = read;
        }
        let company = filed.company.or(self.filing.company.as_deref()).unwrap_or_default().to_owned();
        let signal = rules::signal(finding, found.source.item, self.filing, &filed, self.now);
        Ok(Proved { signal, quotes, amount, by_rules, claimed, manner, company })
    }

    /// Finds the quote in its item.
    fn find(&self, proposal: &Proposal) -> Result<Found<'_>, Refusal> {
        let item = Item::parse(&proposal.item).ok_or(Refusal::UnknownItem)?;
        if !self.sources.iter().any(|(source, _)| source.item == item) {
            return Err(Refusal::UnknownItem);
        }
        if !(SHORTEST..=LONGEST).contains(&proposal.quote.trim().chars().count()) {
            return Err(Refusal::QuoteLength);
        }
        let mut elsewhere = false;
        for (source, text) in &self.sources {
            let Some(bytes) = text.find(&proposal.quote) else { continue };
            if source.item != item {
                elsewhere = true;
                continue;
            }
            let places = text.around(&bytes);
            return if places.is_empty() {
                Err(Refusal::KindNotProved)
            } else {
                Ok(Found { source, text, quote: &text.text[bytes], places })
            };
        }
        Err(if elsewhere { Refusal::OtherItem } else { Refusal::NotInReport })
    }

    /// Returns an error unless the subject is the company, by its name or as reports call it. Any other subject must at
    /// least occur in the report.
    fn check_subject(&self, subject: &str, found: &Found<'_>) -> Result<(), Refusal> {
        let subject = subject.trim();
        let is_named = subject.chars().count() >= SHORTEST_NAME
            && self.filing.company.as_deref().is_some_and(|company| holds(company, subject));
        // As the rules read it: with its article, and by the names that the report defines.
        let normal = self.registrant.normal(&format!("{subject} "));
        let normal = normal.trim().trim_end_matches(['’', '\'']).to_lowercase();
        let normal = normal.strip_prefix("the ").unwrap_or(&normal);
        let own = ["company", "registrant", "corporation", "bank", "debtors", "board", "board of directors"];
        if is_named || own.contains(&normal) || matches!(normal, "we" | "us" | "our" | "its") {
            return Ok(());
        }
        Err(if found.text.find(subject).is_some() { Refusal::OtherCompany } else { Refusal::NotInReport })
    }

    /// Returns an error if an amendment only repeats the words of the report that it amends.
    fn check_new(&self, sentence: &str, item: Item) -> Result<(), Refusal> {
        let known = self.original.is_some_and(|original| {
            original.items.iter().any(|section| section.item == item && section.text.contains(sentence))
        });
        if known { Err(Refusal::ToldBefore) } else { Ok(()) }
    }

    /// Verifies an event of the company.
    fn event<'t>(
        &self,
        proposal: &Proposal,
        found: &Found<'t>,
        quotes: &mut Vec<Quote>,
    ) -> Result<Finding<'t>, Refusal> {
        let clauses: Vec<Clause<'t>> = found.text.sentences[found.places.start..]
            .iter()
            .map(|(_, sentence)| Clause::of(sentence, &self.registrant, self.day))
            .collect();
        let mut why = None;
        let mut place = None;
        for (at, clause) in clauses.iter().enumerate().take(found.places.len()) {
            if is_reference(clause.sentence) {
                continue;
            }
            match doubt_about(proposal.kind, &clauses[at..], found.source.item) {
                None => {
                    place = Some(at);
                    break;
                }
                doubt => why = why.max(doubt),
            }
        }
        let place = place.ok_or_else(|| why.map_or(Refusal::Reference, refusal))?;
        let amount = match &proposal.amount {
            Some(claim) => Some(self.amount(claim, found, found.places.start + place, quotes)?),
            None => None,
        };
        let happening = summary::happening_in(proposal.kind, &clauses[place..]);
        Ok(Finding { kind: proposal.kind, sentence: clauses[place].sentence, person: None, amount, happening })
    }

    /// Returns an amount in the sentence, or in one of the following that is about a price.
    fn amount(
        &self,
        claim: &Claim,
        found: &Found<'_>,
        place: usize,
        quotes: &mut Vec<Quote>,
    ) -> Result<Amount, Refusal> {
        let (bytes, mut places) = within(claim, found).ok_or(Refusal::AmountNotProved)?;
        let stated = money::all(&found.text.text[bytes.clone()]);
        let wanted = claim.value.replace([',', '_'], "");
        let amount = stated.into_iter().find(|amount| {
            let wanted = wanted.split_once(' ').map_or((wanted.as_str(), "USD"), |(units, currency)| (units, currency));
            wanted.0.parse() == Ok(amount.units) && wanted.1.trim().eq_ignore_ascii_case(amount.currency)
        });
        let amount = amount.ok_or(Refusal::AmountNotProved)?;
        let is_near = places.any(|at| {
            at == place
                || (at > place && at <= place + AMOUNT_WITHIN && money::of_price(found.text.sentences[at].1).is_some())
        });
        if !is_near {
            return Err(Refusal::AmountNotProved);
        }
        quotes.push(quote(Field::Amount, &found.text.text[bytes]));
        Ok(amount)
    }

    /// Verifies a person's change of role.
    fn person<'t>(
        &self,
        kind: SignalType,
        person: &ProposedPerson,
        found: &Found<'t>,
        quotes: &mut Vec<Quote>,
    ) -> Result<(Finding<'t>, Option<Person>), Refusal> {
        let places = with_lead(found);
        let sentences = found.text.at(&places);
        if sentences.iter().all(|sentence| is_reference(sentence)) {
            return Err(Refusal::Reference);
        }
        let near = places.start..(places.end + DETAILS_WITHIN).min(found.text.sentences.len());
        let name = within(&person.name, found).filter(|_| holds(&person.name.quote, &person.name.value));
        let (bytes, _) = name.ok_or(Refusal::NameNotProved)?;
        quotes.push(quote(Field::Person, &found.text.text[bytes]));
        let role = match &person.role {
            Some(claim) => {
                let places = within(claim, found).filter(|(_, places)| states_role(claim) && inside(places, &near));
                let (bytes, places) = places.ok_or(Refusal::RoleNotProved)?;
                quotes.push(quote(Field::Role, &found.text.text[bytes]));
                Some((claim.value.as_str(), found.text.at(&places)))
            }
            None => None,
        };
        let effective = match &person.effective {
            Some(claim) => {
                let places = within(claim, found).filter(|(_, places)| inside(places, &near));
                let (bytes, places) = places.ok_or(Refusal::DateNotProved)?;
                let stated = DATE.captures_iter(&found.text.text[bytes.clone()]).filter_map(|found| date(&found));
                let day = claim.value.trim().parse::<NaiveDate>().ok();
                let day = stated.into_iter().find(|stated| Some(*stated) == day).ok_or(Refusal::DateNotProved)?;
                quotes.push(quote(Field::EffectiveOn, &found.text.text[bytes]));
                Some((day, found.text.at(&places)))
            }
            None => None,
        };
        let claim = Claimed {
            name: &person.name.value,
            direction: person.direction,
            role: role.as_ref().map(|(role, within)| (*role, within.as_slice())),
            effective: effective.as_ref().map(|(day, within)| (*day, within.as_slice())),
        };
        let (told, manner, is_seat, by_rules) =
            claimed(found.text.text, &sentences, claim, self.context()).map_err(unproved)?;
        if kind_of(is_seat, told.direction) != kind {
            return Err(Refusal::KindNotProved);
        }
        let finding = finding(kind, (told, manner), found.text.span(&places));
        Ok((finding, by_rules))
    }
}

fn finding(kind: SignalType, person: (Person, Manner), sentence: &str) -> Finding<'_> {
    Finding { kind, sentence, person: Some(person), amount: None, happening: String::new() }
}

/// Returns the position of a claim's words: the bytes, and the sentences that they touch.
fn within(claim: &Claim, found: &Found<'_>) -> Option<(Range<usize>, Range<usize>)> {
    if claim.quote.chars().count() > LONGEST {
        return None;
    }
    // The same words may stand several times; those beside the event are meant.
    let here = found.text.span(&found.places);
    let start = found.text.sentences.get(found.places.start)?.0.start;
    let bytes = match Text::of(here).find(&claim.quote) {
        Some(bytes) => start + bytes.start..start + bytes.end,
        None => found.text.find(&claim.quote)?,
    };
    let places = found.text.around(&bytes);
    (!places.is_empty()).then_some((bytes, places))
}

/// Returns true if a role is in its quote. A board seat is stated by mentioning the board.
fn states_role(claim: &Claim) -> bool {
    holds(&claim.quote, &claim.value) || (people::is_seat(&claim.value) && BOARD.is_match(&claim.quote))
}

fn inside(places: &Range<usize>, near: &Range<usize>) -> bool {
    places.start >= near.start && places.end <= near.end
}

/// Returns the sentences of a quote; for a list line including the sentence above the list.
fn with_lead(found: &Found<'_>) -> Range<usize> {
    let first = found.places.start;
    let earliest = first.saturating_sub(LIST);
    let lead = (earliest..first).rev().find(|at| found.text.sentences[*at].1.trim_end().ends_with(':'));
    let is_line = |at: usize| {
        let sentence = found.text.sentences[at].1;
        sentence.len() < 300 && !sentence.trim_end().ends_with('.')
    };
    match lead {
        Some(lead) if (lead + 1..=first).all(is_line) => lead..found.places.end,
        _ => found.places.clone(),
    }
}

fn quote(field: Field, text: &str) -> Quote {
    Quote { field, text: text.to_owned() }
}

fn refusal(doubt: Doubt) -> Refusal {
    match doubt {
        Doubt::Absent => Refusal::KindNotProved,
        Doubt::Topic => Refusal::Topic,
        Doubt::Hypothetical => Refusal::Hypothetical,
        Doubt::Denied => Refusal::Denied,
        Doubt::Old => Refusal::PreviouslyDisclosed,
        Doubt::OfOthers => Refusal::OtherCompany,
    }
}

fn unproved(why: Unproved) -> Refusal {
    match why {
        Unproved::Name => Refusal::NameNotProved,
        Unproved::Change => Refusal::ChangeNotProved,
        Unproved::Doubt(doubt) => refusal(doubt),
        Unproved::Role => Refusal::RoleNotProved,
        Unproved::RoleCut => Refusal::RoleCut,
        Unproved::Date => Refusal::DateNotProved,
    }
}
