//! Terms of contracts, days left, and recurring revenue. Money is exact: minor units in integers.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Days before the end of a contract or licence at which people are told.
pub const WINDOWS: [i64; 3] = [30, 60, 90];

/// How near the end of a contract or licence is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Window {
    /// Past its last day.
    Expired,
    /// Up to 30 days.
    Within30,
    /// 31 to 60 days.
    Within60,
    /// 61 to 90 days.
    Within90,
}

/// Returns the days to the last day, which is still in force: 0 on it, −1 on the day after. `today` is the day in the
/// account's zone.
pub fn days_left(ends_on: NaiveDate, today: NaiveDate) -> i64 {
    (ends_on - today).num_days()
}

/// Returns the window of a number of days left; none beyond 90.
pub fn window(days_left: i64) -> Option<Window> {
    match days_left {
        ..0 => Some(Window::Expired),
        0..=30 => Some(Window::Within30),
        31..=60 => Some(Window::Within60),
        61..=90 => Some(Window::Within90),
        _ => None,
    }
}

/// Returns the last day to give notice.
pub fn notice_by(ends_on: NaiveDate, notice_days: u32) -> Option<NaiveDate> {
    ends_on.checked_sub_days(chrono::Days::new(u64::from(notice_days)))
}

/// Returns the annual recurring revenue in minor units, `value·365/(endsOn − startsOn + 1 days)`, half up. None if the
/// term has no day or the figure has no place.
pub fn annual_recurring_revenue(value: i64, starts_on: NaiveDate, ends_on: NaiveDate) -> Option<i64> {
    rounded_ratio(i128::from(value) * 365, i128::from((ends_on - starts_on).num_days()) + 1)
}

/// Returns the monthly recurring revenue in minor units: that of the year by 12, from the exact figure, rounded once.
pub fn monthly_recurring_revenue(value: i64, starts_on: NaiveDate, ends_on: NaiveDate) -> Option<i64> {
    rounded_ratio(i128::from(value) * 365, (i128::from((ends_on - starts_on).num_days()) + 1) * 12)
}

fn rounded_ratio(numerator: i128, denominator: i128) -> Option<i64> {
    if denominator <= 0 {
        return None;
    }
    i64::try_from((2 * numerator + denominator).div_euclid(2 * denominator)).ok()
}

/// Changes of monthly recurring revenue in a period, in minor units. New customers count in no retention rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Movement {
    /// At the start.
    pub start: i64,
    /// Lost with customers.
    pub churned: i64,
    /// Lost with customers who stay.
    pub contraction: i64,
    /// Gained with customers of the start.
    pub expansion: i64,
}

impl Movement {
    /// Returns `(start − churned − contraction)/start`; null without revenue at the start.
    pub fn gross_retention(&self) -> Option<f64> {
        (self.start > 0).then(|| (self.start - self.churned - self.contraction) as f64 / self.start as f64)
    }

    /// Returns `(start − churned − contraction + expansion)/start`; null without revenue at the start.
    pub fn net_retention(&self) -> Option<f64> {
        let end = self.start - self.churned - self.contraction + self.expansion;
        (self.start > 0).then(|| end as f64 / self.start as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_last_day_is_in_force_and_windows_end_on_their_day() {
        let table = [
            ("2026-11-30", 0, Some(Window::Within30)),
            ("2026-11-29", -1, Some(Window::Expired)),
            ("2026-12-30", 30, Some(Window::Within30)),
            ("2026-12-31", 31, Some(Window::Within60)),
            ("2027-01-29", 60, Some(Window::Within60)),
            ("2027-01-30", 61, Some(Window::Within90)),
            ("2027-02-28", 90, Some(Window::Within90)),
            ("2027-03-01", 91, None),
        ];
        for (ends, left, wanted) in table {
            let found = days_left(day(ends), day("2026-11-30"));
            assert_eq!((found, window(found)), (left, wanted), "{ends}");
        }
        assert_eq!(days_left(day("2026-11-30"), day("2026-12-01")), -1);
        assert_eq!(notice_by(day("2026-12-31"), 30), Some(day("2026-12-01")));
    }

    #[test]
    fn revenue_is_that_of_365_days() {
        let arr = |from, to| annual_recurring_revenue(1_200_000, day(from), day(to));
        assert_eq!(arr("2026-01-01", "2026-12-31"), Some(1_200_000));
        assert_eq!(arr("2028-01-01", "2028-12-31"), Some(1_196_721));
        assert_eq!(arr("2026-01-02", "2026-01-01"), None);
        let mrr = monthly_recurring_revenue(1_200_000, day("2028-01-01"), day("2028-12-31"));
        assert_eq!(mrr, Some(99_727));
    }

    #[test]
    fn new_revenue_is_not_retained_revenue() {
        let movement = Movement { start: 100_000, churned: 10_000, contraction: 5_000, expansion: 12_000 };
        assert_eq!((movement.gross_retention(), movement.net_retention()), (Some(0.85), Some(0.97)));
        assert_eq!(Movement { start: 0, ..movement }.net_retention(), None);
    }
}
