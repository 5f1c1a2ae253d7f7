//! People in lists and tables: a sentence ending with a colon states the event, and each following line names a person.

use std::sync::LazyLock;

use regex::Regex;

use super::events::no_news;
use super::names::{Masked, mask};
use super::seat::{directors_title, is_director};
use super::{Change, Context, Direction, Manner, Person};
use crate::filings::sentences::pattern;

/// Maximum number of lines of a list.
const MOST_ROWS: usize = 30;
/// Maximum length of a proof that includes all lines up to the person's, in bytes.
const LONGEST_PROOF: usize = 1_500;

pub(super) static COMES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:appoint\w*|elect(?:ed|s|ion|ing)|nam(?:ed|es)|promot\w+|hir(?:ed|es|ing)|joins?|joined|designated)\b",
    )
});
pub(super) static GOES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:resign\w*|retir\w+|depart(?:s|ed|ing|ure)?|leav(?:e|es|ing)|terminat\w+|dismiss\w*|remov\w+|step\w* down|separat\w+|ceas\w+|not stand)\b",
    )
});
static PERSON: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[\s•·*\-–—○●▪\d.)(a-z]{0,6}⟦P(\d+)⟧"));
static ROLE: LazyLock<Regex> = LazyLock::new(|| pattern(r"⟦R(\d+)⟧"));
static DAY: LazyLock<Regex> = LazyLock::new(|| pattern(r"⟦D(\d+)⟧"));
static EFFECTIVE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\beffective\b[^⟦;]{0,30}⟦D(\d+)⟧"));
static BOARD: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\bdirectors?\b|⟦R\d+⟧|\bboard\b"));
static OFFICERS: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\b(?:officers?|executives?)\b"));

/// Returns the people in lists in these sentences of `text`.
pub(super) fn changes<'a>(text: &'a str, sentences: &[&'a str], context: Context<'_>) -> Vec<Change<'a>> {
    let mut found = Vec::new();
    for (at, lead) in sentences.iter().enumerate() {
        if !lead.trim_end().ends_with(':') {
            continue;
        }
        let masked = mask(lead, context);
        if no_news(&masked.text) {
            continue;
        }
        let direction = match (COMES.is_match(&masked.text), GOES.is_match(&masked.text)) {
            (true, false) => Direction::Comes,
            (false, true) => Direction::Goes,
            _ => continue,
        };
        let mut told = 0;
        for row in sentences.iter().skip(at + 1).take(MOST_ROWS) {
            match change(text, lead, &masked, row, direction, context) {
                Some(change) => {
                    found.push(change);
                    told += 1;
                }
                // The head of a table comes before its first line.
                None if told == 0 && row.len() < 80 => {}
                None => break,
            }
        }
    }
    found
}

fn change<'a>(
    text: &'a str,
    lead: &'a str,
    lead_marks: &Masked,
    row: &'a str,
    direction: Direction,
    context: Context<'_>,
) -> Option<Change<'a>> {
    let masked = mask(row, context);
    let person: usize = PERSON.captures(&masked.text)?[1].parse().ok()?;
    let name = masked.people.get(person)?.clone();
    let number = |found: regex::Captures<'_>| found[1].parse::<usize>().ok();
    let role = ROLE.captures(&masked.text).and_then(number).and_then(|at| masked.roles.get(at)).cloned();
    let role = role.or_else(|| {
        let of_lead = ROLE.captures(&lead_marks.text).and_then(number).and_then(|at| lead_marks.roles.get(at)).cloned();
        let is_board = BOARD.is_match(&lead_marks.text) && !OFFICERS.is_match(&lead_marks.text);
        of_lead.or_else(|| is_board.then(|| "director".to_owned()))
    });
    let is_seat = role.as_deref().map(is_director);
    let role = role.map(|role| if is_director(&role) { directors_title(&role) } else { role });
    if role.is_none() && direction == Direction::Comes {
        return None;
    }
    let day = |regex: &Regex, marks: &Masked| {
        regex.captures(&marks.text).and_then(number).and_then(|at| marks.dates.get(at)).copied()
    };
    let effective = day(&DAY, &masked).or_else(|| day(&EFFECTIVE, lead_marks));
    let manner = super::manner::of(direction, "", role.as_deref());
    let manner = if manner == Manner::Interim { manner } else { Manner::Plain };
    Some(Change {
        person: Person { name, role, direction, effective },
        manner,
        is_director: is_seat,
        sentence: proof(text, lead, row),
        is_second_hand: false,
    })
}

/// Returns the text from the sentence before the list to the line, or the line alone if that would be too long.
fn proof<'a>(text: &'a str, lead: &'a str, row: &'a str) -> &'a str {
    let place = |part: &str| (part.as_ptr() as usize).checked_sub(text.as_ptr() as usize);
    match (place(lead), place(row)) {
        (Some(start), Some(end)) if start < end && end + row.len() - start <= LONGEST_PROOF => {
            text.get(start..end + row.len()).unwrap_or(row)
        }
        _ => row,
    }
}
