//! Scalars of our own.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use chrono::NaiveDate;

use crate::{
    error::{Error, Result},
    events::Cursor,
};

/// A place in the stream of events, opaque: keep it and give it back as `after`. One cursor fits every subscription of
/// the same server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CursorText(pub String);

/// A place in the stream of events, opaque: keep it and give it back as `after`. One cursor fits every subscription of
/// the same server.
#[Scalar(name = "Cursor")]
impl ScalarType for CursorText {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            Value::String(text) => Ok(Self(text)),
            other => Err(InputValueError::expected_type(other)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}

impl From<Cursor> for CursorText {
    fn from(cursor: Cursor) -> Self {
        Self(cursor.encode())
    }
}

impl CursorText {
    /// The cursor it stands for.
    ///
    /// # Errors
    /// [`Error::BadCursor`] when it was not made by this server.
    pub fn decode(&self) -> Result<Cursor> {
        let message =
            "This is not a cursor of a subscription; subscribe without `after` to begin with the present state.";
        Cursor::decode(&self.0).ok_or_else(|| Error::BadCursor(message.to_owned()))
    }
}

/// What `DateTime` is; the library's own description speaks of its code.
pub const DATE_TIME: &str = "A time in UTC, as RFC 3339 writes it: `2026-03-14T09:00:00Z`.";

/// A day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Date(pub NaiveDate);

/// A day without a time, as ISO 8601 writes it: `2026-03-14`.
#[Scalar(name = "Date")]
impl ScalarType for Date {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => text.parse().map(Self).map_err(InputValueError::custom),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// An exact decimal number, kept as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decimal(pub String);

impl Decimal {
    /// An amount of so many hundredths, such as cents.
    pub fn of_cents(cents: i64) -> Self {
        let sign = if cents < 0 { "-" } else { "" };
        let cents = cents.unsigned_abs();
        Self(format!("{sign}{}.{:02}", cents / 100, cents % 100))
    }
}

/// An exact decimal number, written as text so that no digit is lost: `49.00`.
#[Scalar(name = "Decimal")]
impl ScalarType for Decimal {
    fn parse(value: Value) -> InputValueResult<Self> {
        let is_decimal = |text: &str| {
            let digits = text.strip_prefix('-').unwrap_or(text);
            let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
            [whole, fraction].iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
        };
        match value {
            Value::String(text) if is_decimal(&text) => Ok(Self(text)),
            other => Err(InputValueError::expected_type(other)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decimal_is_digits_with_or_without_a_fraction() {
        for right in ["49.00", "-0.5", "7"] {
            assert_eq!(Decimal::parse(right.into()).unwrap().to_value(), Value::from(right));
        }
        for wrong in ["", "1e3", ".5", "5.", "1.2.3", "--1", "$4", "1,000"] {
            assert!(Decimal::parse(wrong.into()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn cents_are_hundredths_with_their_sign() {
        let written = [0, 7, 4_900, -105].map(|cents| Decimal::of_cents(cents).0);
        assert_eq!(written, ["0.00", "0.07", "49.00", "-1.05"]);
    }

    #[test]
    fn a_date_is_a_day_of_the_calendar() {
        assert_eq!(Date::parse("2026-03-14".into()).unwrap().to_value(), Value::from("2026-03-14"));
        assert!(Date::parse("2026-02-30".into()).is_err());
    }
}
