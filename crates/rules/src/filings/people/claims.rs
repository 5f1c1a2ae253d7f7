//! Verification that given sentences state a person's change of role, with this role and date.
//!
//! If the rules detect the change themselves, their reading counts. Otherwise their words for it must occur in the
//! sentence, about the company and not negated, and each value must be found there by their parsers and belong to the
//! person.

use std::sync::LazyLock;

use chrono::NaiveDate;
use regex::Regex;

use super::changes::changes;
use super::details::AS;
use super::events::{events, no_news};
use super::lists::{COMES, GOES};
use super::manner;
use super::names::{Masked, mask};
use super::seat::{directors_title, is_director};
use super::{Change, Context, Direction, Manner, Person, person_key};
use crate::filings::clause::{Clause, Doubt};
use crate::filings::sentences::pattern;

/// A claim about a person. Role and date each have the sentences that should prove them.
#[derive(Debug, Clone, Copy)]
pub(in crate::filings) struct Claimed<'a> {
    pub(in crate::filings) name: &'a str,
    pub(in crate::filings) direction: Direction,
    pub(in crate::filings) role: Option<(&'a str, &'a [&'a str])>,
    pub(in crate::filings) effective: Option<(NaiveDate, &'a [&'a str])>,
}

/// Reason why a claim is not proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::filings) enum Unproved {
    /// No person of this name occurs.
    Name,
    /// The person does not change roles, or in the other direction.
    Change,
    /// The words of the change do not state it.
    Doubt(Doubt),
    /// The person does not take or leave such a role.
    Role,
    /// The claimed role omits a part of the company or a second role.
    RoleCut,
    /// The date is not the effective date.
    Date,
}

/// Pattern of words before an effective date, unlike the date of a decision or announcement.
static LEADS_TO_DAY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:effective|as of|beginning|commencing|starting|through|until|last day[^.;⟦]{0,30}|start date[^.;⟦]{0,20}",
        r"|(?:will|shall|to|expected to) (?:join|begin|start|retire|leave|depart|assume|become|resign|step down|serve|take)[^.;⟦]{0,60}(?:⟦R\d+⟧[^.;⟦]{0,40})?(?:on|from|by))",
        r"(?:\s+(?:on|as of|from|or about|about))*\s+$"
    ))
});

/// Pattern of a leave of absence, which is no departure.
static ON_LEAVE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b(?:leaves? of absence|(?:medical|parental) leave)\b"));

/// Verifies the claim against `sentences` of `text`: returns the person and direction with the proved values, and the
/// rules' own reading.
pub(in crate::filings) fn claimed<'a>(
    text: &'a str,
    sentences: &[&'a str],
    claim: Claimed<'_>,
    context: Context<'_>,
) -> Result<(Person, Manner, Option<bool>, Option<Person>), Unproved> {
    let name = mask(claim.name, context).people.into_iter().next().unwrap_or_else(|| claim.name.to_owned());
    let key = person_key(&name);
    let masked: Vec<Masked> = sentences.iter().map(|sentence| mask(sentence, context)).collect();
    let full = masked.iter().flat_map(|masked| &masked.people).find(|person| person_key(person) == key);
    let Some(full) = full.cloned() else { return Err(Unproved::Name) };
    let read = changes(text, sentences, context)
        .into_iter()
        .find(|change| person_key(&change.person.name) == key && change.person.direction == claim.direction);
    if read.is_none() {
        told_by_words(sentences, &masked, &key, claim.direction, context)?;
    }
    let known = read.as_ref().map(|change| &change.person);
    let role = match claim.role {
        Some((role, within)) => Some(role_of(role, within, &key, claim.direction, known, context)?),
        None => None,
    };
    if let Some((day, within)) = claim.effective {
        check_day(day, within, &key, known, context)?;
    }
    let is_seat = role.as_deref().map(is_director);
    if read.is_none() && role.is_none() && claim.direction == Direction::Comes {
        // Who comes to nothing that is known does not come.
        return Err(Unproved::Role);
    }
    let is_seat = read.as_ref().map_or(is_seat, |change: &Change<'_>| change.is_director.or(is_seat));
    let manner = match &read {
        Some(change) => change.manner,
        None => manner::of(claim.direction, "", role.as_deref()),
    };
    let effective = claim.effective.map(|(day, _)| day);
    let person = Person { name: full, role, direction: claim.direction, effective };
    Ok((person, manner, is_seat, read.map(|change| change.person)))
}

/// Returns an error unless words for a change of role occur in a sentence with the person, and the rules do not read
/// the opposite direction there.
fn told_by_words(
    sentences: &[&str],
    masked: &[Masked],
    key: &str,
    direction: Direction,
    context: Context<'_>,
) -> Result<(), Unproved> {
    let mut why = Unproved::Change;
    for (sentence, masked) in sentences.iter().zip(masked) {
        let is_him = |at: usize| masked.people.get(at).is_some_and(|person| person_key(person) == key);
        if !masked.people.iter().any(|person| person_key(person) == key) || no_news(&masked.text) {
            continue;
        }
        let own: Vec<_> = events(masked, context.year).into_iter().filter(|event| is_him(event.person)).collect();
        let (words, others) = match direction {
            Direction::Comes => (&*COMES, &*GOES),
            Direction::Goes => (&*GOES, &*COMES),
        };
        let goes_so = own.iter().any(|event| event.direction == direction && !event.is_weak);
        let is_unclear = !own.is_empty() || others.is_match(&masked.text) || ON_LEAVE.is_match(&masked.text);
        if !goes_so && is_unclear {
            continue;
        }
        match Clause::of(sentence, context.registrant, context.filed).doubt(words, false) {
            None => return Ok(()),
            Some(Doubt::Absent) => {}
            Some(doubt) => why = Unproved::Doubt(doubt),
        }
    }
    Err(why)
}

/// Returns the role that the person takes or leaves, in the rules' form.
fn role_of(
    claim: &str,
    within: &[&str],
    key: &str,
    direction: Direction,
    known: Option<&Person>,
    context: Context<'_>,
) -> Result<String, Unproved> {
    let wanted = plain(claim);
    if let Some(known) = known.and_then(|person| person.role.as_deref())
        && plain(known) == wanted
    {
        return Ok(written(known));
    }
    let mut why = Unproved::Role;
    for sentence in within {
        let masked = mask(sentence, context);
        for (number, role) in masked.roles.iter().enumerate() {
            let mark = format!("⟦R{number}⟧");
            let Some(at) = masked.text.find(&mark) else { continue };
            let found = plain(role);
            if found == wanted {
                let is_taken = direction == Direction::Goes || AS.is_match(&masked.text[..at]);
                if is_taken && belongs(&masked, at, key) {
                    return Ok(written(role));
                }
            } else if found.contains(&wanted) && belongs(&masked, at, key) {
                why = Unproved::RoleCut;
            }
        }
    }
    Err(why)
}

/// Returns a role in lower case; all board seats are equal.
fn plain(role: &str) -> String {
    let role = role.trim().trim_start_matches("the ").trim_start_matches("The ");
    written(role).to_lowercase()
}

fn written(role: &str) -> String {
    if is_director(role) { directors_title(role) } else { role.to_owned() }
}

/// Returns true if the text at a position refers to the person: nobody else is nearer.
fn belongs(masked: &Masked, at: usize, key: &str) -> bool {
    if masked.in_order {
        return false;
    }
    let places = masked.people.iter().enumerate().filter_map(|(number, person)| {
        let place = masked.text.find(&format!("⟦P{number}⟧"))?;
        Some((place.abs_diff(at), person_key(person) == key))
    });
    places.min().is_some_and(|(_, is_him)| is_him)
}

fn check_day(
    day: NaiveDate,
    within: &[&str],
    key: &str,
    known: Option<&Person>,
    context: Context<'_>,
) -> Result<(), Unproved> {
    if known.is_some_and(|person| person.effective == Some(day)) {
        return Ok(());
    }
    for sentence in within {
        let masked = mask(sentence, context);
        let is_his = masked.people.is_empty() || masked.people.iter().any(|person| person_key(person) == key);
        for (number, found) in masked.dates.iter().enumerate() {
            let Some(at) = masked.text.find(&format!("⟦D{number}⟧")) else { continue };
            if *found == day && is_his && LEADS_TO_DAY.is_match(&masked.text[..at]) {
                return Ok(());
            }
        }
    }
    Err(Unproved::Date)
}
