//! Manner of a change of role, for the wording of the summary.

use std::sync::LazyLock;

use regex::Regex;

use super::Direction;
use crate::filings::sentences::pattern;

/// Manner of a change of role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Manner {
    /// Not stated.
    #[default]
    Plain,
    /// Promotion within the company.
    Promoted,
    /// Temporary.
    Interim,
    /// By the person's decision.
    Resigns,
    /// At the end of a career.
    Retires,
    /// By the company's decision.
    Dismissed,
    /// By death.
    Died,
}

static DEATH: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\bpassed away\b|\bpassing of\b|\b(?:has |had )?died\b|\b(?:sudden |untimely |unexpected )?death of\b|[’']s (?:\w+ )?(?:death|passing)\b|\bdeceased\b",
    )
});

/// Returns true if a sentence states somebody's death.
pub fn is_death(sentence: &str) -> bool {
    DEATH.is_match(sentence)
}

/// Returns the manner of an event by its verb, its role, and the words after the verb.
pub(super) fn of(direction: Direction, verb: &str, role: Option<&str>) -> Manner {
    let verb = verb.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| verb.contains(word));
    let role = role.unwrap_or_default().to_lowercase();
    match direction {
        Direction::Comes if role.starts_with("interim") || role.starts_with("acting") => Manner::Interim,
        Direction::Comes if has(&["promot"]) => Manner::Promoted,
        Direction::Comes => Manner::Plain,
        Direction::Goes if is_death(&verb) || has(&["death of", "passing of"]) => Manner::Died,
        Direction::Goes if has(&["terminat", "dismiss", "remov", "discharg"]) => Manner::Dismissed,
        Direction::Goes if has(&["retir"]) => Manner::Retires,
        Direction::Goes if has(&["resign"]) => Manner::Resigns,
        Direction::Goes => Manner::Plain,
    }
}
