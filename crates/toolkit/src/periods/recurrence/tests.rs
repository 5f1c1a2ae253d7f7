//! Times that come again, where clocks change and months are short.

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use proptest::prelude::*;

use super::*;

fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn zone(name: &str) -> Zone {
    Zone::parse(name).unwrap()
}

/// The first times after `after`.
fn times(recurrence: &str, zone_name: &str, after: &str, count: usize) -> Vec<DateTime<Utc>> {
    let (recurrence, zone) = (recurrence.parse::<Recurrence>().unwrap(), zone(zone_name));
    std::iter::successors(Some(time(after)), |last| recurrence.next(&zone, *last)).skip(1).take(count).collect()
}

fn come(recurrence: &str, zone_name: &str, after: &str, expected: &[&str]) {
    let expected: Vec<_> = expected.iter().map(|text| time(text)).collect();
    assert_eq!(times(recurrence, zone_name, after, expected.len()), expected, "{recurrence} in {zone_name}");
    // The way back finds the same times.
    let (recurrence, zone) = (recurrence.parse::<Recurrence>().unwrap(), zone(zone_name));
    for pair in expected.windows(2) {
        for later in [TimeDelta::zero(), TimeDelta::milliseconds(1), (pair[1] - pair[0]) / 2] {
            assert_eq!(recurrence.latest(&zone, pair[0] + later), Some(pair[0]), "{recurrence} in {zone_name}");
        }
    }
}

#[test]
fn a_time_of_day_is_that_of_the_clocks_before_and_after_they_change() {
    let days = ["2026-10-24T06:00:00Z", "2026-10-25T07:00:00Z", "2026-10-26T07:00:00Z"];
    come("0 8 * * *", "Europe/Berlin", "2026-10-24T00:00:00Z", &days);
    come("0 9 * * *", "Asia/Kolkata", "2026-10-24T12:00:00Z", &["2026-10-25T03:30:00Z", "2026-10-26T03:30:00Z"]);
}

#[test]
fn a_time_that_clocks_show_twice_comes_once_at_the_earlier_instant() {
    for (recurrence, zone, after, expected) in [
        ("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]),
        ("30 1 * * *", "America/New_York", "2026-10-31T12:00:00Z", ["2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"]),
        ("45 1 * * *", "Australia/Lord_Howe", "2027-04-03T12:00:00Z", ["2027-04-03T14:45:00Z", "2027-04-04T15:15:00Z"]),
    ] {
        come(recurrence, zone, after, &expected);
    }
    // Also for who asks between the two.
    assert_eq!(times("30 2 * * *", "Europe/Berlin", "2026-10-25T01:10:00Z", 1), [time("2026-10-26T01:30:00Z")]);
}

#[test]
fn a_time_that_clocks_skip_comes_at_the_first_instant_after_the_gap() {
    for (recurrence, zone, after, expected) in [
        ("30 2 * * *", "Europe/Berlin", "2027-03-27T12:00:00Z", ["2027-03-28T01:00:00Z", "2027-03-29T00:30:00Z"]),
        ("0 2 * * *", "America/New_York", "2027-03-13T12:00:00Z", ["2027-03-14T07:00:00Z", "2027-03-15T06:00:00Z"]),
        ("15 2 * * *", "Australia/Lord_Howe", "2026-10-03T12:00:00Z", ["2026-10-03T15:30:00Z", "2026-10-04T15:15:00Z"]),
        ("0 0 * * *", "America/Santiago", "2027-09-04T12:00:00Z", ["2027-09-05T04:00:00Z", "2027-09-06T03:00:00Z"]),
    ] {
        come(recurrence, zone, after, &expected);
    }
}

#[test]
fn what_runs_at_intervals_runs_through_both_halves_and_skips_the_gap() {
    let twice = ["2026-10-24T23:30:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:30:00Z"];
    come("30 * * * *", "Europe/Berlin", "2026-10-24T23:00:00Z", &twice);
    let skipped = ["2027-03-28T00:30:00Z", "2027-03-28T01:30:00Z", "2027-03-28T02:30:00Z"];
    come("30 * * * *", "Europe/Berlin", "2027-03-28T00:00:00Z", &skipped);
    // Half past one to half past two does not exist there, so that one of the quarters is left out.
    let quarters = ["2026-10-03T15:15:00Z", "2026-10-03T15:45:00Z", "2026-10-03T16:15:00Z"];
    come("15,45 1-3 * * *", "Australia/Lord_Howe", "2026-10-03T15:00:00Z", &quarters);
}

#[test]
fn a_day_that_a_month_does_not_have_is_its_last() {
    let months = ["2026-11-30", "2026-12-31", "2027-01-31", "2027-02-28", "2027-03-31"];
    let expected: Vec<_> = months.iter().map(|day| format!("{day}T09:00:00Z")).collect();
    let expected: Vec<_> = expected.iter().map(String::as_str).collect();
    come("@monthly 31 09:00", "UTC", "2026-11-01T00:00:00Z", &expected);
    come("@monthly 30 09:00", "UTC", "2027-02-01T00:00:00Z", &["2027-02-28T09:00:00Z", "2027-03-30T09:00:00Z"]);
    come("@monthly 29 09:00", "UTC", "2028-02-01T00:00:00Z", &["2028-02-29T09:00:00Z", "2028-03-29T09:00:00Z"]);
    let quarters = ["2027-01-31T08:00:00Z", "2027-04-30T07:00:00Z", "2027-07-31T07:00:00Z", "2027-10-31T08:00:00Z"];
    come("@quarterly 31 09:00", "Europe/Berlin", "2026-11-01T00:00:00Z", &quarters);
}

#[test]
fn a_month_begins_and_clocks_change_in_the_same_night() {
    // Both halves of half past one on the first of November, and the gap of the last of March.
    come(
        "@monthly 1 01:30",
        "America/New_York",
        "2026-10-15T00:00:00Z",
        &["2026-11-01T05:30:00Z", "2026-12-01T06:30:00Z"],
    );
    come(
        "@monthly 28 02:30",
        "Europe/Berlin",
        "2027-03-01T00:00:00Z",
        &["2027-03-28T01:00:00Z", "2027-04-28T00:30:00Z"],
    );
}

#[test]
fn a_recurrence_reads_back_what_it_wrote() {
    for text in ["0 9 * * 1-5", "@monthly 31 09:00", "@quarterly 1 00:30", "*/5 * * * *"] {
        assert_eq!(text.parse::<Recurrence>().unwrap().to_string(), text);
    }
    let at = NaiveTime::from_hms_opt(9, 0, 0).unwrap();
    assert_eq!(Recurrence::monthly(31, at).unwrap(), "@monthly 31 09:00".parse().unwrap());
    assert_eq!(Recurrence::quarterly(1, at).unwrap().to_string(), "@quarterly 1 09:00");
}

#[test]
fn what_tells_no_times_says_why() {
    use BadRecurrence::{Never, NoDay, Unreadable};
    for (text, why) in [
        ("", Unreadable),
        ("at nine", Unreadable),
        ("* * * * * *", Unreadable),
        ("60 * * * *", Unreadable),
        ("@monthly 31 9 o'clock", Unreadable),
        ("@monthly 1 25:00", Unreadable),
        ("@monthly 32 09:00", NoDay),
        ("@monthly last 09:00", NoDay),
        ("0 0 30 2 *", Never),
    ] {
        assert_eq!(text.parse::<Recurrence>(), Err(why), "{text}");
    }
    assert!("0 0 29 2 *".parse::<Recurrence>().is_ok());
}

const ZONES: [&str; 7] = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Santiago",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
];

const TIMES: [&str; 8] = [
    "30 2 * * *",
    "0 0 * * *",
    "15 1 * * 0",
    "30 * * * *",
    "*/20 1-3 * * *",
    "0 3 1 * *",
    "@monthly 31 02:30",
    "@quarterly 30 00:00",
];

proptest! {
    #[test]
    fn no_time_lies_between_one_and_the_next(
        zone_name in prop::sample::select(ZONES.to_vec()),
        text in prop::sample::select(TIMES.to_vec()),
        seconds in 0_i64..63_072_000,
    ) {
        let (zone, recurrence) = (zone(zone_name), text.parse::<Recurrence>().unwrap());
        let after = time("2026-01-01T00:00:00Z") + TimeDelta::seconds(seconds);
        let next = recurrence.next(&zone, after).unwrap();
        prop_assert!(next > after);
        prop_assert_eq!(recurrence.latest(&zone, next), Some(next));
        prop_assert!(recurrence.latest(&zone, next - TimeDelta::seconds(1)).unwrap() <= after);
    }
}
