//! Numbers in a text, with value and unit.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::domains::intelligence::filings::pattern;

/// A number.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Number {
    /// Value in millionths, so that `1.25 million` and `1,250,000` are equal.
    millionths: u128,
    unit: Unit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Unit {
    Plain,
    Money,
    Percent,
}

impl Number {
    /// Returns a year.
    pub(super) fn year(year: u32) -> Self {
        Self { millionths: u128::from(year) * 1_000_000, unit: Unit::Plain }
    }

    /// Returns a plain number as an amount of money.
    pub(super) fn as_money(&self) -> Option<Self> {
        (self.unit == Unit::Plain).then_some(Self { unit: Unit::Money, ..*self })
    }
}

/// A number with its position in a text.
#[derive(Debug)]
pub(super) struct Found<'a> {
    /// The text, with attached letters.
    pub(super) text: &'a str,
    /// The number; `None` for text such as `Q3`, `2nd`.
    pub(super) number: Option<Number>,
    /// The start position.
    pub(super) at: usize,
    /// True for numbers that are no facts: the duration of a call (up to sixty minutes), or the name of the form.
    pub(super) is_free: bool,
}

static FOUND: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)(?<money>[$€£¥]\s?|\b(?:USD|EUR|GBP|CAD|CHF|JPY)\s?)?",
        r"(?<word>\p{L}*\d[\d,.]*\d\p{L}*|\p{L}*\d\p{L}*)",
        r"(?:[\s-](?<scale>thousand|million|billion|trillion|mm|bn)\b)?",
        r"(?<form>-K\b)?(?<percent>\s?%|[\s-]per\s?cent(?:age)?\b)?(?<minutes>[\s-]minutes?\b)?",
        r"(?<paid>\s(?:USD|EUR|GBP|CAD|CHF|JPY|dollars|euros|pounds)\b)?"
    ))
});
static PLAIN: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^(\d{1,3}(?:,\d{3})+|\d{1,20})(?:\.(\d{1,6}))?(k|m|mm|bn|b)?$"));

/// Returns the numbers in a text in order.
pub(super) fn numbers(text: &str) -> Vec<Found<'_>> {
    FOUND.captures_iter(text).map(|found| read(&found)).collect()
}

fn read<'a>(found: &Captures<'a>) -> Found<'a> {
    let has = |group: &str| found.name(group).is_some();
    let (text, at) = found.name("word").map_or(("", 0), |word| (word.as_str(), word.start()));
    let unit = if has("percent") {
        Unit::Percent
    } else if has("money") || has("paid") {
        Unit::Money
    } else {
        Unit::Plain
    };
    let scale = found.name("scale").map_or("", |scale| scale.as_str());
    let number = millionths(text, scale).map(|millionths| Number { millionths, unit });
    let is_short = number.as_ref().is_some_and(|number| number.millionths <= 60_000_000);
    let is_free = has("minutes") && is_short && unit == Unit::Plain || has("form") && text == "8";
    Found { text, number, at, is_free }
}

fn millionths(text: &str, scale: &str) -> Option<u128> {
    let found = PLAIN.captures(text)?;
    let whole: u128 = found[1].replace(',', "").parse().ok()?;
    let decimals = found.get(2).map_or("", |decimals| decimals.as_str());
    let part: u128 = format!("{decimals:0<6}").parse().ok()?;
    let scale = if scale.is_empty() { found.get(3).map_or("", |scale| scale.as_str()) } else { scale };
    let factor = match scale.to_lowercase().as_str() {
        "thousand" | "k" => 1_000,
        "million" | "m" | "mm" => 1_000_000,
        "billion" | "bn" | "b" => 1_000_000_000,
        "trillion" => 1_000_000_000_000,
        _ => 1,
    };
    whole.checked_mul(1_000_000)?.checked_add(part)?.checked_mul(factor)
}
