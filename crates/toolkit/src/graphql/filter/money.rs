//! Comparators for amounts of money.

use async_graphql::{CustomValidator, InputObject, InputValueError};
use sea_orm::{ColumnTrait, Condition};

use super::super::{argument_paths::wrong_value, money::MoneyInput};
use crate::money::Money;

/// Conditions on an amount of money, all in one currency. All given conditions must hold; amounts in other currencies never
/// match.
#[derive(InputObject, Debug, Clone, Default, PartialEq, Eq, Hash)]
#[graphql(validator = OneCurrency)]
pub struct MoneyFilter {
    /// Equals this amount.
    pub eq: Option<MoneyInput>,
    /// Equals one of these amounts.
    #[graphql(name = "in")]
    pub is_in: Option<Vec<MoneyInput>>,
    /// Less than this amount.
    pub lt: Option<MoneyInput>,
    /// Less than or equal to this amount.
    pub lte: Option<MoneyInput>,
    /// Greater than this amount.
    pub gt: Option<MoneyInput>,
    /// Greater than or equal to this amount.
    pub gte: Option<MoneyInput>,
}

impl MoneyFilter {
    fn amounts(&self) -> impl Iterator<Item = Money> {
        let single = [self.eq, self.lt, self.lte, self.gt, self.gte].into_iter().flatten();
        single.chain(self.is_in.iter().flatten().copied()).map(|MoneyInput(money)| money)
    }

    /// Returns the condition on the amount in the column `minor`, in minor units of the currency in the column `currency`.
    pub fn on<C: ColumnTrait>(&self, minor: C, currency: C) -> Condition {
        Condition::all()
            .add_option(self.amounts().next().map(|money| currency.eq(money.currency.code())))
            .add_option(self.eq.map(|MoneyInput(money)| minor.eq(money.minor)))
            .add_option(self.is_in.as_ref().map(|all| minor.is_in(all.iter().map(|MoneyInput(money)| money.minor))))
            .add_option(self.lt.map(|MoneyInput(money)| minor.lt(money.minor)))
            .add_option(self.lte.map(|MoneyInput(money)| minor.lte(money.minor)))
            .add_option(self.gt.map(|MoneyInput(money)| minor.gt(money.minor)))
            .add_option(self.gte.map(|MoneyInput(money)| minor.gte(money.minor)))
    }
}

/// Refuses amounts in several currencies, which have no order.
struct OneCurrency;

impl CustomValidator<MoneyFilter> for OneCurrency {
    fn check(&self, filter: &MoneyFilter) -> Result<(), InputValueError<MoneyFilter>> {
        let mut amounts = filter.amounts().map(|money| money.currency);
        let Some(first) = amounts.next() else { return Ok(()) };
        match amounts.find(|other| *other != first) {
            Some(other) => {
                let message =
                    format!("Give all amounts of a filter in one currency; these are in {first} and {other}.");
                Err(wrong_value(other.code(), message))
            }
            None => Ok(()),
        }
    }
}
