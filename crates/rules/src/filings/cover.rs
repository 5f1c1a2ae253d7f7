//! The cover page (company, date, form) and the date of the signature.

use std::sync::LazyLock;

use chrono::NaiveDate;
use regex::Regex;

use super::dates::{DATE, date, first_date};
use super::markup::Facts;
use super::sentences::pattern;
use super::submission::Submission;

/// The contents of a cover page.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Cover {
    pub(super) company: Option<String>,
    pub(super) report_date: Option<NaiveDate>,
    pub(super) is_amendment: bool,
}

static AMENDMENT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b(?:form\s+)?8\s?[-–‑]\s?k\s?/\s?a\b|\(\s?amendment\s+no"));
static REPORT_DATE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\bdate\s+of\s+(?:report|earliest)\b"));
static EXACT_NAME: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\(?\s*exact\s+name\s+of\s+(?:the\s+)?(?:registrant|company|issuer)"));

/// Pattern of texts on every cover that are no company's name.
static FORM: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)^\W*(?:form\s*8|current report|pursuant to|date of (?:report|earliest)|washington|united states|securities (?:and|exchange)",
        r"|commission file|check the|amendment no|of the securities|earliest event|\(?state or|not applicable|n/?a$)",
        r"|^\W*(?:january|february|march|april|may|june|july|august|september|october|november|december)\s+\d|^[\d\W]+$|\b8-k\b"
    ))
});

/// Maximum length of a company's name, in bytes.
const LONGEST_NAME: usize = 150;

/// Reads the paragraphs before the first item. Dates and form are taken from machine-readable inline XBRL first; the
/// name from the page, in the company's own spelling.
pub(super) fn read(paragraphs: &[String], facts: &Facts, submission: &Submission<'_>) -> Cover {
    let text = paragraphs.join("\n");
    let form = facts.form.as_deref().or(submission.form.as_deref());
    let is_amendment = form.is_some_and(|form| form.trim().ends_with("/A"))
        || facts.amendment.as_deref().is_some_and(|flag| flag.trim().eq_ignore_ascii_case("true"))
        || AMENDMENT.is_match(&text);
    let tagged = || facts.company.as_deref().map(single_spaced).filter(|name| !name.is_empty());
    Cover {
        company: name_on(paragraphs).or_else(tagged).or_else(|| submission.company.clone()),
        report_date: facts.report_date.as_deref().and_then(stated).or_else(|| date_on(&text, paragraphs)).or_else(
            || submission.period.as_deref().and_then(|period| NaiveDate::parse_from_str(period, "%Y%m%d").ok()),
        ),
        is_amendment,
    }
}

/// Returns the date next to the signature: the first one after the last item.
pub(super) fn signed_on(paragraphs: &[String]) -> Option<NaiveDate> {
    paragraphs.iter().find_map(|text| first_date(text))
}

/// Parses a date in inline XBRL: as on the page, or in ISO format.
fn stated(text: &str) -> Option<NaiveDate> {
    first_date(&single_spaced(text)).or_else(|| NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").ok())
}

/// Returns the first date after "Date of report"; otherwise the first one in a paragraph of its own.
fn date_on(text: &str, paragraphs: &[String]) -> Option<NaiveDate> {
    if let Some(label) = REPORT_DATE.find(text) {
        return first_date(&text[label.end()..]).or_else(|| first_date(text));
    }
    paragraphs.iter().find_map(|text| {
        DATE.captures(text).filter(|found| found[0].len() == text.len()).and_then(|found| date(&found))
    })
}

/// Returns the text above "(Exact name of registrant as specified in its charter)".
fn name_on(paragraphs: &[String]) -> Option<String> {
    let at = paragraphs.iter().position(|text| EXACT_NAME.is_match(text))?;
    let beside = &paragraphs[at][..EXACT_NAME.find(&paragraphs[at])?.start()];
    let above = paragraphs[..at].iter().rev().map(String::as_str);
    let is_name =
        |text: &&str| text.len() <= LONGEST_NAME && text.chars().any(char::is_alphabetic) && !FORM.is_match(text);
    [beside]
        .into_iter()
        .chain(above.take(3))
        .map(|text| text.trim_matches(|char| matches!(char, '_' | '*' | ' ')))
        .find(is_name)
        .map(single_spaced)
}

fn single_spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
