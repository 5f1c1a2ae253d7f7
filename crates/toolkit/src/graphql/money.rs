//! GraphQL types of money.

use std::borrow::Cow;

use async_graphql::{
    InputObject, InputObjectType, InputType, InputValueError, InputValueResult, Scalar, ScalarType, SimpleObject,
    Value, registry::Registry,
};

use super::{Decimal, argument_paths::wrong_value};
use crate::money::{Currency, Money, UnknownCurrency};

/// Currency as a GraphQL scalar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CurrencyCode(pub Currency);

/// ISO 4217 code of a currency in upper case: `USD`.
#[Scalar(name = "CurrencyCode", specified_by_url = "https://www.iso.org/iso-4217-currency-codes.html")]
impl ScalarType for CurrencyCode {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(code) => Currency::parse(code).map(Self).map_err(InputValueError::custom),
            _ => Err(InputValueError::custom(UnknownCurrency)),
        }
    }

    fn to_value(&self) -> Value {
        self.0.code().into()
    }
}

/// Amount of money in a currency.
#[derive(SimpleObject, Debug, Clone, PartialEq, Eq)]
#[graphql(name = "Money")]
pub struct MoneyAmount {
    /// Amount with all decimals of the currency: `49.00` dollars, `4900` yen. Prices of small units may have more, such as
    /// `0.0005`.
    amount: Decimal,
    /// Currency of the amount.
    currency: CurrencyCode,
}

impl From<Money> for MoneyAmount {
    fn from(money: Money) -> Self {
        Self { amount: Decimal(money.amount()), currency: CurrencyCode(money.currency) }
    }
}

impl MoneyAmount {
    /// Returns the amount of a row, in minor units of the currency `code`; `None` if that is not a currency.
    pub fn of_row(minor: i64, code: &str) -> Option<Self> {
        Some(Money::new(minor, Currency::parse(code).ok()?).into())
    }

    /// Returns a price, which may have more decimals than the currency; `None` if `code` is not a currency.
    pub fn of_price(digits: String, code: &str) -> Option<Self> {
        let currency = Currency::parse(code).ok()?;
        let amount = Money::parse(&digits, currency).map_or(digits, Money::amount);
        Some(Self { amount: Decimal(amount), currency: CurrencyCode(currency) })
    }
}

/// Amount of money in an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MoneyInput(pub Money);

/// Amount of money in a currency.
#[derive(InputObject)]
#[graphql(name = "MoneyInput")]
struct Given {
    /// Amount with at most as many decimals as the currency has: `49.00` or `49` dollars, `4900` yen.
    amount: Decimal,
    /// Currency of the amount.
    currency: CurrencyCode,
}

impl InputType for MoneyInput {
    type RawValueType = Self;

    fn type_name() -> Cow<'static, str> {
        Given::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        Given::create_type_info(registry)
    }

    fn parse(value: Option<Value>) -> InputValueResult<Self> {
        let Given { amount: Decimal(amount), currency: CurrencyCode(currency) } =
            Given::parse(value).map_err(InputValueError::propagate)?;
        Money::parse(&amount, currency).map(Self).map_err(|error| wrong_value(&amount, error))
    }

    fn to_value(&self) -> Value {
        let Self(money) = *self;
        Given { amount: Decimal(money.amount()), currency: CurrencyCode(money.currency) }.to_value()
    }

    fn federation_fields() -> Option<String> {
        Given::federation_fields()
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }
}

impl InputObjectType for MoneyInput {}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn given(value: serde_json::Value) -> Result<Money, String> {
        let value = Value::from_json(value).unwrap();
        MoneyInput::parse(Some(value))
            .map(|MoneyInput(money)| money)
            .map_err(|error| error.into_server_error(async_graphql::Pos::default()).message)
    }

    #[test]
    fn an_amount_is_read_with_its_currency_and_written_again() {
        let value = json!({"amount": "49.00", "currency": "USD"});
        let money = given(value.clone()).unwrap();
        assert_eq!((money.minor, money.currency.code()), (4_900, "USD"));
        assert_eq!(MoneyInput(money).to_value().into_json().unwrap(), value);
        assert_eq!(given(json!({"amount": "4900", "currency": "JPY"})).unwrap().minor, 4_900);
    }

    #[test]
    fn what_is_no_amount_of_its_currency_says_why() {
        for (amount, currency, why) in [
            (json!("49.001"), json!("USD"), "at most 2 decimals"),
            (json!("1.5"), json!("JPY"), "a whole number"),
            (json!("9223372036854775808"), json!("JPY"), "too large"),
            (json!("1,5"), json!("USD"), "an exact number as text"),
            (json!(49), json!("USD"), "an exact number as text"),
            (json!("49"), json!("usd"), "in capital letters"),
            (json!("49"), json!("XXX"), "ISO 4217"),
            (json!("49"), json!(840), "ISO 4217"),
        ] {
            let message = given(json!({"amount": amount, "currency": currency})).unwrap_err();
            assert!(message.contains(why), "{message}");
        }
    }

    #[test]
    fn a_price_may_be_finer_than_its_currency() {
        let price =
            |digits: &str, code: &str| MoneyAmount::of_price(digits.to_owned(), code).map(|price| price.amount.0);
        assert_eq!(price("49", "USD").as_deref(), Some("49.00"));
        assert_eq!(price("0.0005", "USD").as_deref(), Some("0.0005"));
        assert_eq!(price("49", "ABC"), None);
        assert_eq!(MoneyAmount::of_row(105, "KWD").map(|money| money.amount.0).as_deref(), Some("0.105"));
        assert_eq!(MoneyAmount::of_row(105, "ABC"), None);
    }
}
