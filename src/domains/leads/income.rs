//! Income of people.

use async_graphql::Enum;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// ISO 4217 currencies whose minor unit is not a hundredth, with their number of decimals.
const OTHER_FRACTIONS: [(&str, u32); 23] = [
    ("BHD", 3),
    ("BIF", 0),
    ("CLP", 0),
    ("DJF", 0),
    ("GNF", 0),
    ("IQD", 3),
    ("ISK", 0),
    ("JOD", 3),
    ("JPY", 0),
    ("KMF", 0),
    ("KRW", 0),
    ("KWD", 3),
    ("LYD", 3),
    ("OMR", 3),
    ("PYG", 0),
    ("RWF", 0),
    ("TND", 3),
    ("UGX", 0),
    ("VND", 0),
    ("VUV", 0),
    ("XAF", 0),
    ("XOF", 0),
    ("XPF", 0),
];

/// An income per period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Income {
    /// Amount in the minor unit of the currency, such as cents.
    pub minor: i64,
    /// ISO 4217 code of the currency, such as `USD`.
    pub currency: String,
    /// Period in which the amount is earned.
    pub period: IncomePeriod,
}

impl Income {
    /// Parses an `amount` such as `85000` or `85000.50`; `None` if it is not a number, is negative or has too many
    /// decimals for the currency, or if `currency` is not a three-letter code.
    pub fn parse(amount: &str, currency: &str, period: IncomePeriod) -> Option<Self> {
        let currency = currency.trim().to_uppercase();
        if currency.len() != 3 || !currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return None;
        }
        let digits = fraction_digits(&currency) as usize;
        let (whole, fraction) = amount.trim().split_once('.').unwrap_or((amount.trim(), ""));
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !is_number(whole) || !is_number(fraction) || fraction.len() > digits {
            return None;
        }
        let minor = format!("{whole}{fraction:0<digits$}").parse().ok()?;
        Some(Self { minor, currency, period })
    }

    /// Returns the amount as a decimal number, such as `85000.50`.
    pub fn amount(&self) -> String {
        let digits = fraction_digits(&self.currency) as usize;
        let sign = if self.minor < 0 { "-" } else { "" };
        let number = format!("{:0>width$}", self.minor.unsigned_abs(), width = digits + 1);
        let (whole, fraction) = number.split_at(number.len() - digits);
        if digits == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
    }
}

fn fraction_digits(currency: &str) -> u32 {
    OTHER_FRACTIONS.iter().find(|(code, _)| *code == currency).map_or(2, |(_, digits)| *digits)
}

/// Period in which an income is earned.
#[derive(Enum, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum IncomePeriod {
    /// Per hour.
    Hour,
    /// Per week.
    Week,
    /// Per month.
    Month,
    /// Per year.
    Year,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn income(amount: &str, currency: &str) -> Option<(i64, String)> {
        let income = Income::parse(amount, currency, IncomePeriod::Year)?;
        Some((income.minor, income.amount()))
    }

    #[test]
    fn amounts_keep_every_digit_in_the_minor_unit_of_their_currency() {
        for (amount, currency, minor, shown) in [
            ("85000", "usd", 8_500_000, "85000.00"),
            ("85000.5", "EUR", 8_500_050, "85000.50"),
            (" 0.05 ", "EUR", 5, "0.05"),
            ("0", "EUR", 0, "0.00"),
            ("4200000", "JPY", 4_200_000, "4200000"),
            ("900.125", "KWD", 900_125, "900.125"),
        ] {
            assert_eq!(income(amount, currency), Some((minor, shown.to_owned())), "{amount} {currency}");
        }
    }

    #[test]
    fn what_is_no_amount_of_the_currency_is_refused() {
        for (amount, currency) in [
            ("", "USD"),
            (".5", "USD"),
            ("-1", "USD"),
            ("1e3", "USD"),
            ("85,000", "USD"),
            ("1.234", "USD"),
            ("1.5", "JPY"),
            ("99999999999999999999", "USD"),
            ("1", "dollars"),
            ("1", "U$"),
            ("1", "€"),
        ] {
            assert_eq!(income(amount, currency), None, "{amount} {currency}");
        }
    }
}
