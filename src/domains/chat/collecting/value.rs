//! What is collected: values, where they come from, and what changes.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

/// A value that a visitor gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "value", rename_all = "camelCase")]
pub enum Value {
    /// A person's name, as they write it; all in small or all in capital letters is put right.
    Name(String),
    /// A mail address, its host in small letters.
    Email(String),
    /// A telephone number: digits, with `+` before it where it was given, and an extension as ` x12`.
    Phone(String),
    /// An amount over a time.
    Money(Money),
    /// A text, in the visitor's words.
    Text(String),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(text) | Self::Email(text) | Self::Phone(text) | Self::Text(text) => f.write_str(text),
            Self::Money(money) => money.fmt(f),
        }
    }
}

/// An amount over a time, as it was said and over a year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Money {
    /// The amount as it was said, in the currency's smallest unit: cents, or whole yen.
    pub minor: i64,
    /// The currency by its ISO 4217 code.
    pub currency: String,
    /// The time that the amount is for, as it was said; a year when nothing was said.
    pub period: Period,
    /// The amount over a year in the smallest unit, by the factors of [`Period::per_year`].
    pub minor_per_year: i64,
}

impl Money {
    /// An amount in the smallest unit of a currency; `None` when a year of it is beyond all numbers.
    pub fn new(minor: i64, currency: &str, period: Period) -> Option<Self> {
        let minor_per_year = minor.checked_mul(period.per_year())?;
        Some(Self { minor, currency: currency.to_owned(), period, minor_per_year })
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = super::currency::minor_digits(&self.currency);
        let unit = 10_i64.pow(digits);
        let (whole, part) = (self.minor / unit, self.minor % unit);
        write!(f, "{whole}")?;
        if part != 0 {
            write!(f, ".{part:0width$}", width = digits as usize)?;
        }
        write!(f, " {} {}", self.currency, self.period.phrase())
    }
}

/// The time that an amount is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Period {
    /// A year.
    Year,
    /// A month.
    Month,
    /// Two weeks.
    Fortnight,
    /// A week.
    Week,
    /// A working day.
    Day,
    /// A working hour.
    Hour,
}

impl Period {
    /// How often it comes in a year: 12 months, 52 weeks of 5 days of 8 hours, all paid.
    pub fn per_year(self) -> i64 {
        match self {
            Self::Year => 1,
            Self::Month => 12,
            Self::Fortnight => 26,
            Self::Week => 52,
            Self::Day => 260,
            Self::Hour => 2080,
        }
    }

    /// As it stands after an amount: `a year`.
    pub fn phrase(self) -> &'static str {
        match self {
            Self::Year => "a year",
            Self::Month => "a month",
            Self::Fortnight => "a fortnight",
            Self::Week => "a week",
            Self::Day => "a day",
            Self::Hour => "an hour",
        }
    }
}

/// How a value was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Source {
    /// By the rules of this module.
    Rule,
    /// By a language model, and checked against what was said.
    Model,
}

/// A value that is known, with its proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Known {
    /// The value.
    pub value: Value,
    /// The words it was taken from.
    pub quote: String,
    /// How it was found.
    pub source: Source,
}

/// What is known so far, by the key of the field.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Collected(pub BTreeMap<String, Known>);

impl Collected {
    /// What is known of a field.
    pub fn get(&self, key: &str) -> Option<&Known> {
        self.0.get(key)
    }

    /// Whether anything is known of a field.
    pub fn knows(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    /// Takes over changes. A refusal changes nothing: what was given before stays.
    pub fn apply(&mut self, changes: &[Change]) {
        for change in changes {
            if let Some(value) = change.value.clone() {
                let known = Known { value, quote: change.quote.clone(), source: change.source };
                self.0.insert(change.key.clone(), known);
            }
        }
    }
}

/// What an utterance says about one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// The key of the field.
    pub key: String,
    /// The new value; `None` when the visitor does not want to tell.
    pub value: Option<Value>,
    /// The sentence that says so, as it stands in the utterance (see [`clean`](super::clean)).
    pub quote: String,
    /// How it was found.
    pub source: Source,
}
