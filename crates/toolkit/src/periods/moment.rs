//! Instants on the clocks of a time zone, for croner, whose own support is for another version of jiff.

use std::cmp::Ordering;

use chrono::{DateTime, Utc};
use croner::{CivilDate, CivilDateTime, CivilTime, CronDateTime, Resolution, Weekday, errors::CronError};
use jiff::{
    Timestamp, civil,
    tz::{AmbiguousOffset, Offset, TimeZone},
};

use super::Zone;

/// A second on the clocks of a time zone.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment<'z> {
    zone: &'z TimeZone,
    at: Timestamp,
}

impl<'z> Moment<'z> {
    /// Returns the second that `time` lies in; `None` beyond the instants that can be told.
    pub(super) fn of(zone: &'z Zone, time: DateTime<Utc>) -> Option<Self> {
        Some(Self { zone: zone.rules(), at: Timestamp::from_second(time.timestamp()).ok()? })
    }

    /// Returns the instant.
    pub(super) fn instant(self) -> Option<DateTime<Utc>> {
        DateTime::from_timestamp(self.at.as_second(), 0)
    }

    fn by(self, offset: Offset, time: civil::DateTime) -> Result<Self, CronError> {
        Ok(Self { at: offset.to_timestamp(time).map_err(|_| CronError::InvalidTime)?, ..self })
    }
}

impl CronDateTime for Moment<'_> {
    fn to_civil(&self) -> CivilDateTime {
        let time = self.zone.to_datetime(self.at);
        let number = |part: i8| u32::from(part.unsigned_abs());
        let date = CivilDate::from_parts_unchecked(time.year().into(), number(time.month()), number(time.day()));
        let time = CivilTime::from_parts_unchecked(number(time.hour()), number(time.minute()), number(time.second()));
        CivilDateTime::new(date, time)
    }

    fn civil_weekday(&self) -> Weekday {
        let days = self.zone.to_datetime(self.at).weekday().to_sunday_zero_offset();
        Weekday::from_days_from_sunday(days.unsigned_abs().into())
    }

    fn resolve_civil(&self, civil: CivilDateTime) -> Result<Resolution<Self>, CronError> {
        let time = written(civil).ok_or(CronError::InvalidDate)?;
        Ok(match self.zone.to_ambiguous_timestamp(time).offset() {
            AmbiguousOffset::Unambiguous { offset } => Resolution::Single(self.by(offset, time)?),
            AmbiguousOffset::Fold { before, after } => {
                Resolution::Ambiguous(self.by(before, time)?, self.by(after, time)?)
            }
            AmbiguousOffset::Gap { .. } => Resolution::Gap,
        })
    }

    fn checked_add_seconds(&self, seconds: i64) -> Option<Self> {
        let second = self.at.as_second().checked_add(seconds)?;
        Some(Self { at: Timestamp::from_second(second).ok()?, ..*self })
    }

    fn cmp_instant(&self, other: &Self) -> Ordering {
        self.at.cmp(&other.at)
    }
}

fn written(civil: CivilDateTime) -> Option<civil::DateTime> {
    let small = |number: u32| i8::try_from(number).ok();
    let year = i16::try_from(civil.year()).ok()?;
    let date = civil::Date::new(year, small(civil.month())?, small(civil.day())?).ok()?;
    Some(date.at(small(civil.hour())?, small(civil.minute())?, small(civil.second())?, 0))
}
