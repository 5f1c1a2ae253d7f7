//! Dates in a text, complete or partial.

use std::fmt;
use std::ops::Range;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::domains::intelligence::filings::pattern;

/// A date whose year or day may be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PartialDate {
    pub(super) year: Option<u32>,
    month: u32,
    day: Option<u32>,
}

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

static FOUND: LazyLock<Regex> = LazyLock::new(|| {
    const MONTH: &str = concat!(
        r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?",
        r"|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
    );
    const DAY: &str = r"\d{1,2}(?:st|nd|rd|th)?";
    let forms = [
        format!(r"(?<m1>{MONTH})\.?\s+(?<d1>{DAY})\b(?:,?\s+(?<y1>\d{{4}})\b)?"),
        format!(r"(?<d2>{DAY})\s+(?:of\s+)?(?<m2>{MONTH})\b(?:,?\s+(?<y2>\d{{4}})\b)?"),
        format!(r"(?<m3>{MONTH}),?\s+(?<y3>\d{{4}})\b"),
        r"(?<y4>\d{4})-(?<m4>\d{1,2})-(?<d4>\d{1,2})\b".to_owned(),
        r"(?<m5>\d{1,2})/(?<d5>\d{1,2})/(?<y5>\d{4})\b".to_owned(),
    ];
    pattern(&format!(r"(?i)\b(?:{})", forms.join("|")))
});

impl PartialDate {
    /// Returns true if it agrees with `given` and is not more precise.
    pub(super) fn agrees_with(&self, given: &Self) -> bool {
        let is_part = |one: Option<u32>, other: Option<u32>| one.is_none() || one == other;
        self.month == given.month && is_part(self.year, given.year) && is_part(self.day, given.day)
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = |number: Option<u32>| number.map_or_else(|| "?".to_owned(), |number| format!("{number:02}"));
        write!(f, "{}-{:02}-{}", part(self.year), self.month, part(self.day))
    }
}

/// Returns the dates in a text in order, with positions.
pub(super) fn dates(text: &str) -> impl Iterator<Item = (Range<usize>, PartialDate)> {
    FOUND.captures_iter(text).filter_map(|found| Some((found.get_match().range(), read(&found)?)))
}

fn read(found: &Captures<'_>) -> Option<PartialDate> {
    let group = |names: [&str; 5]| names.iter().find_map(|name| found.name(name)).map(|text| text.as_str());
    let digits = |text: &str| text.trim_end_matches(char::is_alphabetic).parse().ok();
    Some(PartialDate {
        year: group(["y1", "y2", "y3", "y4", "y5"]).and_then(digits),
        month: month(group(["m1", "m2", "m3", "m4", "m5"])?)?,
        day: group(["d1", "d2", "d4", "d5", "d5"]).and_then(digits),
    })
}

fn month(text: &str) -> Option<u32> {
    let lower = text.to_lowercase();
    text.parse()
        .ok()
        .or_else(|| MONTHS.iter().position(|month| lower.starts_with(month)).and_then(|at| u32::try_from(at + 1).ok()))
}
