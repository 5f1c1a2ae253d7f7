//! Detection of sentences that reverse or negate an event, as far as single words show.
//!
//! Words with a direction must be on the side of the event: somebody who joins does not leave, a buyer does not sell.
//! Other such words must have a word of their side in the input. Negations are rejected, as are events that the report
//! negates.

use std::sync::LazyLock;

use regex::Regex;

use super::asking;
use crate::domains::intelligence::filings::{Direction, Signal, SignalType, pattern};
use crate::domains::intelligence::grounds::{Objection, form, words};

/// Words of the same direction.
struct Side(LazyLock<Regex>);

macro_rules! sides {
    ($($(#[$doc:meta])* $name:ident = $($part:literal)+;)+) => {
        $($(#[$doc])* static $name: Side = Side(LazyLock::new(|| {
            pattern(concat!(r"(?i)\b(?:", $($part,)+ r")\b"))
        }));)+
    };
}

sides! {
    /// Taking a role.
    COMES = r"join(?:s|ed|ing)?|appoint\w*|hir(?:e|es|ed|ing)|elect(?:s|ed|ing|ion)?|promot(?:e|es|ed|ing|ion)|"
        r"welcom\w*|arriv\w*|recruit\w*";
    /// Ambiguous words for taking a role.
    BECOMES = r"becom\w*|became|nam(?:es|ed|ing)|tak(?:es|ing)|took|succe(?:ed\w*|ssor)|add(?:s|ed)|assum\w*|replac\w*|"
        r"start\w*|begin\w*|new";
    /// Leaving a role.
    GOES = r"leav(?:e|es|ing)|left|resign\w*|depart(?:s|ed|ing|ures?)?|retir\w*|step(?:s|ped|ping)?\s+(?:down|aside|back)|"
        r"quit\w*|ousted|dismiss\w*|fir(?:ed|es|ing)|los(?:es?|t|ing)|remov\w*";
    /// Ambiguous words for leaving a role.
    ENDS_ROLE = r"terminat\w*|end(?:s|ed|ing)?|relinquish\w*|transition\w*|go(?:es|ing)|exit\w*|ceas\w*|died|death|pass(?:es|ed)";
    /// Purchases by the company.
    BUYS = r"buy(?:s|ing)?|bought|acquir\w*|acquisitions?|purchas\w*|takeover";
    /// Sales by the company.
    SELLS = r"sell(?:s|ing)?|sold|sales?|divest\w*|dispos\w*|spin(?:s|ning)?[\s-]?off|spun";
    /// Purchases in the passive voice, by another company or the company itself.
    BOUGHT_BY = r"(?:acquired|bought|purchased|taken\s+over)\s+by|takeover\s+(?:of|by)|acquisition\s+by";
    /// Start or continuation of an agreement.
    BEGINS = r"enter(?:s|ed|ing)?|sign(?:s|ed|ing)?|extend\w*|extension|renew\w*|launch\w*|begin\w*|began|start\w*";
    /// End of an agreement or a state.
    ENDS = r"end(?:s|ed|ing)?|terminat\w*|cancel\w*|expir\w*|ceas\w*|withdr[ae]w\w*|abandon\w*|dissol\w*|exit\w*|laps\w*|"
        r"emerg\w*";
    /// Increase.
    RISES = r"rose|ris(?:e|es|ing)|increas\w*|grew|grow\w*|gain\w*|improv\w*|climb\w*|jump\w*|surg\w*|soar\w*|beats?|"
        r"exceed\w*|doubl\w*|tripl\w*|expan\w*|higher|rais(?:e|es|ed|ing)|strong\w*|record|best|profit\w*";
    /// Decrease.
    FALLS = r"fell|fall\w*|decreas\w*|declin\w*|drop\w*|lower\w*|reduc\w*|shr[aiu]nk\w*|cut(?:s|ting)?|weak\w*|wors\w*|"
        r"slump\w*|plung\w*|miss(?:es|ed|ing)?|loss(?:es)?|halv\w*";
    /// Recovery or mitigation of an event.
    UNDOES = r"regain\w*|cur(?:e|es|ed|ing)|waiv\w*|repa(?:y|ys|id|ying|yments?)|resolv\w*|restor\w*|reinstat\w*|contain(?:s|ed)|"
        r"recover\w*|prevent\w*|avert\w*|avoid\w*|thwart\w*|fail\w*|den(?:y|ies|ied|ial)|reject\w*|refus\w*|retain\w*|keeps?|"
        r"revers\w*|rescind\w*|alleg\w*|rumou?r\w*|reportedly|suppos\w*|consider\w*|false\w*";
}

/// Negations.
static DENIES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)\b(?:not|never|none|nobody|nothing|neither|nor|without|cannot|hardly|barely)\b|\bno\s|n['’]t\b")
});
/// Pattern of the end of a negation's scope.
static REACH: LazyLock<Regex> = LazyLock::new(|| pattern(r"[,;:.()]|\sbut\s"));

impl Side {
    fn word_of<'a>(&self, text: &'a str) -> Option<&'a str> {
        self.0.find(text).map(|word| word.as_str())
    }

    fn is_in(&self, text: &str) -> bool {
        self.0.is_match(text)
    }
}

/// Checks a sentence without these names.
pub(super) fn check(bare: &str, names: &[&str], signal: &Signal) -> Result<(), Objection> {
    let objection = |word: &str| Err(Objection::Turn(word.to_owned()));
    let event = asking::event(signal);
    let text = |field: &str| form::without(event[field].as_str().unwrap_or_default(), names);
    let (template, evidence) = (text("summary"), text("sentence"));
    let direction = signal.person.as_ref().map(|person| person.direction);
    if let Some(word) = opposed(signal.kind, direction).into_iter().find_map(|side| side.word_of(bare)) {
        return objection(word);
    }
    let own = own(direction);
    if direction.is_some() && !own.iter().any(|side| side.is_in(bare)) {
        return Err(Objection::Missing("what the person does"));
    }
    let is_given = |side: &Side| side.is_in(&template) || side.is_in(&evidence);
    let is_own = |side: &Side| own.iter().any(|own| std::ptr::eq(*own, side));
    for side in [&COMES, &GOES, &BUYS, &SELLS, &ENDS, &RISES, &FALLS, &UNDOES] {
        if let Some(word) = side.word_of(bare)
            && !is_own(side)
            && !is_given(side)
        {
            return objection(word);
        }
    }
    denies_nothing(bare, signal.kind, &template, &evidence)
}

/// Returns the sides opposed to the event.
fn opposed(kind: SignalType, direction: Option<Direction>) -> Vec<&'static Side> {
    match (direction, kind) {
        (Some(Direction::Comes), _) => vec![&GOES],
        (Some(Direction::Goes), _) => vec![&COMES],
        (None, SignalType::Acquisition) => vec![&SELLS, &BOUGHT_BY],
        (None, SignalType::Divestiture) => vec![&BUYS],
        (None, SignalType::MaterialAgreement) => vec![&ENDS],
        (None, SignalType::AgreementEnded) => vec![&BEGINS],
        (None, _) => vec![],
    }
}

/// Returns the sides of a person's direction.
fn own(direction: Option<Direction>) -> Vec<&'static Side> {
    match direction {
        Some(Direction::Comes) => vec![&COMES, &BECOMES],
        Some(Direction::Goes) => vec![&GOES, &ENDS_ROLE, &ENDS],
        None => vec![],
    }
}

/// Returns an error if something is negated, or an event that the report negates is stated. Statements that can no
/// longer be relied upon are the event itself.
fn denies_nothing(bare: &str, kind: SignalType, template: &str, evidence: &str) -> Result<(), Objection> {
    const NO_LONGER: &str = "no longer";
    let is_event = kind == SignalType::Restatement && evidence.contains(NO_LONGER);
    let without = |text: &str| if is_event { text.replace(NO_LONGER, "") } else { text.to_owned() };
    let (bare, evidence) = (without(bare), without(evidence));
    if let Some(word) = DENIES.find(&bare) {
        return Err(Objection::Turn(word.as_str().to_owned()));
    }
    let (mut denied, mut told) = (Vec::new(), words(template).collect::<Vec<_>>());
    let mut rest = evidence.as_str();
    while let Some(found) = DENIES.find(rest) {
        told.extend(words(&rest[..found.start()]));
        let after = &rest[found.end()..];
        let end = REACH.find(after).map_or(after.len(), |end| end.start());
        denied.extend(words(&after[..end]).filter(|word| word.chars().count() > 3));
        rest = &after[end..];
    }
    told.extend(words(rest));
    denied.retain(|word| !told.iter().any(|told| is_same(told, word)));
    let said = words(&bare).find(|word| denied.iter().any(|denied| is_same(word, denied)));
    said.map_or(Ok(()), |word| Err(Objection::Turn(word)))
}

/// Returns true if two words are forms of one: they share the first five letters.
fn is_same(one: &str, other: &str) -> bool {
    const STEM: usize = 5;
    one == other
        || one.chars().count() >= STEM
            && other.chars().count() >= STEM
            && one.chars().take(STEM).eq(other.chars().take(STEM))
}
