//! Periods where clocks change, years end and days are missing.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use proptest::prelude::*;

use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn calendar(zone: &str, week_start: WeekStart) -> Calendar {
    Calendar { zone: Zone::parse(zone).unwrap(), week_start }
}

/// The buckets of `days` in a zone, with weeks that begin on Monday.
fn buckets(zone: &str, granularity: Granularity, (from, to): (&str, &str)) -> Vec<Bucket> {
    calendar(zone, WeekStart::Monday).buckets(granularity, day(from)..day(to)).unwrap()
}

fn labels(buckets: &[Bucket]) -> Vec<&str> {
    buckets.iter().map(|bucket| bucket.label.as_str()).collect()
}

#[test]
fn days_are_as_long_as_the_clocks_make_them() {
    for (zone, of, start, end, hours) in [
        ("Europe/Berlin", "2026-10-25", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", 25),
        ("Europe/Berlin", "2027-03-28", "2027-03-27T23:00:00Z", "2027-03-28T22:00:00Z", 23),
        ("America/Santiago", "2027-09-05", "2027-09-05T04:00:00Z", "2027-09-06T03:00:00Z", 23),
        // Midnight comes twice, and the first one begins the day.
        ("America/Havana", "2024-11-03", "2024-11-03T04:00:00Z", "2024-11-04T05:00:00Z", 25),
        ("Asia/Kolkata", "2026-06-01", "2026-05-31T18:30:00Z", "2026-06-01T18:30:00Z", 24),
        ("UTC", "2026-06-01", "2026-06-01T00:00:00Z", "2026-06-02T00:00:00Z", 24),
    ] {
        let next = day(of).succ_opt().unwrap().to_string();
        let [bucket] = buckets(zone, Granularity::Day, (of, &next)).try_into().unwrap();
        assert_eq!((bucket.start, bucket.end), (time(start), time(end)), "{zone} {of}");
        assert_eq!(bucket.end - bucket.start, TimeDelta::hours(hours), "{zone} {of}");
        assert_eq!((bucket.label.as_str(), bucket.first_day, bucket.is_whole), (of, day(of), true));
    }
}

#[test]
fn hours_are_those_of_the_clock_and_a_day_has_as_many_as_the_clocks_make_it() {
    for (zone, of, count, first, last) in [
        ("Europe/Berlin", "2026-10-25", 25, "2026-10-25T00:00+02:00", "2026-10-25T23:00+01:00"),
        ("Europe/Berlin", "2027-03-28", 23, "2027-03-28T00:00+01:00", "2027-03-28T23:00+02:00"),
        // Its midnight does not exist.
        ("America/Santiago", "2027-09-05", 23, "2027-09-05T01:00-03:00", "2027-09-05T23:00-03:00"),
        ("Asia/Kolkata", "2026-06-01", 24, "2026-06-01T00:00+05:30", "2026-06-01T23:00+05:30"),
    ] {
        let next = day(of).succ_opt().unwrap().to_string();
        let hours = buckets(zone, Granularity::Hour, (of, &next));
        let [whole] = buckets(zone, Granularity::Day, (of, &next)).try_into().unwrap();
        assert_eq!((hours.len(), labels(&hours)[0], labels(&hours)[count - 1]), (count, first, last), "{zone} {of}");
        assert_eq!((hours[0].start, hours[count - 1].end), (whole.start, whole.end), "{zone} {of}");
        assert!(hours.windows(2).all(|two| two[0].end == two[1].start && two[0].label != two[1].label), "{hours:?}");
        let is_an_hour = |hour: &Bucket| hour.end - hour.start == TimeDelta::hours(1) && hour.first_day == day(of);
        assert!(hours.iter().all(is_an_hour), "{hours:?}");
    }
    // The clocks go back by half an hour: from 02:00 to 01:30.
    let hours = buckets("Australia/Lord_Howe", Granularity::Hour, ("2027-04-04", "2027-04-05"));
    assert_eq!(labels(&hours)[1..4], ["2027-04-04T01:00+11:00", "2027-04-04T01:30+10:30", "2027-04-04T02:00+10:30"]);
    assert_eq!(hours[2].end - hours[2].start, TimeDelta::minutes(30));
    let years = calendar("UTC", WeekStart::Monday).buckets(Granularity::Hour, day("2026-01-01")..day("2027-01-01"));
    assert_eq!(years, Err(PeriodError::TooMany));
}

#[test]
fn a_day_begins_where_the_gap_ends_in_which_its_midnight_lies() {
    // Clocks went from 23:30 to 00:30.
    let zone = Zone::parse("America/Toronto").unwrap();
    assert_eq!(zone.start_of_day(day("1919-03-31")), Some(time("1919-03-31T04:30:00Z")));
}

#[test]
fn a_day_that_a_zone_skipped_has_no_instants() {
    let days = buckets("Pacific/Apia", Granularity::Day, ("2011-12-29", "2012-01-01"));
    assert_eq!(labels(&days), ["2011-12-29", "2011-12-30", "2011-12-31"]);
    assert_eq!((days[1].start, days[1].end), (time("2011-12-30T10:00:00Z"), time("2011-12-30T10:00:00Z")));
    assert_eq!(days[2].end - days[2].start, TimeDelta::hours(24));
}

#[test]
fn the_rules_of_time_zones_are_those_of_this_year() {
    // British Columbia kept its summer time in 2026, Alberta too.
    for (zone, start) in [("America/Vancouver", "2026-12-01T07:00:00Z"), ("America/Edmonton", "2026-12-01T06:00:00Z")] {
        assert_eq!(Zone::parse(zone).unwrap().start_of_day(day("2026-12-01")), Some(time(start)), "{zone}");
    }
}

#[test]
fn weeks_have_the_number_and_the_year_of_iso_8601() {
    let weeks = buckets("Europe/Berlin", Granularity::Week, ("2026-12-21", "2027-01-18"));
    assert_eq!(labels(&weeks), ["2026-W52", "2026-W53", "2027-W01", "2027-W02"]);
    let sunday = buckets("Europe/Berlin", Granularity::Week, ("2027-01-03", "2027-01-04"));
    assert_eq!((labels(&sunday), sunday[0].first_day), (vec!["2026-W53"], day("2026-12-28")));
}

#[test]
fn weeks_begin_where_people_say_they_do() {
    for (week_start, first_day, label) in [
        (WeekStart::Monday, "2026-12-28", "2026-W53"),
        (WeekStart::Saturday, "2027-01-02", "2027-W01"),
        (WeekStart::Sunday, "2027-01-03", "2027-W01"),
    ] {
        let days = day("2027-01-03")..day("2027-01-04");
        let [week] =
            calendar("America/New_York", week_start).buckets(Granularity::Week, days).unwrap().try_into().unwrap();
        assert_eq!((week.first_day, week.label.as_str()), (day(first_day), label), "{week_start:?}");
        assert!(!week.is_whole);
    }
}

#[test]
fn months_quarters_and_years_follow_the_calendar() {
    let months = buckets("Asia/Kolkata", Granularity::Month, ("2026-01-01", "2026-04-01"));
    assert_eq!(labels(&months), ["2026-01", "2026-02", "2026-03"]);
    assert_eq!((months[1].start, months[1].end), (time("2026-01-31T18:30:00Z"), time("2026-02-28T18:30:00Z")));
    let quarters = buckets("Europe/Berlin", Granularity::Quarter, ("2026-01-01", "2027-01-01"));
    assert_eq!(labels(&quarters), ["2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"]);
    // From winter time into summer time.
    assert_eq!((quarters[1].start, quarters[1].end), (time("2026-03-31T22:00:00Z"), time("2026-06-30T22:00:00Z")));
    let years = buckets("Europe/Berlin", Granularity::Year, ("2024-01-01", "2026-01-01"));
    assert_eq!(labels(&years), ["2024", "2025"]);
    assert_eq!(years[0].end - years[0].start, TimeDelta::days(366));
}

#[test]
fn what_is_asked_for_of_a_period_may_be_a_part() {
    let quarters = buckets("UTC", Granularity::Quarter, ("2026-02-15", "2026-07-02"));
    let bounds: Vec<_> = quarters.iter().map(|quarter| (quarter.start, quarter.end, quarter.is_whole)).collect();
    let expected = [
        (time("2026-02-15T00:00:00Z"), time("2026-04-01T00:00:00Z"), false),
        (time("2026-04-01T00:00:00Z"), time("2026-07-01T00:00:00Z"), true),
        (time("2026-07-01T00:00:00Z"), time("2026-07-02T00:00:00Z"), false),
    ];
    assert_eq!(bounds, expected);
    assert_eq!(quarters[0].first_day, day("2026-01-01"));
    assert!(buckets("UTC", Granularity::Day, ("2026-02-15", "2026-02-15")).is_empty());
}

#[test]
fn a_time_that_cannot_be_divided_says_why() {
    let calendar = calendar("UTC", WeekStart::Monday);
    let divide =
        |granularity, from: &str, to: &str| calendar.buckets(granularity, day(from)..day(to)).map(|all| all.len());
    assert_eq!(divide(Granularity::Day, "2026-01-01", "2030-02-09"), Ok(MOST_BUCKETS));
    assert_eq!(divide(Granularity::Day, "2026-01-01", "2030-02-10"), Err(PeriodError::TooMany));
    assert_eq!(divide(Granularity::Day, "2026-01-02", "2026-01-01"), Err(PeriodError::Backwards));
    assert_eq!(divide(Granularity::Year, "9989-01-01", "9998-12-31"), Ok(10));
    assert_eq!(divide(Granularity::Year, "9998-01-01", "9999-01-01"), Err(PeriodError::OutOfRange));
    assert_eq!(divide(Granularity::Year, "-0001-01-01", "2026-01-01"), Err(PeriodError::OutOfRange));
}

#[test]
fn zones_are_known_by_their_names_alone() {
    assert_eq!(Zone::parse("europe/berlin").unwrap().name(), "Europe/Berlin");
    assert_eq!(Zone::parse("UTC").unwrap().name(), "UTC");
    for wrong in
        ["", "+02:00", "UTC+2", "GMT+02:00", "CEST", "Mars/Olympus", "Etc/Unknown", "CET-1CEST", "../etc/passwd"]
    {
        let refusal = Zone::parse(wrong).unwrap_err();
        assert_eq!(refusal.nearest(), None, "{wrong}");
        assert!(refusal.to_string().contains("such as Europe/Berlin"), "{wrong}: {refusal}");
    }
}

#[test]
fn who_misspells_a_zone_is_told_its_name() {
    for (given, meant) in [
        ("Europe/Berln", "Europe/Berlin"),
        ("Berlin", "Europe/Berlin"),
        ("Europe/Kolkata", "Asia/Kolkata"),
        ("new york", "America/New_York"),
        ("Australia/Lord Howe", "Australia/Lord_Howe"),
    ] {
        let refusal = Zone::parse(given).unwrap_err();
        assert_eq!(refusal.nearest(), Some(meant), "{given}");
        assert_eq!(refusal.to_string(), format!("There is no time zone of this name; did you mean {meant}?"));
    }
    assert_eq!(Zone::parse(&"x".repeat(1_000_000)).unwrap_err().nearest(), None);
}

/// Zones with rules of all kinds: none, hours, half an hour, midnights that are missing or come twice, the other half of the year.
const ZONES: [&str; 9] = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Santiago",
    "America/Havana",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Pacific/Apia",
];

fn granularities() -> impl Strategy<Value = Granularity> {
    use Granularity::{Day, Month, Quarter, Week, Year};
    prop::sample::select(vec![Day, Week, Month, Quarter, Year])
}

fn week_starts() -> impl Strategy<Value = WeekStart> {
    prop::sample::select(vec![WeekStart::Monday, WeekStart::Saturday, WeekStart::Sunday])
}

proptest! {
    #[test]
    fn each_instant_lies_in_the_one_bucket_of_its_day(
        zone in prop::sample::select(ZONES.to_vec()),
        granularity in granularities(),
        week_start in week_starts(),
        from in 0_u64..20_000,
        length in 1_u64..400,
        instants in prop::collection::vec(0.0..1.0, 20),
    ) {
        let calendar = calendar(zone, week_start);
        let from = day("1990-01-01") + chrono::Days::new(from);
        let days = from..from + chrono::Days::new(length);
        let all = calendar.instants(&days).unwrap();
        let buckets = calendar.buckets(granularity, days).unwrap();
        prop_assert_eq!(buckets.first().map(|bucket| bucket.start), Some(all.start));
        prop_assert_eq!(buckets.last().map(|bucket| bucket.end), Some(all.end));
        prop_assert!(buckets.windows(2).all(|pair| pair[0].end == pair[1].start && pair[0].first_day < pair[1].first_day));
        for part in instants {
            let seconds = (all.end - all.start).num_seconds() as f64 * part;
            let instant = all.start + TimeDelta::seconds(seconds as i64);
            let holding: Vec<_> =
                buckets.iter().filter(|bucket| bucket.start <= instant && instant < bucket.end).collect();
            let first_day = granularity.start(calendar.zone.day_of(instant).unwrap(), week_start).unwrap();
            prop_assert_eq!(holding.len(), 1);
            prop_assert_eq!(holding[0].first_day, first_day);
        }
    }
}
