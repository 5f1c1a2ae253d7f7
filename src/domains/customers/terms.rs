//! Figures of contract terms.

use chrono::NaiveDate;

use super::contract::{Renewal, RenewalStatus};
use crate::money::Money;

/// Number of days before the end of a term from which on its renewal is due.
const DUE_DAYS: i64 = 90;
/// Number of days of a year, for annual values.
const YEAR: i128 = 365;

/// Returns the days left of a term that ends on `ends_on`: 0 on its last day, below 0 once it is over.
pub(super) fn days_left(ends_on: NaiveDate, today: NaiveDate) -> i64 {
    (ends_on - today).num_days()
}

/// Returns the value of a term for 365 days, rounded half up to the minor unit.
pub(super) fn annual_value(value: Money, starts_on: NaiveDate, ends_on: NaiveDate) -> Option<Money> {
    let days = i128::from((ends_on - starts_on).num_days()) + 1;
    if days < 1 {
        return None;
    }
    let minor = (2 * i128::from(value.minor) * YEAR + days) / (2 * days);
    Some(Money::new(i64::try_from(minor).ok()?, value.currency))
}

/// Returns the status of a renewal of which `known` is known, with so many days left and days of notice.
pub(super) fn renewal_status(known: Renewal, days_left: Option<i64>, notice_days: Option<i32>) -> RenewalStatus {
    match (known, days_left) {
        (Renewal::Committed, _) => RenewalStatus::Committed,
        (Renewal::Renewed, _) => RenewalStatus::Renewed,
        (Renewal::Lost, _) => RenewalStatus::Lost,
        (Renewal::Open, Some(left)) if left <= DUE_DAYS.max(notice_days.unwrap_or_default().into()) => {
            RenewalStatus::Due
        }
        (Renewal::Open, _) => RenewalStatus::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn an_annual_value_is_that_of_365_days() {
        let annual = |amount: &str, starts_on: &str, ends_on: &str| {
            let value = Money::parse(amount, Currency::parse("EUR").unwrap()).unwrap();
            annual_value(value, day(starts_on), day(ends_on)).map(Money::amount)
        };
        assert_eq!(annual("12000", "2026-01-01", "2026-12-31").as_deref(), Some("12000.00"));
        assert_eq!(annual("12000", "2028-01-01", "2028-12-31").as_deref(), Some("11967.21"));
        assert_eq!(annual("10", "2026-01-01", "2026-01-01").as_deref(), Some("3650.00"));
        assert_eq!(annual("10", "2026-01-02", "2026-01-01"), None);
    }

    #[test]
    fn days_are_left_until_the_last_day_is_over() {
        for (ends_on, left) in [("2026-11-30", 0), ("2026-11-29", -1), ("2026-12-30", 30), ("2027-02-28", 90)] {
            assert_eq!(days_left(day(ends_on), day("2026-11-30")), left);
        }
    }

    #[test]
    fn a_renewal_is_due_from_90_days_before_the_end_or_from_the_time_of_notice() {
        let of = |left, notice| renewal_status(Renewal::Open, left, notice);
        assert_eq!(of(Some(91), None), RenewalStatus::None);
        assert_eq!(of(Some(90), Some(30)), RenewalStatus::Due);
        assert_eq!(of(Some(120), Some(120)), RenewalStatus::Due);
        assert_eq!(of(Some(-5), None), RenewalStatus::Due);
        assert_eq!(of(None, Some(120)), RenewalStatus::None);
        assert_eq!(renewal_status(Renewal::Committed, Some(3), None), RenewalStatus::Committed);
    }
}
