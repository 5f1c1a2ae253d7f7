//! Detection of people who take or leave roles in one sentence, by patterns over its marks.

use std::sync::LazyLock;

use regex::Regex;

use super::Direction;
use super::names::Masked;
use crate::filings::sentences::pattern;

/// A change of role.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Event {
    /// Index of the person in the sentence.
    pub(super) person: usize,
    pub(super) direction: Direction,
    /// Position of the person in the masked text.
    pub(super) subject: (usize, usize),
    /// Position of the words that state it.
    pub(super) verb: (usize, usize),
    /// True if stated by naming the successor, without further details on the person who leaves.
    pub(super) is_second_hand: bool,
    /// True if stated in passing, as in a contract: it complements another sentence and proves nothing by itself.
    pub(super) is_weak: bool,
}

/// Maximum number of people in a sentence; one with more is a list of something else.
const MOST_PEOPLE: usize = 40;

/// Pattern of one person, or several in a list.
const WHO: &str = concat!(
    r"(?<who>(?:both |each of )⟦P\d+⟧,[^⟦;]*⟦R\d+⟧[^⟦;]* and ⟦P\d+⟧",
    r"|⟦P\d+⟧(?:(?:,? and (?:each of )?|, | & )⟦P\d+⟧)*)"
);
/// Pattern of words between a person and the verb: roles and dates, but nobody else.
const GAP: &str = r"(?<gap>(?:[^⟦;]|⟦[RD]\d+⟧)*?)";

const COMING: &[&str] = &[
    concat!(
        r"{WHO}{GAP}\b(?<verb>(?:was|were|has been|have been|had been|is being|will be|is|are|be|been",
        r"|being)\s+(?:(?:\w+ly|also|then)\s+)?(?:appointed|elected|named|promoted|hired|selected",
        r"|designated|chosen)\b(?: and (?:appointed|elected|promoted))?)"
    ),
    concat!(
        r"(?<verb>\b(?:appoint(?:s|ed|ing)?|elect(?:s|ed|ing)?|nam(?:e|es|ed|ing)|promot(?:e|es|ed|ing)",
        r"|hir(?:e|es|ed|ing)|select(?:s|ed)|designat(?:es|ed)|(?:appointment|election|hiring|promotion",
        r"|selection) of)\s)(?<gap>(?:[^⟦;.]|⟦[RD]\d+⟧){0,80}?){WHO}"
    ),
    concat!(
        r"{WHO}{GAP}\b(?<verb>(?:will|shall|would|has agreed to|have agreed to|agreed to|is expected to",
        r"|is to)\s+(?:(?:also|then|initially|formally|immediately)\s+)?(?:become|assume|succeed|join",
        r"|take over|replace|be joining|begin (?:her|his)|commence (?:her|his|employment)",
        r"|transition (?:in)?to)\b|became\b|becomes\b|assume[sd]\b|succeed(?:s|ed)\b|is joining\b",
        r"|has joined\b|joins\b|(?:has )?accepted (?:an offer|the (?:position|role))|transition(?:ed",
        r"|s) (?:in)?to\b)"
    ),
    r"(?i)\b(?<verb>succeeded(?: as ⟦R\d+⟧)? by )(?<gap>){WHO}",
    r"{WHO}(?<gap>)(?<verb>,? (?:is|will be) (?:his|her|the) successor\b|,? as (?:his|her|the) successor\b)",
    r"{WHO}{GAP}\b(?<verb>transition(?:ed|s|ing)? from ⟦R\d+⟧(?:[^⟦;]){0,60} to )⟦R\d+⟧",
    r"(?<verb>\b(?:retained|engaged|asked)\s)(?<gap>){WHO}[^;]{0,80}(?: as |to serve as )(?:its |the |our )?⟦R\d+⟧",
    r"{WHO}{GAP}\b(?<verb>(?:has |have )?joined (?:the Company )?as\b|joins (?:the Company )?as\b)",
    r"{WHO}(?<gap>)(?<verb> as (?:the Company’s |the |our |its |a |an )?(?:new |next )?)⟦R\d+⟧",
];

const COMING_WEAKLY: &[&str] = &[r"{WHO}{GAP}\b(?<verb>will (?:also )?serve\b|to serve\b)"];

const GOING: &[&str] = &[
    concat!(
        r"{WHO}{GAP}\b(?<verb>resign(?:ed|s|ing)\b|retir(?:ed|es|ing)\b|(?:will|would|to|shall) (?:be ",
        r"|\w+ly )?(?:resign(?:ing)?|retir(?:e|ing)|step(?:ping)? down|depart(?:ing)?|leav(?:e|ing)",
        r"|separate|vacate)\b|(?:will|shall) cease\b|step(?:s|ped|ping) down|depart(?:ed|s|ing)\b|(?:left",
        r"|leaving|leaves) (?:the|his|her)\b|ceased?s? (?:to (?:be|serve|act)|serving|employment|being)",
        r"|no longer (?:be|serv)|(?:was|were|has been|have been|will be|is being) (?:terminated|removed",
        r"|dismissed)|passed away|died\b|transition(?:ed|ing|s)? (?:from|out of)",
        r"|not (?:to )?(?:be )?(?:stand|seek|run|standing|seeking)(?: for)? (?:re-?election|reelection",
        r"|re-?nomination)|tender(?:ed)? (?:his|her|their)|submitted (?:his|her",
        r"|their) (?:\w+ )?(?:resignation|notice|letter)|(?:announced|of|in connection with) (?:his|her",
        r"|their) (?:\w+ )?(?:retirement|resignation|departure|separation)|relinquish(?:ed|es)?\b",
        r"|separated from)"
    ),
    r"(?<verb>\b(?:terminat(?:ed|es|ing) the employment of|dismiss(?:ed|es|ing)|remov(?:ed|es|ing)|discharged|accepted the resignations? of)\s)(?<gap>(?:(?:each of|both|the|Director)\s)?){WHO}",
    r"{WHO}{GAP}\b(?<verb>(?:was|were|will be|has been) succeeded\b|gave notice\b|(?:is|are) (?:retiring|leaving|departing|resigning|stepping down)\b|(?:has |have )?died\b|(?:of|with) (?:his|her|their) (?:respective )?(?:resignations?|retirement|departure)\b)",
    concat!(
        r"(?<verb>\b(?:resignation|retirement|departure|removal|termination|death|passing",
        r"|separation)s?(?: from \w+)?\s+of\s)(?<gap>(?:(?:each of|both)\s)?){WHO}"
    ),
    concat!(
        r"(?<verb>\bemployment of\s)(?<gap>){WHO}(?:[^⟦;]|⟦[RD]\d+⟧)*?(?:terminated\b|(?:will|would",
        r"|shall) (?:terminate|end|cease)|ended\b|ceased\b)"
    ),
    concat!(
        r"{WHO}[’']s?(?<gap>\s(?:[^⟦;]|⟦[RD]\d+⟧)*?)\b(?<verb>(?:employment|service|tenure|term|position",
        r"|role)\b(?:[^⟦;]|⟦[RD]\d+⟧)*?(?:(?:will|would|shall) (?:be )?(?:terminated?|end|cease|conclude)",
        r"|terminated|ended|ceased|concluded))\b"
    ),
    concat!(
        r"\b(?:accepted|announc(?:ed|ing)|received|in connection with|following|as a result of|due to",
        r"|given)\s(?<gap>){WHO}[’']s?\s(?<verb>(?:\w+\s)?(?:resignation|retirement|departure",
        r"|separation))\b"
    ),
    concat!(
        r"(?<verb>\b(?:succeed(?:s|ed|ing)?|replac(?:e|es|ed|ing)",
        r"|successor to)\s)(?<gap>(?:(?:the )?(?:retiring|departing|outgoing)\s)?){WHO}"
    ),
];

static PATTERNS: LazyLock<Vec<(Direction, bool, Regex)>> = LazyLock::new(|| {
    let compiled = |texts: &[&str], direction, is_weak| {
        texts
            .iter()
            .map(|text| pattern(&format!("(?i){}", text.replace("{WHO}", WHO).replace("{GAP}", GAP))))
            .map(|regex| (direction, is_weak, regex))
            .collect::<Vec<_>>()
    };
    let mut all = compiled(COMING, Direction::Comes, false);
    all.extend(compiled(COMING_WEAKLY, Direction::Comes, true));
    all.extend(compiled(GOING, Direction::Goes, false));
    all
});

/// Pattern of sentences that use the words without a change of role: conditions, careers, formulas.
static NO_NEWS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\bin the event\b|\bin case of\b|\bgood reason\b|\bif (?:⟦P|the company|the executive|he\b",
        r"|she\b|his\b|her\b|such\b|any\b|either\b|terminated|employment)",
        r"|\bupon (?:a|any|certain|such|his or her) (?:\w+ )?(?:termination|resignation|retirement|separation)",
        r"|^(?:\([a-z0-9]+\) )?(?:prior to (?:joining|that|this|his|her)|before|previously|from \d{4}",
        r"|from (?:⟦D|\w+ \d{4})|since \d{4}|earlier in|most recently|immediately prior)",
        r"|\bno (?:arrangements?|family|understandings?|related)|\bthere (?:is|are|were|was|have been",
        r"|has been) (?:no|not)\b|\bneither ",
        r"|\b(?:rescind\w*|withdr[ae]w\w*|revok\w+)\b|\bno (?:executive|officer|director)\b",
        r"|\b(?:not (?:a|the) result of|not (?:due|related) to) any (?:dispute|disagreement)\W*$",
    ))
});
static WRONG_GAP: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:by|with|between|among|whom|pursuant|than|since|upon|following|after|executive officers",
        r"|successor|replacement|if|re-?elect|include|including)\b"
    ))
});
static AS_ROLE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^ as (?:the |its |our |the Company’s |an? )?⟦R(\d+)⟧"));
/// Pattern of words before somebody whose role another person takes.
static TAKEN_OVER: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)(?:succeed\w*|replac\w+|successor to)\s+(?:\w+\s+)?$"));
/// Pattern of the year of an event.
static YEAR: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b(?:in|since|until|from)\s+(?:\w+\s+)?(?:of\s+)?(\d{4})\b"));

/// Returns true if a sentence uses the words without a change of role.
pub(super) fn no_news(text: &str) -> bool {
    NO_NEWS.is_match(text)
}

/// Returns the events of a sentence. `year` is that of the report: an event two years earlier is no news.
pub(super) fn events(masked: &Masked, year: i32) -> Vec<Event> {
    let text = masked.text.as_str();
    if masked.people.is_empty() || masked.people.len() > MOST_PEOPLE || NO_NEWS.is_match(text) {
        return Vec::new();
    }
    let mut events = Vec::new();
    for (at, (direction, is_weak, regex)) in PATTERNS.iter().enumerate() {
        let continues_list = at == COMING.len() - 1;
        for found in regex.captures_iter(text) {
            let (Some(who), Some(verb), Some(gap)) = (found.name("who"), found.name("verb"), found.name("gap")) else {
                continue;
            };
            // "John Doe as Chief Operating Officer" tells something only behind "appointed Jane Roe as …".
            if is_unlikely(*direction, gap.as_str(), &text[verb.end()..], year)
                || (*direction == Direction::Comes && is_possessive(&text[who.end()..]))
                || text[..verb.start()].to_lowercase().ends_with("re-")
                || (continues_list && !continues(&events, &text[..who.start()], who.start()))
            {
                continue;
            }
            events.extend(people_in(who.as_str()).into_iter().map(|person| Event {
                person,
                direction: *direction,
                subject: (who.start(), who.end()),
                verb: (verb.start(), verb.end()),
                is_second_hand: is_taken_over(&text[..who.start()]),
                is_weak: *is_weak && !is_interim(masked, verb.end()),
            }));
        }
    }
    events
}

/// Returns true if a person after `before` may continue a list of people who take roles: one was named, and this person
/// is neither one of them nor a predecessor.
fn continues(events: &[Event], before: &str, at: usize) -> bool {
    !events.is_empty() && events.iter().all(|event| event.subject.0 != at) && !is_taken_over(before)
}

/// Returns true if `before` introduces somebody whose role another person takes.
pub(super) fn is_taken_over(before: &str) -> bool {
    // The words stand close by; looking no further keeps long lists cheap.
    TAKEN_OVER.is_match(&before[before.floor_char_boundary(before.len().saturating_sub(40))..])
}

/// Returns true for a possessive: "Mr. Doe's departure".
fn is_possessive(behind: &str) -> bool {
    ["’s", "'s"].iter().any(|ending| behind.starts_with(ending))
}

fn is_unlikely(direction: Direction, gap: &str, behind: &str, year: i32) -> bool {
    let is_past = YEAR
        .captures(behind.split([';', '⟦']).next().unwrap_or_default())
        .or_else(|| YEAR.captures(behind.split(';').next().unwrap_or_default()))
        .and_then(|found| found[1].parse::<i32>().ok())
        .is_some_and(|stated| stated < year - 1);
    is_past || (direction == Direction::Comes && WRONG_GAP.is_match(gap))
}

/// Returns true if the role after a verb is temporary: "will serve as interim Chief Financial Officer".
fn is_interim(masked: &Masked, verb_end: usize) -> bool {
    let Some(found) = AS_ROLE.captures(&masked.text[verb_end..]) else { return false };
    let role = found[1].parse::<usize>().ok().and_then(|at| masked.roles.get(at)).map(|role| role.to_lowercase());
    role.is_some_and(|role| role.starts_with("interim") || role.starts_with("acting"))
}

/// Returns the numbers in `⟦P0⟧, ⟦P1⟧ and ⟦P2⟧`.
fn people_in(who: &str) -> Vec<usize> {
    who.split("⟦P").skip(1).filter_map(|part| part.split('⟧').next()?.parse().ok()).collect()
}
