//! Time zones by their names in the IANA database.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Timelike, Utc};
use jiff::{
    Timestamp, civil,
    tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase},
};

/// A time zone of the IANA database. The database comes with the program: all copies know the same rules, whatever the
/// machine has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(TimeZone);

/// The error for a name that no time zone has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", refusal(.nearest.as_deref()))]
pub struct UnknownZone {
    nearest: Option<String>,
}

impl UnknownZone {
    fn of(name: &str) -> Self {
        Self { nearest: nearest(name) }
    }

    /// Returns the name that is nearly the given one; `None` if none is.
    pub fn nearest(&self) -> Option<&str> {
        self.nearest.as_deref()
    }
}

fn refusal(nearest: Option<&str>) -> String {
    match nearest {
        Some(name) => format!("There is no time zone of this name; did you mean {name}?"),
        None => {
            "Give the name of a time zone, such as Europe/Berlin. Offsets and abbreviations such as CEST are not accepted, for they do not say when clocks change."
                .to_owned()
        }
    }
}

impl Zone {
    /// Returns the zone with this name, in whatever case.
    ///
    /// # Errors
    /// [`UnknownZone`] when there is none, also for offsets.
    pub fn parse(name: &str) -> Result<Self, UnknownZone> {
        let zone = TimeZoneDatabase::bundled().get(name).map_err(|_| UnknownZone::of(name))?;
        if zone.is_unknown() || zone.iana_name().is_none() { Err(UnknownZone::of(name)) } else { Ok(Self(zone)) }
    }

    /// Returns UTC.
    pub fn utc() -> Self {
        Self(TimeZone::UTC)
    }

    /// Returns the name, such as `Europe/Berlin`.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// Returns the first instant of `day`: its first midnight, or the end of the gap in which midnight lies. A day that a
    /// zone skipped begins with the next one. `None` beyond the instants that can be told.
    pub fn start_of_day(&self, day: NaiveDate) -> Option<DateTime<Utc>> {
        self.first_at(day.and_time(NaiveTime::MIN))
    }

    /// Returns the first instant at which clocks show `time`, or the first one after the gap in which it lies. `None` beyond
    /// the instants that can be told.
    pub fn first_at(&self, time: NaiveDateTime) -> Option<DateTime<Utc>> {
        let time = civil_of(time)?;
        let instant = match self.0.to_ambiguous_timestamp(time).offset() {
            AmbiguousOffset::Unambiguous { offset } | AmbiguousOffset::Fold { before: offset, .. } => {
                offset.to_timestamp(time).ok()?
            }
            // The clocks changed after the instant at which it would have been this time by the new offset.
            AmbiguousOffset::Gap { after, .. } => self.0.following(after.to_timestamp(time).ok()?).next()?.timestamp(),
        };
        DateTime::from_timestamp(instant.as_second(), 0)
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

    pub(super) fn rules(&self) -> &TimeZone {
        &self.0
    }
}

/// Returns the time as jiff writes it, in whole seconds.
fn civil_of(time: NaiveDateTime) -> Option<civil::DateTime> {
    let small = |number: u32| i8::try_from(number).ok();
    let date = civil::Date::new(i16::try_from(time.year()).ok()?, small(time.month())?, small(time.day())?).ok()?;
    Some(date.at(small(time.hour())?, small(time.minute())?, small(time.second())?, 0))
}

/// Similarity from which on a name is taken for a misspelling of another.
const SIMILAR: f64 = 0.8;
/// Length of the longest text that is taken for the name of a time zone.
const LONGEST: usize = 64;

/// Returns the name of a time zone that is most like `given`, as a whole or by its city. The zones of `Etc` are no answer:
/// their signs mean the contrary of what people write.
fn nearest(given: &str) -> Option<String> {
    let given = given.trim().replace(' ', "_").to_lowercase();
    if given.len() > LONGEST {
        return None;
    }
    let of_whole = |name: &str| strsim::normalized_damerau_levenshtein(name, &given);
    let of_city = |name: &str| strsim::normalized_damerau_levenshtein(city(name), city(&given));
    let names = TimeZoneDatabase::bundled();
    let likeness = |name: &str| (of_city(name).max(of_whole(name)), of_whole(name));
    let all = names.available().map(|name| name.as_str().to_owned());
    let places = all.filter(|name| name.contains('/') && !name.starts_with("Etc/"));
    let scored = places.map(|name| (likeness(&name.to_lowercase()), name)).filter(|((score, _), _)| *score >= SIMILAR);
    scored
        .max_by(|((one, first), _), ((other, second), _)| one.total_cmp(other).then(first.total_cmp(second)))
        .map(|(_, name)| name)
}

fn city(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}
