//! Role and date of an event, from the surrounding words.

use std::sync::LazyLock;

use chrono::NaiveDate;
use regex::Regex;

use super::Direction;
use super::events::{Event, is_taken_over};
use super::names::Masked;
use crate::filings::sentences::pattern;

/// The post that somebody takes or leaves.
#[derive(Debug, PartialEq)]
pub(super) enum Post {
    Role(String),
    /// A board seat.
    Board,
    Unknown,
}

/// Pattern of "Jane Roe has been our Chief Financial Officer".
static HOLDS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^ (?:has been|has served as|serves as|currently serves as|is) (?:the Company[’']s |the |our |its )?(?:current )?⟦R(\d+)⟧",
    )
});
static ROLE_MARK: LazyLock<Regex> = LazyLock::new(|| pattern(r"⟦R(\d+)⟧"));
static ROLE_LIST: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"⟦R\d+⟧(?:(?:,? and |, )(?:as )?(?:the |a |an |its )?⟦R\d+⟧)+"));
/// Pattern of a committee seat.
static COMMITTEE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b(?:to|on|as|of)\s(?:[\w’,&-]+\s){0,10}?committees?\b"));
static AS_MARK: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b(?:as|to|of)\s(?:(?:the|its|our|a|an|new|serve|as)\s)*⟦R\d+⟧"));
/// Pattern of words directly before a role that is taken or left.
pub(super) static AS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)(?:\bas|\bto|\bfrom|\bbe|\bbecome|\bbecame|\bposition(?:s)? of|\brole(?:s)? of|\bpost of",
        r"|\boffice(?:s)? of|\bduties of|\bappointed|\belected|\bnamed|\bpromoted)\s+(?:(?:the|our|its|a",
        r"|an|new|next|his|her|company’s|registrant’s|position|role|office|of|both|permanent",
        r"|additional)\s+)*$"
    ))
});
/// Pattern of a role held elsewhere or before.
static ASIDE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)(?:\b(?:previously|formerly|former|most recently|currently|has served|had served|served",
        r"|serves|serving|who is|who was|since|join|successor|reporting to|reports? to|pursue|work(?:ed",
        r"|ing)? (?:as|with)|consultant|advisor|adviser)\b)[^⟦,;]*(?:⟦R\d+⟧[^⟦,;]*)*$"
    ))
});
static TO_BOARD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:to|on|join(?:ed|s|ing)?|from|of|off)\s+(?:(?:the|its|our|company’s",
        r"|registrant’s)\s+)*(?:⟦P\d+⟧’s\s+)?board\b(?:$|[^’'])"
    ))
});
static VACANCY: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\bvacancy\b"));
static LEAVES_COMPANY: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^(?:\w+ )?(?:leav\w*|left|depart\w*) (?:from )?(?:the|our) company\b"));
static NO_REELECTION: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)re-?(?:election|nomination)"));
static EFFECTIVE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\beffective\b[^⟦;.]{0,60}⟦D(\d+)⟧|⟦D(\d+)⟧\s*\(?(?:the\s)?“?effective date|\beffect (?:on",
        r"|as of) ⟦D(\d+)⟧"
    ))
});
static ON_THAT_DAY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\beffective\s+(?:immediately(?:$|[.,;)]|\s+(?:and|as|to|in|on|with)\b)|(?:on|as of",
        r"|upon)\s+(?:such|that|the same|the foregoing)\s+(?:date|day)|(?:as of )?the same (?:date|day)",
        r"|on the date (?:hereof|thereof)|upon (?:his|her|their) (?:appointment|election))"
    ))
});
static DATED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)\b(?:on|as of|through|until|beginning|commencing|starting|by|on or about)\s+(?:or about\s+)?⟦D(\d+)⟧")
});
static RIGHT_BEHIND: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^[^⟦,;.]{0,30}(?:⟦R\d+⟧)?[^⟦,;.]{0,20}\b(?:on|as of) ⟦D(\d+)⟧"));
static ANY_DATE: LazyLock<Regex> = LazyLock::new(|| pattern(r"⟦D(\d+)⟧"));
/// Pattern of events that take effect when stated, unlike notices and decisions.
static AT_ONCE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)terminated|removed|dismissed|passed away|died|ceased|stepped down|became|transitioned",
        r"|assumed|succeeded|employment of"
    ))
});
/// Pattern of events announced in advance, which the following date refers to.
static TO_COME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:will|shall|would|to|agreed|expected|succeed\w*|retir\w+|replac\w+|joins?|becomes?|as|no longer)\b",
    )
});
static PRONOUN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)^(?:his|her|their|the|such|⟦P\d+⟧[’']s?)\s+(?:\w+\s)?(?<what>resignation|retirement",
        r"|departure|separation|appointment|election|employment|promotion|hire|last day)\b"
    ))
});

/// Returns the role next to a name: "Jane Roe, the Company’s Chief Financial Officer," or "Chief Financial Officer Jane
/// Roe".
pub(super) fn role_beside(masked: &Masked, person: usize) -> Option<String> {
    let mark = format!("⟦P{person}⟧");
    let at = masked.text.find(&mark)?;
    let behind = &masked.text[at + mark.len()..];
    let apposition = behind.strip_prefix(", ").map(|text| {
        let words =
            ["the Company’s ", "the Company's ", "the Registrant’s ", "our ", "the ", "its ", "a ", "an ", "current "];
        words.iter().fold(text, |text, word| text.strip_prefix(word).unwrap_or(text))
    });
    if let Some(found) =
        apposition.and_then(|text| ROLE_MARK.captures(text).filter(|found| text.starts_with(&found[0])))
    {
        return role(masked, &found[1]);
    }
    if let Some(found) = HOLDS.captures(behind) {
        return role(masked, &found[1]);
    }
    let before = masked.text[..at].trim_end_matches([' ', ',']);
    let found = ROLE_MARK.captures_iter(before).last()?;
    before.ends_with(&found[0]).then(|| role(masked, &found[1]))?
}

/// Returns the post of an event.
pub(super) fn role_of(masked: &Masked, event: &Event, events: &[Event]) -> Post {
    let text = masked.text.as_str();
    let verb = &text[event.verb.0..event.verb.1];
    if event.direction == Direction::Goes && NO_REELECTION.is_match(verb) {
        return Post::Board;
    }
    if let Some(role) = role_in_order(masked, event) {
        return Post::Role(role);
    }
    let start = event.verb.1.max(event.subject.1);
    let clause = clause(text, start, event, events);
    if event.direction == Direction::Comes && is_committee(clause) {
        return Post::Unknown;
    }
    if event.direction == Direction::Goes
        && verb.ends_with("from")
        && let Some(found) = ROLE_MARK.captures(clause)
        && let Some(role) = role(masked, &found[1])
    {
        return Post::Role(role);
    }
    let mut aside = None;
    let (mut first, mut named) = (None, None);
    for found in ROLE_MARK.captures_iter(clause) {
        let at = found.get_match().start();
        let before = &clause[..at];
        let before_in_full = &text[..start + at];
        if ASIDE.is_match(before) || (event.direction == Direction::Goes && before.trim_end().ends_with("become")) {
            aside = aside.or_else(|| role(masked, &found[1]));
        } else if AS.is_match(before_in_full) {
            named = named.or_else(|| role(masked, &found[1]).map(|role| (at, role)));
        } else {
            first = first.or_else(|| role(masked, &found[1]));
        }
    }
    let board = TO_BOARD.find(clause).or_else(|| VACANCY.find(clause).filter(|_| text.contains("Board")));
    let board = board.map(|found| found.start());
    // Who leaves the company leaves the office, and the board besides.
    if board.is_some()
        && named.is_none()
        && LEAVES_COMPANY.is_match(&text[event.verb.0..start + clause.len()])
        && let Some(role) = role_before(masked, event)
    {
        return Post::Role(role);
    }
    match (named, board) {
        (Some((at, _)), Some(board)) if board < at => Post::Board,
        (Some((_, role)), _) => Post::Role(role),
        (None, Some(_)) => Post::Board,
        (None, None) => match first.or_else(|| role_before(masked, event)) {
            Some(role) => Post::Role(role),
            None => Post::Unknown,
        },
    }
}

/// Returns the role of one of several people with roles in the same order.
fn role_in_order(masked: &Masked, event: &Event) -> Option<String> {
    if !masked.in_order {
        return None;
    }
    let who: Vec<&str> = masked.text.get(event.subject.0..event.subject.1)?.split("⟦P").skip(1).collect();
    let place = who.iter().position(|part| part.split('⟧').next() == Some(event.person.to_string().as_str()))?;
    let list =
        ROLE_LIST.find_iter(&masked.text).find(|found| ROLE_MARK.find_iter(found.as_str()).count() == who.len())?;
    let number = ROLE_MARK.captures_iter(list.as_str()).nth(place)?;
    role(masked, &number[1])
}

/// Returns true if somebody joins a committee only.
fn is_committee(clause: &str) -> bool {
    let Some(seat) = COMMITTEE.find(clause) else { return false };
    let before = &clause[..seat.end()];
    !TO_BOARD.find_iter(before).any(|found| !found.as_str().starts_with("of ")) && !AS_MARK.is_match(before)
}

/// Returns a role between the person and the verb, or before the person.
fn role_before(masked: &Masked, event: &Event) -> Option<String> {
    if event.direction == Direction::Comes
        && let Some(found) = ROLE_MARK.captures_iter(&masked.text[event.verb.0..event.verb.1]).last()
    {
        return role(masked, &found[1]);
    }
    if event.subject.1 <= event.verb.0 {
        // Somebody who comes has the role beside the name already.
        if event.direction == Direction::Comes {
            return None;
        }
        let gap = &masked.text[event.subject.1..event.verb.1];
        if let Some(found) = ROLE_MARK.captures(gap) {
            return role(masked, &found[1]);
        }
    } else if let Some(found) = ROLE_MARK.captures(&masked.text[event.verb.1..event.subject.0]) {
        return role(masked, &found[1]);
    }
    (event.direction == Direction::Goes).then(|| role_beside(masked, event.person))?
}

fn role(masked: &Masked, number: &str) -> Option<String> {
    number.parse().ok().and_then(|at: usize| masked.roles.get(at)).cloned()
}

/// Returns the text from `start` up to the next person with an event, including the predecessor.
fn clause<'a>(text: &'a str, start: usize, event: &Event, events: &[Event]) -> &'a str {
    let rest = &text[start..];
    let next_person =
        rest.match_indices("⟦P").map(|(at, _)| at).filter(|at| !is_taken_over(&text[..start + at])).find(|at| {
            events.iter().any(|other| {
                other.subject != event.subject && (other.subject.0..other.subject.1).contains(&(start + at))
            })
        });
    let next_verb = events
        .iter()
        .filter(|other| other.subject == event.subject && other.direction != event.direction && other.verb.0 >= start)
        .map(|other| other.verb.0 - start)
        .min();
    let semicolon = rest.find(';');
    let end = [next_person, next_verb, semicolon].into_iter().flatten().min().unwrap_or(rest.len());
    &rest[..end]
}

/// Returns the effective date of the event, if the sentence states it.
pub(super) fn effective(masked: &Masked, event: &Event, events: &[Event]) -> Option<NaiveDate> {
    let text = masked.text.as_str();
    let verb = &text[event.verb.0..event.verb.1];
    let behind = clause(text, event.verb.0, event, events);
    let explicit = |text: &str| {
        EFFECTIVE
            .captures(text)
            .and_then(|found| found.iter().skip(1).flatten().next().and_then(|at| day(masked, at.as_str())))
    };
    if let Some(date) = explicit(behind) {
        return Some(date);
    }
    let told_before = ANY_DATE.captures(&text[..event.verb.0]).and_then(|found| day(masked, &found[1]));
    if ON_THAT_DAY.is_match(behind) {
        return told_before.or_else(|| ANY_DATE.captures(text).and_then(|found| day(masked, &found[1])));
    }
    if TO_COME.is_match(verb)
        && let Some(found) = DATED.captures(behind)
    {
        return day(masked, &found[1]);
    }
    if let Some(date) = explicit(text) {
        return Some(date);
    }
    if AT_ONCE.is_match(verb)
        && let Some(found) = RIGHT_BEHIND.captures(&text[event.verb.1..])
    {
        return day(masked, &found[1]);
    }
    let begins_with_date = text.starts_with("On ⟦D") || text.starts_with("on ⟦D");
    (AT_ONCE.is_match(verb) && begins_with_date).then_some(told_before).flatten()
}

/// Returns the date of a sentence about a previously stated change: "Her appointment is effective May 1, 2024".
pub(super) fn pronoun_date(sentence: &str, masked: &Masked) -> Option<(Option<Direction>, NaiveDate)> {
    let what = PRONOUN.captures(&masked.text).or_else(|| PRONOUN.captures(sentence))?["what"].to_lowercase();
    let found = EFFECTIVE.captures(&masked.text)?;
    let date = day(masked, found.iter().skip(1).flatten().next()?.as_str())?;
    let direction = match what.as_str() {
        "appointment" | "election" | "promotion" | "hire" => Some(Direction::Comes),
        "employment" => None,
        _ => Some(Direction::Goes),
    };
    Some((direction, date))
}

fn day(masked: &Masked, number: &str) -> Option<NaiveDate> {
    number.parse().ok().and_then(|at: usize| masked.dates.get(at)).copied()
}
