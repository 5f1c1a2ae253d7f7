//! Arithmetic of a token bucket (RFC 2697, section 3, with one color).

use chrono::{DateTime, Utc};

use crate::config::Allowance;

/// A point in the unit of levels, a millionth of a point: the amount restored per microsecond at a rate of one point
/// per second, so that all sums are integers.
pub(super) const POINT: i64 = 1_000_000;

/// The level of a bucket at a point in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bucket {
    /// Millionths of a point.
    pub level: i64,
    at: DateTime<Utc>,
}

impl Bucket {
    pub fn full(allowance: Allowance, now: DateTime<Utc>) -> Self {
        Self { level: capacity(allowance), at: now }
    }

    /// Returns the bucket at the present time. A clock that was set back restores nothing.
    pub fn restored(self, allowance: Allowance, now: DateTime<Utc>) -> Self {
        let elapsed = (now - self.at).num_microseconds().unwrap_or(i64::MAX).max(0);
        let restored = elapsed.saturating_mul(allowance.restore.into());
        Self { level: self.level.saturating_add(restored).min(capacity(allowance)), at: now }
    }

    /// Returns the bucket minus these points, or plus them if negative; `None` if it has too few.
    pub fn less(self, points: i64, allowance: Allowance) -> Option<Self> {
        let level = (self.level - points * POINT).min(capacity(allowance));
        (level >= 0).then_some(Self { level, ..self })
    }
}

fn capacity(allowance: Allowance) -> i64 {
    i64::from(allowance.points) * POINT
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    const ALLOWANCE: Allowance = Allowance { points: 100, restore: 10 };

    fn at(millis: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::milliseconds(millis)
    }

    fn full() -> Bucket {
        Bucket::full(ALLOWANCE, at(0))
    }

    fn empty() -> Bucket {
        full().less(100, ALLOWANCE).unwrap()
    }

    #[test]
    fn a_bucket_restores_by_its_rate_to_the_microsecond() {
        assert_eq!(empty().restored(ALLOWANCE, at(2500)).level, 25 * POINT);
        let later = at(0) + TimeDelta::microseconds(1);
        assert_eq!(empty().restored(ALLOWANCE, later).level, 10);
    }

    #[test]
    fn restoring_often_or_once_comes_to_the_same() {
        let often = (1..=77).fold(empty(), |bucket, n| bucket.restored(ALLOWANCE, at(n * 3)));
        assert_eq!(often, empty().restored(ALLOWANCE, at(77 * 3)));
    }

    #[test]
    fn a_bucket_is_never_more_than_full() {
        assert_eq!(empty().restored(ALLOWANCE, at(1_000_000)).level, 100 * POINT);
        assert_eq!(full().restored(ALLOWANCE, DateTime::<Utc>::MAX_UTC).level, 100 * POINT);
        assert_eq!(full().less(-5, ALLOWANCE).unwrap().level, 100 * POINT);
    }

    #[test]
    fn a_bucket_is_never_less_than_empty() {
        let almost = full().less(99, ALLOWANCE).unwrap();
        assert_eq!(almost.less(2, ALLOWANCE), None);
        assert_eq!(almost.less(1, ALLOWANCE), Some(empty()));
        assert_eq!(empty().less(1, ALLOWANCE), None);
    }

    #[test]
    fn what_is_given_back_can_be_taken_again() {
        let back = empty().less(-30, ALLOWANCE).unwrap();
        assert_eq!(back.less(30, ALLOWANCE), Some(empty()));
        assert_eq!(back.less(31, ALLOWANCE), None);
    }

    #[test]
    fn a_clock_that_was_put_back_restores_nothing() {
        assert_eq!(empty().restored(ALLOWANCE, at(-60_000)).level, 0);
    }

    #[test]
    fn a_bucket_that_was_made_smaller_holds_no_more_than_it_can() {
        let smaller = Allowance { points: 40, ..ALLOWANCE };
        assert_eq!(full().restored(smaller, at(0)).level, 40 * POINT);
    }
}
