//! Tasks that come again. Their days are counted from the first one: monthly from 31 January is 28 February, then 31 March.

use async_graphql::Enum;
use chrono::{Months, NaiveDate, TimeDelta};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::graphql::PlainValue;

/// Interval at which a task comes again.
#[derive(Enum, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "TaskRecurrence")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Recurrence {
    /// Each day.
    Daily,
    /// Each week, on the same weekday.
    Weekly,
    /// Each month, on the same day or the last one of a shorter month.
    Monthly,
    /// Each year, on the same day; from 29 February on the 28th of other years.
    Yearly,
}

impl PlainValue for Recurrence {}

impl Recurrence {
    /// Returns the day with this number, counted from 0 at the `first` one; `None` beyond the days that can be told.
    pub(super) fn day(self, first: NaiveDate, number: i32) -> Option<NaiveDate> {
        let count = u32::try_from(number).ok()?;
        match self {
            Self::Daily => first.checked_add_signed(TimeDelta::days(number.into())),
            Self::Weekly => first.checked_add_signed(TimeDelta::weeks(number.into())),
            Self::Monthly => first.checked_add_months(Months::new(count)),
            Self::Yearly => first.checked_add_months(Months::new(count.checked_mul(12)?)),
        }
    }

    /// Returns the first day after both the day with this number and `today`, with its number.
    pub(super) fn next(self, first: NaiveDate, number: i32, today: NaiveDate) -> Option<(i32, NaiveDate)> {
        // A task that was late does not come again for each day that was missed.
        let missed = match self {
            Self::Daily => (today - first).num_days(),
            Self::Weekly => (today - first).num_weeks(),
            Self::Monthly => (today - first).num_days() / 31,
            Self::Yearly => (today - first).num_days() / 366,
        };
        let start = i64::from(number).saturating_add(1).max(missed);
        let mut number = i32::try_from(start).ok()?;
        loop {
            let day = self.day(first, number)?;
            if day > today {
                return Some((number, day));
            }
            number = number.checked_add(1)?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn after(recurrence: Recurrence, first: &str, number: i32, today: &str) -> String {
        recurrence.next(day(first), number, day(today)).unwrap().1.to_string()
    }

    #[test]
    fn days_are_counted_from_the_first_one() {
        let monthly = |number| Recurrence::Monthly.day(day("2027-01-31"), number).unwrap().to_string();
        assert_eq!([1, 2, 3].map(monthly), ["2027-02-28", "2027-03-31", "2027-04-30"]);
        let yearly = |number| Recurrence::Yearly.day(day("2028-02-29"), number).unwrap().to_string();
        assert_eq!([1, 4].map(yearly), ["2029-02-28", "2032-02-29"]);
    }

    #[test]
    fn the_next_day_comes_after_the_last_one_and_after_today() {
        assert_eq!(after(Recurrence::Daily, "2026-11-30", 0, "2026-11-29"), "2026-12-01");
        assert_eq!(after(Recurrence::Daily, "2026-11-01", 0, "2026-11-30"), "2026-12-01");
        assert_eq!(after(Recurrence::Weekly, "2026-11-02", 1, "2026-11-30"), "2026-12-07");
        assert_eq!(after(Recurrence::Monthly, "2026-01-31", 0, "2026-06-30"), "2026-07-31");
        assert_eq!(after(Recurrence::Yearly, "2020-02-29", 0, "2026-11-30"), "2027-02-28");
    }
}
