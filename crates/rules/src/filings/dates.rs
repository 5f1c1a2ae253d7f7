//! Dates in American notation.

use std::sync::LazyLock;

use chrono::NaiveDate;
use regex::{Captures, Regex};

use super::sentences::pattern;

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Pattern of `March 17, 2023`, `17 March 2023`, `3/17/2023`.
pub(super) static DATE: LazyLock<Regex> = LazyLock::new(|| {
    const MONTH: &str = concat!(
        r"(?:jan(?:uary|\.)?|feb(?:ruary|\.)?|mar(?:ch|\.)?|apr(?:il|\.)?|may|june?|july?",
        r"|aug(?:ust|\.)?|sept?(?:ember|\.)?|oct(?:ober|\.)?|nov(?:ember|\.)?|dec(?:ember|\.)?)"
    );
    let first = format!(r"(?<m1>{MONTH})\s+(?<d1>\d{{1,2}})(?:st|nd|rd|th)?\s*,?\s+(?<y1>\d{{4}})");
    let second = format!(r"(?<d2>\d{{1,2}})\s+(?<m2>{MONTH}),?\s+(?<y2>\d{{4}})");
    let third = r"(?<m3>\d{1,2})/(?<d3>\d{1,2})/(?<y3>\d{4})";
    pattern(&format!(r"(?i)\b(?:{first}|{second}|{third})\b"))
});

/// Returns the date matched by [`DATE`]; `None` if it does not exist.
pub(super) fn date(found: &Captures<'_>) -> Option<NaiveDate> {
    let group = |name: &str| found.name(name).map(|text| text.as_str());
    let number = |text: &str| text.parse::<u32>().ok();
    let (year, month, day) = match (group("y1"), group("y2"), group("y3")) {
        (Some(year), _, _) => (year, month(group("m1")?)?, number(group("d1")?)?),
        (_, Some(year), _) => (year, month(group("m2")?)?, number(group("d2")?)?),
        (_, _, year) => (year?, number(group("m3")?)?, number(group("d3")?)?),
    };
    NaiveDate::from_ymd_opt(year.parse().ok()?, month, day)
}

/// Returns the first date in a text.
pub(super) fn first_date(text: &str) -> Option<NaiveDate> {
    DATE.captures_iter(text).find_map(|found| date(&found))
}

fn month(name: &str) -> Option<u32> {
    let name = name.to_lowercase();
    MONTHS.iter().position(|month| name.starts_with(month)).and_then(|at| u32::try_from(at + 1).ok())
}
