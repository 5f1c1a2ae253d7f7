//! The form of a text: its length, and that it is plain and finished.

use std::ops::RangeInclusive;
use std::sync::LazyLock;

use regex::Regex;

use super::Objection;
use crate::domains::intelligence::filings::pattern;

/// Texts are cut here, above each length that is asked for, so that what is too long is refused.
pub(in crate::domains::intelligence) const LONGEST: usize = 4_000;

/// Gaps to fill in, links, addresses of mail, and Markdown.
static GAP: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"\[[^\]]*\]|\{[^}]*\}|<[^>]*>|(?i:https?:|www\.)\S*|\S*@\S+|(?:[\p{L}\d-]{2,}\.)+[\p{Ll}]{2,}\b",
        r"|\*\*|```|(?m:^#+ )"
    ))
});

/// The text, when it has so many characters.
pub(in crate::domains::intelligence) fn sized(
    field: &'static str,
    text: String,
    length: &RangeInclusive<usize>,
) -> Result<String, Objection> {
    if length.contains(&text.chars().count()) { Ok(text) } else { Err(Objection::Length(field)) }
}

/// Whether a text has no gaps to fill in, links, addresses or Markdown.
pub(in crate::domains::intelligence) fn no_gaps(text: &str) -> Result<(), Objection> {
    GAP.find(text).map_or(Ok(()), |gap| Err(Objection::Gap(gap.as_str().to_owned())))
}

/// A text without given names, which may look like addresses, or like words that mean something.
pub(in crate::domains::intelligence) fn without(text: &str, names: &[&str]) -> String {
    names.iter().filter(|name| !name.is_empty()).fold(text.to_owned(), |text, name| text.replace(name, ""))
}
