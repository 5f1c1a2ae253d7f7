//! Merging of the signals found by rules and model.
//!
//! Two signals are the same if kind and person are the same: a report has each kind once, and once per person. The
//! model then fills in missing values; where both have a value, the rules' value is kept. Signals found by one side
//! alone are kept too, except a model's signal from a sentence in which the rules find an incompatible event.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use super::person_details::complete;
use super::proving::{Proved, Refused};
use super::{DisagreementKind, Field, Quote, Refusal, Source};
use crate::filings::people::person_key;
use crate::filings::summary::of_person;
use crate::filings::urgency::{strength, urgency};
use crate::filings::{Signal, SignalType, value};

/// The merged signals of rules and model.
#[derive(Debug, Default, PartialEq)]
pub struct Union {
    /// Signals found by both.
    pub merged: Vec<Merged>,
    /// Signals found by the model alone.
    pub added: Vec<Added>,
    /// Disagreements.
    pub disagreements: Vec<Disagreement>,
}

/// A signal of the rules that the model found too.
#[derive(Debug, Clone, PartialEq)]
pub struct Merged {
    /// The signal, with values filled in from the model.
    pub signal: Signal,
    /// True if any value was filled in.
    pub is_completed: bool,
    /// The model's proof.
    pub quotes: Vec<Quote>,
}

/// A signal found by the model alone.
#[derive(Debug, Clone, PartialEq)]
pub struct Added {
    /// The signal.
    pub signal: Signal,
    /// Its proof.
    pub quotes: Vec<Quote>,
}

/// A disagreement between rules and model.
#[derive(Debug, Clone, PartialEq)]
pub struct Disagreement {
    /// The kind of disagreement.
    pub kind: DisagreementKind,
    /// The kind of the signal.
    pub signal: SignalType,
    /// The key of the signal; `None` if it was rejected.
    pub key: Option<String>,
    /// The item, as the model named it.
    pub item: String,
    /// The field that differs.
    pub field: Option<Field>,
    /// The reason for rejecting a proposal.
    pub refusal: Option<Refusal>,
    /// The value of the rules.
    pub by_rules: Option<String>,
    /// The value of the model.
    pub by_model: Option<String>,
    /// The model's quote; as the model wrote it if the proposal was rejected.
    pub quote: Option<String>,
}

impl Disagreement {
    fn of(kind: DisagreementKind, signal: &Signal) -> Self {
        Self {
            kind,
            signal: signal.kind,
            key: Some(signal.key.clone()),
            item: signal.evidence.item.to_string(),
            field: None,
            refusal: None,
            by_rules: None,
            by_model: None,
            quote: None,
        }
    }

    fn in_field(signal: &Signal, field: Field, by_rules: String, by_model: String, quotes: &[Quote]) -> Self {
        let quote = quotes.iter().find(|quote| quote.field == field).or_else(|| quotes.first());
        Self {
            field: Some(field),
            by_rules: Some(by_rules),
            by_model: Some(by_model),
            quote: quote.map(|quote| quote.text.clone()),
            ..Self::of(DisagreementKind::Field, signal)
        }
    }

    fn refused(Refused { proposal, reason }: Refused) -> Self {
        let person = proposal.person.map(|person| {
            let role = person.role.map_or_else(String::new, |role| format!(", {}", role.value));
            let day = person.effective.map_or_else(String::new, |day| format!(", {}", day.value));
            format!("{}{role}{day}", person.name.value)
        });
        Self {
            kind: DisagreementKind::Refused,
            signal: proposal.kind,
            key: None,
            item: proposal.item,
            field: None,
            refusal: Some(reason),
            by_rules: None,
            by_model: person.or(proposal.amount.map(|amount| amount.value)),
            quote: Some(proposal.quote),
        }
    }
}

/// Merges the signals of the rules and the proposals of a model that was given `sources`.
pub fn unite(
    rules: &[Signal],
    proposals: Vec<Result<Proved, Box<Refused>>>,
    sources: &[Source],
    now: DateTime<Utc>,
) -> Union {
    let mut union = Union::default();
    let mut named: HashSet<String> = HashSet::new();
    for proposal in proposals {
        match proposal {
            Err(refused) => union.disagreements.push(Disagreement::refused(*refused)),
            Ok(proved) => match rules.iter().find(|signal| is_same(signal, &proved.signal)) {
                Some(signal) if named.insert(signal.key.clone()) => union.merge(signal, proved, now),
                Some(_) => {}
                None => union.add(rules, proved, now),
            },
        }
    }
    let was_given = |signal: &Signal| sources.iter().any(|source| source.text.contains(&signal.evidence.sentence));
    let missed = rules.iter().filter(|signal| !named.contains(&signal.key) && was_given(signal));
    union.disagreements.extend(missed.map(|signal| Disagreement::of(DisagreementKind::RulesOnly, signal)));
    union
}

impl Union {
    fn merge(&mut self, rules: &Signal, proved: Proved, now: DateTime<Utc>) {
        let mut signal = rules.clone();
        let mut is_completed = false;
        if let (Some(own), Some(other)) = (&mut signal.person, &proved.claimed) {
            let (completed, differing) = complete(own, other);
            is_completed |= completed;
            self.differ(rules, differing, &proved.quotes);
        }
        let by_kind = value::estimate(rules.kind, None);
        let mut amount = None;
        if let Some(stated) = proved.amount {
            let estimate = value::estimate(rules.kind, Some(stated));
            if estimate != by_kind && rules.value == by_kind {
                (signal.value, amount, is_completed) = (estimate, Some(stated), true);
            } else if estimate != by_kind && rules.value != estimate {
                let by_rules = rules.value.as_ref().map(|value| value.assumption.clone()).unwrap_or_default();
                self.differ(rules, vec![(Field::Amount, by_rules, stated.to_string())], &proved.quotes);
            }
        }
        if is_completed {
            let role = |signal: &Signal| signal.person.as_ref().and_then(|person| person.role.clone());
            let gain = strength(rules.kind, role(&signal).as_deref(), amount)
                - strength(rules.kind, role(rules).as_deref(), None);
            signal.strength = ((rules.strength + gain).min(1.0) * 1e6).round() / 1e6;
            signal.urgency = urgency(signal.kind, signal.strength, now - signal.evidence.filed_at);
            if let (Some(person), Some(manner)) = (&signal.person, proved.manner) {
                signal.summary = of_person(signal.kind, &proved.company, person, manner, signal.evidence.item);
            }
        }
        self.merged.push(Merged { signal, is_completed, quotes: proved.quotes });
    }

    fn add(&mut self, rules: &[Signal], mut proved: Proved, now: DateTime<Utc>) {
        let signal = &proved.signal;
        if let Some(other) = rules.iter().find(|rule| contradicts(rule, signal)) {
            let mut disagreement = Disagreement::in_field(
                other,
                Field::Kind,
                other.kind.name().to_owned(),
                signal.kind.name().to_owned(),
                &proved.quotes,
            );
            disagreement.refusal = Some(Refusal::KindContradicted);
            self.disagreements.push(disagreement);
            return;
        }
        if self.added.iter().any(|added| is_same(&added.signal, signal)) {
            return;
        }
        if let (Some(mut read), Some(claimed)) = (proved.by_rules.take(), &proved.claimed) {
            let (_, differing) = complete(&mut read, claimed);
            self.differ(&proved.signal, differing, &proved.quotes);
        }
        let signal = proved.signal;
        let quote = proved.quotes.first().map(|quote| quote.text.clone());
        self.disagreements.push(Disagreement { quote, ..Disagreement::of(DisagreementKind::ModelOnly, &signal) });
        let urgency = urgency(signal.kind, signal.strength, now - signal.evidence.filed_at);
        self.added.push(Added { signal: Signal { urgency, ..signal }, quotes: proved.quotes });
    }

    fn differ(&mut self, signal: &Signal, fields: Vec<(Field, String, String)>, quotes: &[Quote]) {
        let disagreements = fields
            .into_iter()
            .map(|(field, by_rules, by_model)| Disagreement::in_field(signal, field, by_rules, by_model, quotes));
        self.disagreements.extend(disagreements);
    }
}

/// Returns true if two signals of a report are the same.
fn is_same(one: &Signal, other: &Signal) -> bool {
    let person = |signal: &Signal| signal.person.as_ref().map(|person| (person_key(&person.name), person.direction));
    one.kind == other.kind && person(one) == person(other)
}

/// Returns true if the rules' signal is incompatible with the other one from the same sentence.
fn contradicts(rule: &Signal, other: &Signal) -> bool {
    const DEALS: [SignalType; 3] = [SignalType::Acquisition, SignalType::Divestiture, SignalType::ChangeOfControl];
    if other.kind == SignalType::Other {
        // What is of no kind is told only where nothing else is.
        return true;
    }
    let (one, two) = (rule.evidence.sentence.as_str(), other.evidence.sentence.as_str());
    if !(one.contains(two) || two.contains(one)) {
        return false;
    }
    let either = |kind: SignalType, kinds: &[SignalType]| {
        (rule.kind == kind && kinds.contains(&other.kind)) || (other.kind == kind && kinds.contains(&rule.kind))
    };
    (DEALS.contains(&rule.kind) && DEALS.contains(&other.kind))
        || either(
            SignalType::MaterialAgreement,
            &[
                SignalType::Acquisition,
                SignalType::Divestiture,
                SignalType::ChangeOfControl,
                SignalType::DebtOrFinancing,
                SignalType::AgreementEnded,
            ],
        )
        || either(SignalType::DebtDefault, &[SignalType::DebtOrFinancing])
        || is_same_person_otherwise(rule, other)
}

/// Returns true if the same person moves in the same direction from another kind of role, in the same sentence.
fn is_same_person_otherwise(rule: &Signal, other: &Signal) -> bool {
    match (&rule.person, &other.person) {
        (Some(one), Some(two)) => {
            person_key(&one.name) == person_key(&two.name)
                && one.direction == two.direction
                && one.role.as_ref().map(|role| role.to_lowercase())
                    == two.role.as_ref().map(|role| role.to_lowercase())
        }
        _ => false,
    }
}
