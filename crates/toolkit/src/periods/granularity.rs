//! Lengths of periods in the calendar.

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};

/// The length of the periods into which a time is divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Granularity {
    /// An hour of the clock; shorter where the clock is put on or back by less than an hour.
    Hour,
    /// A day.
    Day,
    /// Seven days from the first day of the week.
    Week,
    /// A month of the calendar.
    Month,
    /// Three months, from January, April, July or October.
    Quarter,
    /// A year of the calendar.
    Year,
}

/// The first day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum WeekStart {
    /// As ISO 8601 has it.
    #[default]
    Monday,
    /// As in much of Northern Africa and the Middle East.
    Saturday,
    /// As in America.
    Sunday,
}

impl WeekStart {
    fn weekday(self) -> Weekday {
        match self {
            Self::Monday => Weekday::Mon,
            Self::Saturday => Weekday::Sat,
            Self::Sunday => Weekday::Sun,
        }
    }
}

impl Granularity {
    /// Returns the first day of the period in which `day` lies; `None` beyond all days that can be told.
    pub fn start(self, day: NaiveDate, week_start: WeekStart) -> Option<NaiveDate> {
        match self {
            Self::Hour | Self::Day => Some(day),
            Self::Week => {
                let passed = day.weekday().days_since(week_start.weekday());
                day.checked_sub_days(Days::new(passed.into()))
            }
            Self::Month => day.with_day(1),
            Self::Quarter => day.with_day(1)?.with_month(1 + day.month0() / 3 * 3),
            Self::Year => day.with_day(1)?.with_month(1),
        }
    }

    /// Returns the first day of the period after the one that begins with `start`; of an hour the next day.
    pub(super) fn next(self, start: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::Hour | Self::Day => start.checked_add_days(Days::new(1)),
            Self::Week => start.checked_add_days(Days::new(7)),
            Self::Month => start.checked_add_months(Months::new(1)),
            Self::Quarter => start.checked_add_months(Months::new(3)),
            Self::Year => start.checked_add_months(Months::new(12)),
        }
    }

    /// Returns the name of the period of days that begins with `start`: `2026-03-14`, `2026-W11`, `2026-03`, `2026-Q1` or `2026`. A
    /// week has the number and the year of ISO 8601; one that does not begin on a Monday has those of its Monday.
    pub fn label(self, start: NaiveDate) -> String {
        match self {
            Self::Hour | Self::Day => start.to_string(),
            Self::Week => {
                let to_monday = Weekday::Mon.days_since(start.weekday());
                let monday = start.checked_add_days(Days::new(to_monday.into())).unwrap_or(start);
                format!("{:04}-W{:02}", monday.iso_week().year(), monday.iso_week().week())
            }
            Self::Month => format!("{:04}-{:02}", start.year(), start.month()),
            Self::Quarter => format!("{:04}-Q{}", start.year(), 1 + start.month0() / 3),
            Self::Year => format!("{:04}", start.year()),
        }
    }
}
