//! Time zones by their names in the IANA database.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, Utc};
use jiff::{
    Timestamp,
    civil::Date,
    tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase},
};

/// A time zone of the IANA database. The database comes with the program: all copies know the same rules, whatever the
/// machine has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(TimeZone);

/// The error for a name that no time zone has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "Give the name of a time zone, such as Europe/Berlin; offsets are not accepted, because they change with the seasons."
)]
pub struct UnknownZone;

impl Zone {
    /// Returns the zone with this name, in whatever case.
    ///
    /// # Errors
    /// [`UnknownZone`] when there is none, also for offsets.
    pub fn parse(name: &str) -> Result<Self, UnknownZone> {
        let zone = TimeZoneDatabase::bundled().get(name).map_err(|_| UnknownZone)?;
        if zone.is_unknown() || zone.iana_name().is_none() { Err(UnknownZone) } else { Ok(Self(zone)) }
    }

    /// Returns the name, such as `Europe/Berlin`.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// Returns the first instant of `day`: its first midnight, or the end of the gap in which midnight lies. A day that a
    /// zone skipped begins with the next one. `None` beyond the instants that can be told.
    pub fn start_of_day(&self, day: NaiveDate) -> Option<DateTime<Utc>> {
        let (month, day_of_month) = (i8::try_from(day.month()).ok()?, i8::try_from(day.day()).ok()?);
        let midnight = Date::new(i16::try_from(day.year()).ok()?, month, day_of_month).ok()?.at(0, 0, 0, 0);
        let start = match self.0.to_ambiguous_timestamp(midnight).offset() {
            AmbiguousOffset::Unambiguous { offset } | AmbiguousOffset::Fold { before: offset, .. } => {
                offset.to_timestamp(midnight).ok()?
            }
            // The clocks changed after the instant at which midnight would have been by the new time.
            AmbiguousOffset::Gap { after, .. } => {
                self.0.following(after.to_timestamp(midnight).ok()?).next()?.timestamp()
            }
        };
        DateTime::from_timestamp(start.as_second(), 0)
    }

    /// Returns the day at `time`; `None` beyond the instants that can be told.
    pub fn day_of(&self, time: DateTime<Utc>) -> Option<NaiveDate> {
        Some(self.local(time)?.date_naive())
    }

    /// Returns `time` as clocks show it; `None` beyond the instants that can be told.
    pub fn local(&self, time: DateTime<Utc>) -> Option<DateTime<FixedOffset>> {
        let offset = self.0.to_offset(Timestamp::from_second(time.timestamp()).ok()?);
        let offset = FixedOffset::east_opt(offset.seconds())?;
        time.naive_utc().checked_add_offset(offset)?;
        Some(time.with_timezone(&offset))
    }
}
