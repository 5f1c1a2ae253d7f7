//! Form of a text: length, plain text, completeness.

use std::ops::RangeInclusive;
use std::sync::LazyLock;

use regex::Regex;

use super::Objection;
use crate::domains::intelligence::filings::pattern;

/// Length at which texts are cut, above each permitted length, so that longer ones are rejected.
pub(in crate::domains::intelligence) const LONGEST: usize = 4_000;

/// Pattern of placeholders, links, mail addresses, and Markdown.
static GAP: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"\[[^\]]*\]|\{[^}]*\}|<[^>]*>|(?i:https?:|www\.)\S*|\S*@\S+|(?:[\p{L}\d-]{2,}\.)+[\p{Ll}]{2,}\b",
        r"|\*\*|```|(?m:^#+ )"
    ))
});

/// Returns the text if its number of characters is in the range.
pub(in crate::domains::intelligence) fn sized(
    field: &'static str,
    text: String,
    length: &RangeInclusive<usize>,
) -> Result<String, Objection> {
    if length.contains(&text.chars().count()) { Ok(text) } else { Err(Objection::Length(field)) }
}

/// Returns an error if a text contains placeholders, links, addresses or Markdown.
pub(in crate::domains::intelligence) fn no_gaps(text: &str) -> Result<(), Objection> {
    GAP.find(text).map_or(Ok(()), |gap| Err(Objection::Gap(gap.as_str().to_owned())))
}

/// Returns a text without given names, which may look like addresses or meaningful words.
pub(in crate::domains::intelligence) fn without(text: &str, names: &[&str]) -> String {
    names.iter().filter(|name| !name.is_empty()).fold(text.to_owned(), |text, name| text.replace(name, ""))
}
