//! New York time, and detection of the clock used in a list of filings.
//!
//! All times in `acceptanceDateTime` end in `Z`. For most companies they are UTC; for others they are New York time
//! with a `Z` appended (such as Tesla). The convention depends on the company, so it is decided for a whole list, by
//! times that are impossible within EDGAR's hours.

use std::sync::LazyLock;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};

use rapport_toolkit::periods::Zone;

#[expect(clippy::expect_used, reason = "a test reads the zone")]
static NEW_YORK: LazyLock<Zone> = LazyLock::new(|| Zone::parse("America/New_York").expect("New York is a time zone"));

/// A time in a list, with the data to judge it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stamp {
    /// The filed form.
    pub(super) form: String,
    /// The filing date.
    pub(super) filed_on: NaiveDate,
    /// The time as written, with `Z`.
    pub(super) written: NaiveDateTime,
}

/// A clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clock {
    Utc,
    NewYork,
}

impl Clock {
    /// Returns the clock that contradicts EDGAR's rules less often; UTC in doubt.
    pub(super) fn of(stamps: &[Stamp]) -> Self {
        let wrong_in_utc = stamps.iter().filter(|stamp| is_impossible(stamp, in_new_york(stamp.written))).count();
        let wrong_in_new_york = stamps.iter().filter(|stamp| is_impossible(stamp, stamp.written)).count();
        if wrong_in_new_york < wrong_in_utc { Self::NewYork } else { Self::Utc }
    }

    /// Converts a time of this clock to UTC.
    pub(super) fn read(self, written: NaiveDateTime) -> DateTime<Utc> {
        match self {
            Self::Utc => written.and_utc(),
            Self::NewYork => from_new_york(written),
        }
    }
}

/// Returns true if EDGAR cannot have accepted this at `time` in New York. It accepts from 6 to 22 o'clock; submissions
/// after 17:30 count as filed on the next working day, except reports of insiders (Regulation S-T, rules 12 and 13).
fn is_impossible(stamp: &Stamp, time: NaiveDateTime) -> bool {
    let form = stamp.form.trim_end_matches("/A");
    let is_of_insiders = matches!(form, "3" | "4" | "5" | "144");
    if !is_of_insiders && !matches!(form, "8-K" | "10-K" | "10-Q") {
        // Others come by other ways, some on paper.
        return false;
    }
    let (day, minutes) = (time.date(), (time.time() - NaiveTime::MIN).num_minutes());
    if !(6 * 60..=22 * 60).contains(&minutes) {
        return true;
    }
    let is_late = minutes > 17 * 60 + 30 && !is_of_insiders;
    if is_late { stamp.filed_on <= day } else { stamp.filed_on != day }
}

/// Returns the start of a day in New York.
pub(super) fn start_of(day: NaiveDate) -> DateTime<Utc> {
    from_new_york(day.and_time(NaiveTime::MIN))
}

/// Converts New York time to UTC, in seconds; for an ambiguous hour the first one.
pub(super) fn from_new_york(time: NaiveDateTime) -> DateTime<Utc> {
    NEW_YORK.first_at(time).unwrap_or_else(|| time.and_utc())
}

fn in_new_york(utc: NaiveDateTime) -> NaiveDateTime {
    NEW_YORK.local(utc.and_utc()).map_or(utc, |time| time.naive_local())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> NaiveDateTime {
        text.parse().unwrap()
    }

    fn stamp(form: &str, filed_on: &str, written: &str) -> Stamp {
        Stamp { form: form.to_owned(), filed_on: filed_on.parse().unwrap(), written: at(written) }
    }

    #[test]
    fn new_york_has_summer_time_by_the_rules_of_the_year() {
        for (local, utc) in [
            ("2022-10-19T17:15:46", "2022-10-19T21:15:46"),
            ("2022-12-19T17:14:45", "2022-12-19T22:14:45"),
            ("2024-03-10T01:59:59", "2024-03-10T06:59:59"),
            ("2024-03-10T03:00:00", "2024-03-10T07:00:00"),
            ("2024-11-03T00:59:59", "2024-11-03T04:59:59"),
            ("2024-11-03T02:00:00", "2024-11-03T07:00:00"),
            ("2005-03-20T12:00:00", "2005-03-20T17:00:00"),
            ("2005-10-30T00:00:00", "2005-10-30T04:00:00"),
            ("2006-10-29T12:00:00", "2006-10-29T17:00:00"),
        ] {
            assert_eq!(from_new_york(at(local)).naive_utc(), at(utc), "{local}");
            assert_eq!(in_new_york(at(utc)), at(local), "{utc}");
        }
    }

    #[test]
    fn a_report_before_edgar_opens_was_written_by_the_other_clock() {
        assert_eq!(Clock::of(&[stamp("8-K", "2022-10-03", "2022-10-03T06:05:40")]), Clock::NewYork);
        assert_eq!(Clock::of(&[stamp("4", "2025-01-07", "2025-01-08T00:30:00")]), Clock::Utc);
    }

    #[test]
    fn a_report_of_the_evening_counts_for_the_next_day() {
        assert_eq!(Clock::of(&[stamp("8-K", "2021-03-15", "2021-03-12T20:11:19")]), Clock::NewYork);
        assert_eq!(Clock::of(&[stamp("8-K", "2024-05-02", "2024-05-02T20:11:19")]), Clock::Utc);
    }

    #[test]
    fn in_doubt_the_list_is_believed() {
        assert_eq!(Clock::of(&[]), Clock::Utc);
        assert_eq!(Clock::of(&[stamp("8-K", "2024-05-02", "2024-05-02T13:00:00")]), Clock::Utc);
        assert_eq!(Clock::of(&[stamp("CT ORDER", "2019-02-25", "2019-02-24T03:01:02")]), Clock::Utc);
    }

    #[test]
    fn one_row_that_is_wrong_by_itself_does_not_outvote_the_others() {
        let evening = || stamp("8-K", "2024-05-02", "2024-05-02T20:11:19");
        let odd = stamp("10-K", "2024-02-01", "2024-02-01T06:30:00");
        assert_eq!(Clock::of(&[evening(), evening(), odd]), Clock::Utc);
    }
}
