//! Custom scalars.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use chrono::{DateTime, Datelike, NaiveDate, SecondsFormat, Utc};

use crate::{
    error::{Error, Result},
    events::Cursor,
};

/// Opaque position in the stream of events, to pass as `after`. One cursor is valid for every subscription of the same
/// server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CursorText(pub String);

/// Opaque position in the stream of events, to pass as `after`. One cursor is valid for every subscription of the same
/// server.
#[Scalar(name = "EventCursor", specified_by_url = "docs/api.md#subscriptions")]
impl ScalarType for CursorText {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            Value::String(text) => Ok(Self(text)),
            _ => Err(InputValueError::custom("Give a cursor as you received it, as a text.")),
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
    /// Decodes the cursor.
    ///
    /// # Errors
    /// [`Error::BadCursor`] if it was not made by this server.
    pub fn decode(&self) -> Result<Cursor> {
        let message =
            "This is not a cursor of a subscription; subscribe without `after` to begin with the present state.";
        Cursor::decode(&self.0).ok_or_else(|| Error::BadCursor(message.to_owned()))
    }
}

/// A time as a GraphQL scalar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub DateTime<Utc>);

impl Timestamp {
    /// Wraps a time.
    pub fn of(time: DateTime<Utc>) -> Self {
        Self(time)
    }

    /// Wraps an optional time.
    pub fn maybe(time: Option<DateTime<Utc>>) -> Option<Self> {
        time.map(Self)
    }

    /// Returns the time in RFC 3339 format, with the fractional digits it has.
    pub fn text(time: &DateTime<Utc>) -> String {
        time.to_rfc3339_opts(SecondsFormat::AutoSi, true)
    }
}

/// Time in UTC in RFC 3339 format: `2026-03-14T09:00:00Z`. Inputs may have other offsets; years from 0001 to 9999.
#[Scalar(name = "DateTime", specified_by_url = "https://datatracker.ietf.org/doc/html/rfc3339")]
impl ScalarType for Timestamp {
    fn parse(value: Value) -> InputValueResult<Self> {
        const MESSAGE: &str = "Give a time such as 2026-03-14T09:00:00Z, in the years 0001 to 9999.";
        let Value::String(text) = &value else { return Err(InputValueError::custom(MESSAGE)) };
        // A blank, small letters and a leap second are read by the library beyond what RFC 3339 says.
        let has_t = text.as_bytes().get(10).is_some_and(|byte| byte.eq_ignore_ascii_case(&b'T'));
        let time = DateTime::parse_from_rfc3339(text).ok().filter(|_| has_t).map(DateTime::<Utc>::from);
        time.filter(is_kept).map(Self).ok_or_else(|| InputValueError::custom(MESSAGE))
    }

    fn to_value(&self) -> Value {
        Value::String(Self::text(&self.0))
    }
}

/// Returns true if both databases can store and compare the time: SQLite stores text with four-digit years.
pub fn is_kept(time: &impl Datelike) -> bool {
    (1..=9999).contains(&time.year())
}

/// A date as a GraphQL scalar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Date(pub NaiveDate);

impl Date {
    /// Wraps a day.
    pub fn of(day: NaiveDate) -> Self {
        Self(day)
    }

    /// Wraps an optional day.
    pub fn maybe(day: Option<NaiveDate>) -> Option<Self> {
        day.map(Self)
    }
}

/// Date without a time in ISO 8601 format: `2026-03-14`; years from 0001 to 9999.
#[Scalar(name = "Date", specified_by_url = "https://datatracker.ietf.org/doc/html/rfc3339#section-5.6")]
impl ScalarType for Date {
    fn parse(value: Value) -> InputValueResult<Self> {
        const MESSAGE: &str = "Give a day such as 2026-03-14, in the years 0001 to 9999.";
        let Value::String(text) = &value else { return Err(InputValueError::custom(MESSAGE)) };
        // The library also reads `2026-3-14`.
        let day = text.parse::<NaiveDate>().ok().filter(|day| is_kept(day) && day.to_string() == *text);
        day.map(Self).ok_or_else(|| InputValueError::custom(MESSAGE))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// An exact decimal number, kept as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decimal(pub String);

/// Exact decimal number as text, so that no digit is lost: `49.00`.
#[Scalar(name = "Decimal", specified_by_url = "https://ibm.github.io/graphql-specs/custom-scalars/base-decimal.html")]
impl ScalarType for Decimal {
    fn parse(value: Value) -> InputValueResult<Self> {
        let is_decimal = |text: &str| {
            let digits = text.strip_prefix('-').unwrap_or(text);
            let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
            [whole, fraction].iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
        };
        match value {
            Value::String(text) if is_decimal(&text) => Ok(Self(text)),
            _ => Err(InputValueError::custom("Give an exact number as text, such as \"49.00\".")),
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
    fn a_date_is_a_day_of_the_calendar() {
        assert_eq!(Date::parse("2026-03-14".into()).unwrap().to_value(), Value::from("2026-03-14"));
        for wrong in
            ["2026-02-30", "2026-3-14", "+10000-01-01", "-0001-01-01", "0000-12-31", "2026-03-14T00:00:00Z", ""]
        {
            assert!(Date::parse(wrong.into()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_time_is_written_in_utc_with_a_z() {
        for (given, written) in [
            ("2026-03-14T09:00:00Z", "2026-03-14T09:00:00Z"),
            ("2026-03-14T09:00:00.5+02:00", "2026-03-14T07:00:00.500Z"),
            ("2026-03-14t09:00:00z", "2026-03-14T09:00:00Z"),
            ("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"),
            ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
        ] {
            assert_eq!(Timestamp::parse(given.into()).unwrap().to_value(), Value::from(written));
        }
    }

    #[test]
    fn a_time_that_a_database_cannot_keep_or_that_is_written_otherwise_is_refused() {
        for wrong in [
            "+10000-01-01T00:00:00Z",
            "-9999-01-01T00:00:00Z",
            "0000-12-31T23:59:59Z",
            "0001-01-01T00:00:00+01:00",
            "9999-12-31T23:59:59-01:00",
            "2026-03-14 09:00:00Z",
            "2026-03-14T09:00:00",
            "2026-03-14",
            "tomorrow",
            "",
        ] {
            assert!(Timestamp::parse(wrong.into()).is_err(), "{wrong}");
        }
        assert!(Timestamp::parse(1_773_478_800.into()).is_err());
    }
}
