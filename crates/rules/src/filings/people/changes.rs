//! Detection of people who take or leave roles.

use std::collections::HashMap;

use super::change::Change;
use super::context::{Context, Surnames};
use super::details::{Post, effective, pronoun_date, role_beside, role_of};
use super::events::{Event, events};
use super::names::{Masked, mask};
use super::person::{Direction, Person, person_key};
use super::seat::{directors_title, is_director};
use super::{lists, manner, names};
use crate::filings::clause::{Clause, Registrant};

/// Maximum number of sentences read per section: real ones have some hundred, with a handful of people.
const MOST_SENTENCES: usize = 1_000;

const MOST_CHANGES: usize = 50;

/// Returns the full names in a report by surname, to resolve "Mr. Doe" in any item.
pub(in crate::filings) fn surnames<'a>(
    sentences: impl Iterator<Item = &'a str>,
    company: &str,
    registrant: &Registrant,
) -> Surnames {
    names::surnames(sentences.take(MOST_SENTENCES), company, registrant)
}

/// Returns the people who take or leave roles in these sentences of `text`, each once per direction and kind of role.
pub(in crate::filings) fn changes<'a>(text: &'a str, sentences: &[&'a str], context: Context<'_>) -> Vec<Change<'a>> {
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

/// Converts an event to a change; `None` if it is not about a post but, for example, a committee or a project.
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

/// Returns the role that a successor takes over from another person "in these positions".
fn role_of_successor(masked: &Masked, events: &[Event]) -> (Option<String>, Option<bool>) {
    match events.iter().find(|event| event.direction == Direction::Comes).map(|event| role_of(masked, event, events)) {
        Some(Post::Role(role)) => {
            let is_director = is_director(&role);
            (Some(role), Some(is_director))
        }
        _ => (None, None),
    }
}

fn is_same(one: &Change<'_>, other: &Change<'_>) -> bool {
    one.person.direction == other.person.direction && person_key(&one.person.name) == person_key(&other.person.name)
}

/// Adds a change; a repeated one fills in missing values.
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

/// Assigns the date in "His resignation will be effective June 30" to the last person mentioned.
fn date_by_pronoun(changes: &mut [Change<'_>], sentence: &str, masked: &Masked) {
    if let Some((direction, date)) = pronoun_date(sentence, masked)
        && let Some(last) = changes.last_mut()
        && direction.is_none_or(|direction| direction == last.person.direction)
        && last.person.effective.is_none()
    {
        last.person.effective = Some(date);
    }
}

/// Removes contradictions: somebody who leaves a role does not take it in the same report, as in "will serve as …
/// until".
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
