//! The people of a report: who comes, who goes, in which role, from when.

mod claims;
mod details;
mod events;
mod lists;
mod manner;
mod names;
mod qualifiers;
mod words;

use std::collections::HashMap;

use async_graphql::Enum;
use chrono::NaiveDate;
use sea_orm::{DeriveActiveEnum, EnumIter, sea_query::StringLen};
use serde::{Deserialize, Serialize};

pub(super) use claims::{Claimed, Unproved, claimed};
use details::{Post, effective, pronoun_date, role_beside, role_of};
use events::{Event, events};
pub use manner::{Manner, is_death};
pub(super) use names::Surnames;
use names::{Masked, mask};

use super::clause::{Clause, Registrant};

/// Somebody who comes or goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The name as the report writes it, without `Mr.` where the full name is known.
    pub name: String,
    /// The role taken or left; `None` when not stated.
    pub role: Option<String>,
    /// Whether the person takes the role or leaves it.
    pub direction: Direction,
    /// From when; `None` when not stated. The day of the decision is not it.
    pub effective: Option<NaiveDate>,
}

/// Which way a person goes.
#[derive(Enum, EnumIter, DeriveActiveEnum, Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "PersonDirection")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Direction {
    /// Takes a role.
    #[graphql(name = "JOINS")]
    Comes,
    /// Leaves a role.
    #[graphql(name = "LEAVES")]
    Goes,
}

/// A change of one person, with the sentence that tells it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Change<'a> {
    pub(super) person: Person,
    /// A member of the board, and no executive; `None` when the text leaves it open.
    pub(super) is_director: Option<bool>,
    pub(super) sentence: &'a str,
    pub(super) manner: Manner,
    /// Told by naming who follows.
    is_second_hand: bool,
}

/// What is known of the report when its people are looked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Context<'a> {
    /// The company that reports; may be empty.
    pub(super) company: &'a str,
    /// The year of the report.
    pub(super) year: i32,
    /// The day on which it was filed.
    pub(super) filed: NaiveDate,
    /// The full names in the whole report.
    pub(super) surnames: &'a Surnames,
    /// The same company by all its names.
    pub(super) registrant: &'a Registrant,
}

/// No section is read further than this: real ones have some hundred sentences and a handful of people.
const MOST_SENTENCES: usize = 1_000;
const MOST_CHANGES: usize = 50;

/// First and last word of a name in small letters: one person with and without middle initial, title or `Jr.`.
pub(super) fn person_key(name: &str) -> String {
    let is_suffix = |word: &str| matches!(word.trim_end_matches(['.', ',']), "Jr" | "Sr" | "II" | "III" | "IV");
    let words: Vec<_> = name
        .split_whitespace()
        .enumerate()
        .filter(|(at, word)| (!word.ends_with('.') || *word == "St.") && !(*at > 0 && is_suffix(word)))
        .map(|(_, word)| word)
        .collect();
    let clean = |word: &str| word.chars().filter(|char| char.is_alphanumeric()).collect::<String>().to_lowercase();
    match words.as_slice() {
        [] => clean(name),
        [only] => clean(only),
        [first, .., last] => format!("{}-{}", clean(first), clean(last)),
    }
}

/// The full names in a report, by surname: what "Mr. Doe" stands for, in whichever item he is named.
pub(super) fn surnames<'a>(
    sentences: impl Iterator<Item = &'a str>,
    company: &str,
    registrant: &Registrant,
) -> Surnames {
    names::surnames(sentences.take(MOST_SENTENCES), company, registrant)
}

/// The people who come and go in these sentences of `text`, each once for each direction and kind of role.
pub(super) fn changes<'a>(text: &'a str, sentences: &[&'a str], context: Context<'_>) -> Vec<Change<'a>> {
    let sentences = &sentences[..sentences.len().min(MOST_SENTENCES)];
    let masked: Vec<Masked> = sentences.iter().map(|sentence| mask(sentence, context)).collect();
    let mut roles: HashMap<String, String> = HashMap::new();
    for masked in &masked {
        for (at, name) in masked.people.iter().enumerate() {
            if let Some(role) = role_beside(masked, at) {
                roles.entry(person_key(name)).or_insert(role);
            }
        }
    }
    let mut changes: Vec<Change<'a>> = Vec::new();
    let mut weak = Vec::new();
    for (sentence, masked) in sentences.iter().zip(&masked) {
        if Clause::of(sentence, context.registrant, context.filed).is_old() {
            continue;
        }
        let events = events(masked, context.year);
        if events.is_empty() {
            date_by_pronoun(&mut changes, sentence, masked);
        }
        for event in &events {
            let Some(change) = change(sentence, masked, event, &events, &roles) else { continue };
            if event.is_weak { weak.push(change) } else { add(&mut changes, change) }
        }
    }
    for change in lists::changes(text, sentences, context) {
        add(&mut changes, change);
    }
    for change in weak {
        supplement(&mut changes, change);
    }
    without_contradictions(changes)
}

/// Makes an event a change; `None` when it is not about a post: a seat on a committee, a project.
fn change<'a>(
    sentence: &'a str,
    masked: &Masked,
    event: &Event,
    events: &[Event],
    roles: &HashMap<String, String>,
) -> Option<Change<'a>> {
    let name = masked.people.get(event.person)?;
    let (role, is_director) = match role_of(masked, event, events) {
        Post::Role(role) => {
            let is_director = is_director(&role);
            (Some(if is_director { directors_title(&role) } else { role }), Some(is_director))
        }
        Post::Board => (Some("director".to_owned()), Some(true)),
        Post::Unknown if event.direction == Direction::Goes => {
            let role = roles.get(&person_key(name)).cloned();
            let is_director = role.as_deref().map(is_director);
            (role, is_director)
        }
        // A successor comes to what the other leaves.
        Post::Unknown => {
            let verb = masked.text.get(event.verb.0..event.verb.1).unwrap_or_default();
            let left = events.iter().find(|other| other.direction == Direction::Goes && verb.contains("successor"))?;
            let Post::Role(role) = role_of(masked, left, events) else { return None };
            let is_director = is_director(&role);
            (Some(role), Some(is_director))
        }
    };
    let (role, is_director) =
        if role.is_none() && event.is_second_hand { role_of_successor(masked, events) } else { (role, is_director) };
    let verb = masked.text.get(event.verb.0..event.verb.1).unwrap_or_default();
    let manner = manner::of(event.direction, verb, role.as_deref());
    let person =
        Person { name: name.clone(), role, direction: event.direction, effective: effective(masked, event, events) };
    Some(Change { person, manner, is_director, sentence, is_second_hand: event.is_second_hand })
}

/// Whom another follows "in these positions" had the role that the other takes.
fn role_of_successor(masked: &Masked, events: &[Event]) -> (Option<String>, Option<bool>) {
    match events.iter().find(|event| event.direction == Direction::Comes).map(|event| role_of(masked, event, events)) {
        Some(Post::Role(role)) => {
            let is_director = is_director(&role);
            (Some(role), Some(is_director))
        }
        _ => (None, None),
    }
}

/// Whether a role is a seat on the board alone.
fn is_director(role: &str) -> bool {
    const EXECUTIVE: [&str; 9] =
        ["officer", "president", "counsel", "treasurer", "controller", "secretary", "manager", "managing", "executive"];
    let lower = role.to_lowercase().replace("non-executive", "");
    // CEO, EVP and the like.
    let is_short = role.split(|char: char| !char.is_alphabetic()).any(|word| {
        word.len() >= 2 && word.chars().all(char::is_uppercase) && (word.ends_with('O') || word.ends_with("VP"))
    });
    !is_short && !EXECUTIVE.iter().any(|word| lower.contains(word))
}

/// `director` for a plain seat on the board; a chair keeps its name.
fn directors_title(role: &str) -> String {
    if role.to_lowercase().contains("chair") { role.to_owned() } else { "director".to_owned() }
}

/// Whether a role is a plain seat on the board.
pub(super) fn is_seat(role: &str) -> bool {
    is_director(role) && directors_title(role) == "director"
}

fn is_same(one: &Change<'_>, other: &Change<'_>) -> bool {
    one.person.direction == other.person.direction && person_key(&one.person.name) == person_key(&other.person.name)
}

/// Adds a change; what tells the same again fills in what was open.
fn add<'a>(changes: &mut Vec<Change<'a>>, change: Change<'a>) {
    let same_kind = |known: &Change<'_>| {
        is_same(known, &change)
            && (known.is_director.is_none() || change.is_director.is_none() || known.is_director == change.is_director)
    };
    let has_room = changes.len() < MOST_CHANGES;
    match changes.iter_mut().find(|known| same_kind(known)) {
        Some(known) => fill_in(known, change),
        None if has_room => changes.push(change),
        None => {}
    }
}

fn supplement<'a>(changes: &mut [Change<'a>], change: Change<'a>) {
    if let Some(known) =
        changes.iter_mut().find(|known| is_same(known, &change) && known.is_director == change.is_director)
    {
        fill_in(known, change);
    }
}

fn fill_in<'a>(known: &mut Change<'a>, change: Change<'a>) {
    known.is_director = known.is_director.or(change.is_director);
    known.person.role = known.person.role.take().or(change.person.role);
    // When the successor begins is not when the other leaves.
    let date = change.person.effective.filter(|_| !change.is_second_hand);
    known.person.effective = known.person.effective.or(date);
}

/// "His resignation will be effective June 30": the date belongs to whom the text spoke of last.
fn date_by_pronoun(changes: &mut [Change<'_>], sentence: &str, masked: &Masked) {
    if let Some((direction, date)) = pronoun_date(sentence, masked)
        && let Some(last) = changes.last_mut()
        && direction.is_none_or(|direction| direction == last.person.direction)
        && last.person.effective.is_none()
    {
        last.person.effective = Some(date);
    }
}

/// Somebody who leaves a role does not take it in the same report: "will serve as … until".
fn without_contradictions(changes: Vec<Change<'_>>) -> Vec<Change<'_>> {
    let leaves = |change: &Change<'_>| {
        changes.iter().any(|other| {
            other.person.direction == Direction::Goes
                && person_key(&other.person.name) == person_key(&change.person.name)
                && other.person.role.as_ref().map(|role| role.to_lowercase())
                    == change.person.role.as_ref().map(|role| role.to_lowercase())
        })
    };
    let keep: Vec<bool> =
        changes.iter().map(|change| change.person.direction == Direction::Goes || !leaves(change)).collect();
    changes.into_iter().zip(keep).filter_map(|(change, keep)| keep.then_some(change)).collect()
}
