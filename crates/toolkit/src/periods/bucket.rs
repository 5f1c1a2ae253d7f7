//! The periods of a time.

use std::ops::Range;

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Timelike, Utc};

use super::{Granularity, WeekStart, Zone};

/// The most periods into which a time is divided: each is a row of the statement that counts.
pub const MOST_BUCKETS: usize = 1_500;

/// A period, and the instants of it that are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bucket {
    /// The name, see [`Granularity::label`]; of an hour its start, such as `2026-03-14T09:00+01:00`.
    pub label: String,
    /// The first day of the whole period.
    pub first_day: NaiveDate,
    /// The first instant of what is asked for of it.
    pub start: DateTime<Utc>,
    /// The first instant after it. A day that a time zone skipped has none between both.
    pub end: DateTime<Utc>,
    /// True if all of the period is asked for.
    pub is_whole: bool,
}

/// The error for a time that cannot be divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PeriodError {
    /// The end lies before the beginning.
    #[error("Give an end that is not before the start.")]
    Backwards,
    /// The time has too many periods.
    #[error("At most {MOST_BUCKETS} periods are shown at a time; ask for a shorter time range or for longer periods.")]
    TooMany,
    /// The time has years that cannot be kept.
    #[error("Give days in the years 0001 to 9998.")]
    OutOfRange,
}

/// The calendar of people at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// Their time zone.
    pub zone: Zone,
    /// The first day of their week.
    pub week_start: WeekStart,
}

impl Calendar {
    /// Returns the instants of `days`, whose end is the first day that is not among them.
    ///
    /// # Errors
    /// [`PeriodError::Backwards`] or [`PeriodError::OutOfRange`].
    pub fn instants(&self, days: &Range<NaiveDate>) -> Result<Range<DateTime<Utc>>, PeriodError> {
        if days.end < days.start {
            return Err(PeriodError::Backwards);
        }
        Ok(self.start_of(days.start)?..self.start_of(days.end)?)
    }

    /// Divides `days`, whose end is the first day that is not among them, in order and without gaps: what is counted in all
    /// buckets together is what is counted in the time. The first and the last may be parts of periods.
    ///
    /// # Errors
    /// [`PeriodError`].
    pub fn buckets(&self, granularity: Granularity, days: Range<NaiveDate>) -> Result<Vec<Bucket>, PeriodError> {
        let all = self.instants(&days)?;
        if granularity == Granularity::Hour {
            return self.hours(all);
        }
        let mut buckets = Vec::new();
        let mut first_day = granularity.start(days.start, self.week_start).ok_or(PeriodError::OutOfRange)?;
        let mut start = all.start;
        while first_day < days.end {
            if buckets.len() == MOST_BUCKETS {
                return Err(PeriodError::TooMany);
            }
            let next_day = granularity.next(first_day).ok_or(PeriodError::OutOfRange)?;
            let end = if next_day < days.end { self.start_of(next_day)? } else { all.end };
            let is_whole = days.start <= first_day && next_day <= days.end;
            buckets.push(Bucket { label: granularity.label(first_day), first_day, start, end, is_whole });
            (first_day, start) = (next_day, end);
        }
        Ok(buckets)
    }

    /// Divides whole days into hours. Where the clock is put back an hour comes twice, and its name has two offsets.
    fn hours(&self, days: Range<DateTime<Utc>>) -> Result<Vec<Bucket>, PeriodError> {
        let mut buckets = Vec::new();
        let mut start = days.start;
        while start < days.end {
            if buckets.len() == MOST_BUCKETS {
                return Err(PeriodError::TooMany);
            }
            let local = self.zone.local(start).ok_or(PeriodError::OutOfRange)?;
            let passed = TimeDelta::minutes(local.minute().into()) + TimeDelta::seconds(local.second().into());
            let end = days.end.min(start + TimeDelta::hours(1) - passed);
            let label = local.format("%Y-%m-%dT%H:%M%:z").to_string();
            buckets.push(Bucket { label, first_day: local.date_naive(), start, end, is_whole: true });
            start = end;
        }
        Ok(buckets)
    }

    fn start_of(&self, day: NaiveDate) -> Result<DateTime<Utc>, PeriodError> {
        let start = self.zone.start_of_day(day).filter(|start| (1..=9998).contains(&start.year()));
        start.ok_or(PeriodError::OutOfRange)
    }
}
