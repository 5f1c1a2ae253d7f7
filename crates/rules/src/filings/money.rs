//! Amounts of money in a text.

use std::sync::LazyLock;

use regex::Regex;

use super::sentences::pattern;

/// An amount of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Amount {
    /// Amount in whole units of the currency.
    pub(super) units: i64,
    /// ISO 4217 code of the currency.
    pub(super) currency: &'static str,
}

impl std::fmt::Display for Amount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.units, self.currency)
    }
}

static AMOUNT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)(US\s?\$|C\$|CAD\s?\$?|\$|USD\s?|€|EUR\s?|£|GBP\s?)\s?(\d{1,3}(?:,\d{3})+",
        r"|\d+)(\.\d+)?(?:\s*[-–]?\s*(thousand|million|billion|mm|bn)\b)?(\s+per\s)?"
    ))
});

/// Pattern of the object of an amount, if the event is in the previous sentence.
static PRICE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:(?:purchase|sale|selling|total|aggregate) (?:price|consideration|value|amount|proceeds|principal)|principal amount",
        r"|consideration|proceeds|valued at|upfront payment|commitments?|in cash|enterprise value|the transaction|the (?:facility|loan|notes))\b"
    ))
});

/// Amount below which a number counts as a price per share or the like.
const SMALLEST: i64 = 100_000;

/// Returns the largest significant amount in a text; `None` if there is none.
pub(super) fn largest(text: &str) -> Option<Amount> {
    all(text).into_iter().max_by_key(|amount| amount.units)
}

/// Returns all significant amounts in a text.
pub(super) fn all(text: &str) -> Vec<Amount> {
    AMOUNT.captures_iter(text).filter(|found| found.get(5).is_none()).filter_map(|found| amount(&found)).collect()
}

/// Returns the largest amount of a sentence about a price, a principal amount or the like.
pub(super) fn of_price(text: &str) -> Option<Amount> {
    PRICE.is_match(text).then(|| largest(text)).flatten()
}

fn amount(found: &regex::Captures<'_>) -> Option<Amount> {
    let whole: i64 = found[2].replace(',', "").parse().ok()?;
    let scale: i64 = match found.get(4).map(|scale| scale.as_str().to_lowercase()).as_deref() {
        Some("thousand") => 1_000,
        Some("million" | "mm") => 1_000_000,
        Some("billion" | "bn") => 1_000_000_000,
        _ => 1,
    };
    // Up to nine decimals, scaled in integers: 2.5 billion is 2,500,000,000 and not nearly so.
    let decimals: String =
        found.get(3).map_or("", |text| &text.as_str()[1..]).chars().chain("000000000".chars()).take(9).collect();
    let part = decimals.parse::<i64>().ok()?.checked_mul(scale / 1_000).map_or(0, |scaled| scaled / 1_000_000);
    let units = whole.checked_mul(scale)?.checked_add(part)?;
    let currency = match found[1].chars().next()? {
        'C' | 'c' => "CAD",
        '€' | 'E' | 'e' => "EUR",
        '£' | 'G' | 'g' => "GBP",
        _ => "USD",
    };
    (units >= SMALLEST).then_some(Amount { units, currency })
}
