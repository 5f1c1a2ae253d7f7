//! Times that come again and again.
//!
//! Clocks change, and the rule is that of cron where it is at its best (Vixie's, as croner has it). What has one time a
//! day runs once on each day: at the first instant after the gap in which its time lies, and at the earlier of two instants
//! at which clocks show it. What runs at intervals runs through both halves of an hour that comes twice, and skips a gap.

#[cfg(test)]
mod tests;

use std::{fmt, str::FromStr};

use chrono::{DateTime, Datelike, Months, NaiveDate, NaiveTime, Timelike, Utc};
use croner::{
    Cron,
    parser::{CronParser, Seconds, Year},
};

use super::{Zone, moment::Moment};

/// Times that come again and again, on the clocks of a time zone. Kept as text: five fields of cron such as `0 9 * * 1-5`,
/// or `@monthly 31 09:00`, or `@quarterly 31 09:00`, where a day that a month does not have is its last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recurrence(Rule);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Rule {
    Cron(Box<Cron>),
    Months(Period, u8, NaiveTime),
}

/// How often a day of the month comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Period {
    Monthly,
    /// In January, April, July and October.
    Quarterly,
}

/// The error for a text that tells no times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadRecurrence {
    /// It cannot be read.
    #[error(
        "Give a cron expression of five fields (minute, hour, day of the month, month, weekday), such as `0 9 * * 1-5`."
    )]
    Unreadable,
    /// It can be read, but never comes.
    #[error("This time never comes; give a day that one of its months has.")]
    Never,
    /// It is no day of a month.
    #[error("Give a day of the month from 1 to 31; of shorter months it is the last day.")]
    NoDay,
}

impl Recurrence {
    /// Returns the times of a day that comes in each month, or on the last day of a month that does not have it.
    ///
    /// # Errors
    /// [`BadRecurrence::NoDay`] unless `day` is from 1 to 31.
    pub fn monthly(day: u8, at: NaiveTime) -> Result<Self, BadRecurrence> {
        Self::of_months(Period::Monthly, day, at)
    }

    /// Returns the times of a day in January, April, July and October, or of the last day of one that does not have it.
    ///
    /// # Errors
    /// [`BadRecurrence::NoDay`] unless `day` is from 1 to 31.
    pub fn quarterly(day: u8, at: NaiveTime) -> Result<Self, BadRecurrence> {
        Self::of_months(Period::Quarterly, day, at)
    }

    fn of_months(period: Period, day: u8, at: NaiveTime) -> Result<Self, BadRecurrence> {
        if (1..=31).contains(&day) { Ok(Self(Rule::Months(period, day, at))) } else { Err(BadRecurrence::NoDay) }
    }

    /// Returns the first time after `after`; `None` beyond the times that can be told.
    pub fn next(&self, zone: &Zone, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match &self.0 {
            Rule::Cron(cron) => cron.find_next_occurrence(&Moment::of(zone, after)?, false).ok()?.instant(),
            Rule::Months(period, day, at) => {
                let month = zone.day_of(after)?.with_day(1)?;
                let months = (0..=3).filter_map(|count| month.checked_add_months(Months::new(count)));
                period.among(months, *day).find_map(|day| zone.first_at(day.and_time(*at)).filter(|time| *time > after))
            }
        }
    }

    /// Returns the last time that is not after `now`; `None` beyond the times that can be told.
    pub fn latest(&self, zone: &Zone, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match &self.0 {
            Rule::Cron(cron) => cron.find_previous_occurrence(&Moment::of(zone, now)?, true).ok()?.instant(),
            Rule::Months(period, day, at) => {
                let month = zone.day_of(now)?.with_day(1)?;
                let months = (0..=3).filter_map(|count| month.checked_sub_months(Months::new(count)));
                period.among(months, *day).find_map(|day| zone.first_at(day.and_time(*at)).filter(|time| *time <= now))
            }
        }
    }
}

impl Period {
    fn word(self) -> &'static str {
        match self {
            Self::Monthly => "@monthly",
            Self::Quarterly => "@quarterly",
        }
    }

    /// Returns the days of those `months`, given by their first days, that belong to the period.
    fn among(self, months: impl Iterator<Item = NaiveDate>, day: u8) -> impl Iterator<Item = NaiveDate> {
        let is_in = move |month: &NaiveDate| self == Self::Monthly || month.month0().is_multiple_of(3);
        months.filter(is_in).filter_map(move |month| month.with_day(day.min(month.num_days_in_month()).into()))
    }
}

impl FromStr for Recurrence {
    type Err = BadRecurrence;

    fn from_str(text: &str) -> Result<Self, BadRecurrence> {
        let words: Vec<_> = text.split_whitespace().collect();
        for period in [Period::Monthly, Period::Quarterly] {
            if let [word, day, at] = words[..]
                && word == period.word()
            {
                let at = NaiveTime::parse_from_str(at, "%H:%M").map_err(|_| BadRecurrence::Unreadable)?;
                return Self::of_months(period, day.parse().map_err(|_| BadRecurrence::NoDay)?, at);
            }
        }
        let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
        let cron = parser.parse(text).map_err(|_| BadRecurrence::Unreadable)?;
        let this = Self(Rule::Cron(Box::new(cron)));
        // The calendar comes round again after 28 years.
        this.next(&Zone::utc(), DateTime::UNIX_EPOCH).ok_or(BadRecurrence::Never)?;
        Ok(this)
    }
}

impl fmt::Display for Recurrence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Rule::Cron(cron) => f.write_str(cron.as_str()),
            Rule::Months(period, day, at) => {
                write!(f, "{} {day} {:02}:{:02}", period.word(), at.hour(), at.minute())
            }
        }
    }
}
