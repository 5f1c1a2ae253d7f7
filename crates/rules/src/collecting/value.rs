//! Collected values, their sources, and changes of them.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

/// A value given by a visitor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "value", rename_all = "camelCase")]
pub enum Value {
    /// A name as written by the person; all lower or upper case is corrected.
    Name(String),
    /// A mail address with its host in lower case.
    Email(String),
    /// A telephone number: digits, with a leading `+` if given, and an extension as ` x12`.
    Phone(String),
    /// An amount per period.
    Money(Money),
    /// A text in the visitor's words.
    Text(String),
}

impl Value {
    /// Returns the amount; `None` for other values.
    pub(super) fn money(&self) -> Option<&Money> {
        match self {
            Self::Money(money) => Some(money),
            _ => None,
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(text) | Self::Email(text) | Self::Phone(text) | Self::Text(text) => f.write_str(text),
            Self::Money(money) => money.fmt(f),
        }
    }
}

/// An amount per period, as stated and per year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Money {
    /// The stated amount in the minor unit of the currency: cents, or whole yen.
    pub minor: i64,
    /// The ISO 4217 code of the currency.
    pub currency: String,
    /// The stated period; a year by default.
    pub period: Period,
    /// The annual amount in the minor unit, by the factors of [`Period::per_year`].
    pub minor_per_year: i64,
}

impl Money {
    /// Creates an amount in the minor unit of a currency; `None` if the annual amount overflows.
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

/// The period of an amount.
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
    /// Returns the number of periods per year: 12 months, 52 weeks of 5 days of 8 hours, all paid.
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

    /// Returns the phrase after an amount: `a year`.
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

/// Method that found a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Source {
    /// The rules of this module.
    Rule,
    /// A language model, checked against the utterance.
    Model,
}

/// A known value with its proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Known {
    /// The value.
    pub value: Value,
    /// The words that state it.
    pub quote: String,
    /// The method that found it.
    pub source: Source,
}

/// The known values, by field key.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Collected(pub BTreeMap<String, Known>);

impl Collected {
    /// Returns the known value of a field.
    pub fn get(&self, key: &str) -> Option<&Known> {
        self.0.get(key)
    }

    /// Returns true if the value of a field is known.
    pub fn knows(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    /// Applies changes. A refusal changes nothing: a known value stays.
    pub fn apply(&mut self, changes: &[Change]) {
        for change in changes {
            if let Some(value) = change.value.clone() {
                let known = Known { value, quote: change.quote.clone(), source: change.source };
                self.0.insert(change.key.clone(), known);
            }
        }
    }
}

/// A change of one field stated by an utterance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// The key of the field.
    pub key: String,
    /// The new value; `None` for a refusal.
    pub value: Option<Value>,
    /// The sentence that states it, as in the utterance (see [`clean`](super::clean)).
    pub quote: String,
    /// The method that found it.
    pub source: Source,
}
