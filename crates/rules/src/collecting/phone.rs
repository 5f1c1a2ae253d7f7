//! Telephone numbers in conversation.

use std::{ops::Range, sync::LazyLock};

use regex::Regex;

use super::text::pattern;

/// A number with its position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) span: Range<usize>,
    pub(super) number: String,
    /// True if its form alone shows that it is a telephone number.
    pub(super) is_plain: bool,
}

static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)(?:\+|\b00)?\(?\d[\d().\-/ ]{4,24}\d\b(?P<ext>,?\s*(?:x|ext\.?|extension)\s*(?P<digits>\d{1,6})\b)?")
});

/// Pattern of clear numbers: `(415) 555-2671`, `415-555-2671`, a leading `+` or zero.
static PLAIN: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(?:\+\d|00\d|0\d|\(\d{2,5}\)\s*\d|1?[-. ]?\(?\d{3}\)?[-. ]\d{3}[-. ]\d{4}$)"));

/// Words before a number that is no telephone number.
static OTHER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:[$€£¥#]\s*|\b(?:order|invoice|account|ticket|customer|case|card|tax|policy|reference|ref|id)\b(?:\s+\w+){0,2}[\s:#]*)$",
    )
});

static CUE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)\b(?:call|phone|telephone|tel|cell|mobile|text me|whatsapp|ring|number is|reach me|dial)\b")
});

/// Returns the telephone numbers in a text, in order: 7 to 15 digits (E.164), in common notations.
pub(super) fn find(text: &str) -> Vec<Found> {
    NUMBER.captures_iter(text).filter_map(|found| read(text, &found)).collect()
}

fn read(text: &str, found: &regex::Captures<'_>) -> Option<Found> {
    let whole = found.get(0)?;
    let end = found.name("ext").map_or(whole.end(), |ext| ext.start());
    let written = &text[whole.start()..end];
    // Abroad the zero in brackets is left out.
    let is_international = written.starts_with('+') || written.starts_with("00");
    let dialled = if is_international { written.replacen("(0)", "", 1) } else { written.to_owned() };
    let digits: String = dialled.chars().filter(char::is_ascii_digit).collect();
    if !(7..=15).contains(&digits.len()) || OTHER.is_match(&text[..whole.start()]) {
        return None;
    }
    let plus = if written.starts_with('+') { "+" } else { "" };
    let ext = found.name("digits").map_or(String::new(), |digits| format!(" x{}", digits.as_str()));
    Some(Found { span: whole.range(), number: format!("{plus}{digits}{ext}"), is_plain: PLAIN.is_match(written) })
}

/// Returns true if a text is about telephones.
pub(super) fn is_about_phones(text: &str) -> bool {
    CUE.is_match(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_digits_with_their_plus_and_extension() {
        let numbers = |text: &str| find(text).into_iter().map(|found| found.number).collect::<Vec<_>>();
        assert_eq!(numbers("+1 (415) 555-2671 or 0171/2345678"), ["+14155552671", "01712345678"]);
        assert_eq!(
            numbers("+49 (0)30 901820 or 0049 (0) 30 901820 or (0)30 901820"),
            ["+4930901820", "004930901820", "030901820"]
        );
        assert_eq!(numbers("+49 30 901820 ext. 12"), ["+4930901820 x12"]);
        assert!(numbers("12345 and order 4155552671 and 1234567890123456").is_empty());
    }

    #[test]
    fn an_amount_is_not_plainly_a_number() {
        assert!(!find("1.200.000").iter().any(|found| found.is_plain));
        assert!(!find("1 200 000").iter().any(|found| found.is_plain));
    }
}
