//! Income of people.

use async_graphql::Enum;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::money::{Currency, Money};

/// An income per period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Income {
    /// Amount of the income.
    pub amount: Money,
    /// Period in which the amount is earned.
    pub period: IncomePeriod,
}

impl Income {
    /// Parses an `amount` such as `85000` or `85000.50`; `None` if it is not a number, is negative or has too many
    /// decimals for the currency, or if `currency` is not an ISO 4217 code.
    pub fn parse(amount: &str, currency: &str, period: IncomePeriod) -> Option<Self> {
        let amount = Money::parse(amount, Currency::parse(currency).ok()?).ok()?;
        (amount.minor >= 0).then_some(Self { amount, period })
    }
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

    #[test]
    fn an_income_is_an_amount_of_a_currency_and_not_below_zero() {
        let income = |amount: &str, currency: &str| Income::parse(amount, currency, IncomePeriod::Year);
        assert_eq!(income("85000.5", "EUR").map(|income| income.amount.to_string()).as_deref(), Some("85000.50 EUR"));
        assert!(income("0", "EUR").is_some());
        for (amount, currency) in [("-1", "USD"), ("1.5", "JPY"), ("85,000", "USD"), ("1", "dollars"), ("1", "ABC")] {
            assert_eq!(income(amount, currency), None, "{amount} {currency}");
        }
    }
}
