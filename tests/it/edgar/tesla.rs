//! The SEC's real list of Tesla's filings, as it was in December 2022.

use std::io::Read as _;

use chrono::{TimeZone, Utc};
use flate2::read::GzDecoder;
use rapport::clients::edgar::CurrentReports;
use serde_json::json;

use super::{Copy, day};
use crate::support::{TestDb, edgar::Edgar};

pub const TESLA: u64 = 1_318_605;
const LIST: &str = "/submissions/CIK0001318605.json";
const OLDER: &str = "/submissions/CIK0001318605-submissions-001.json";

/// The list.
pub fn list() -> String {
    let mut text = String::new();
    let packed = include_bytes!("../../data/edgar/CIK0001318605.json.gz");
    GzDecoder::new(packed.as_slice()).read_to_string(&mut text).unwrap();
    text
}

/// Two filings of before, made up in the form of the SEC.
fn older() -> String {
    json!({
        "accessionNumber": ["0001193125-13-427630", "0001193125-05-000001"],
        "filingDate": ["2013-11-05", "2005-02-17"],
        "reportDate": ["2013-11-05", ""],
        "acceptanceDateTime": ["2013-11-05T16:05:31.000Z", "2005-02-17T00:00:00.000Z"],
        "form": ["8-K", "REGDEX"],
        "items": ["2.02,9.01", ""],
        "primaryDocument": ["d623013d8k.htm", ""],
    })
    .to_string()
}

async fn read(since: &str) -> (CurrentReports, Vec<String>) {
    let (sec, db) = (Edgar::start().await, TestDb::new().await);
    sec.put(LIST, list());
    sec.put(OLDER, older());
    let reports = Copy::new(&sec, &db).await.reports(TESLA, since).await.unwrap();
    (reports, sec.paths())
}

#[tokio::test]
async fn all_164_current_reports_are_listed_newest_first_with_items_and_dates() {
    let (tesla, _) = read("2013-12-11").await;
    assert_eq!((tesla.company.as_str(), tesla.problems.as_slice()), ("Tesla, Inc.", [].as_slice()));
    assert_eq!(tesla.reports.len(), 164);
    assert_eq!(tesla.reports.iter().filter(|report| report.is_amendment).count(), 1);
    assert!(tesla.reports.iter().all(|report| !report.items.is_empty() && report.report_date.is_some()));
    assert!(tesla.reports.is_sorted_by(|one, next| one.accepted_at >= next.accepted_at));
    let first = &tesla.reports[0];
    assert_eq!((first.accession.as_str(), first.is_amendment), ("0001564590-22-034639", false));
    assert_eq!((first.filed_on, first.report_date), (day("2022-10-19"), Some(day("2022-10-19"))));
    assert_eq!(first.items, ["2.02", "9.01"]);
    let path = "/Archives/edgar/data/1318605/000156459022034639/tsla-8k_20221019.htm";
    assert!(first.url.starts_with("http://127.0.0.1:") && first.url.ends_with(path), "{}", first.url);
}

#[tokio::test]
async fn the_times_are_read_as_the_clock_of_new_york_that_they_were_written_by() {
    let (tesla, _) = read("2022-10-19").await;
    // The list says 17:15:46 Z. At that time of the day the exchange was open, and Tesla reports after it has closed.
    assert_eq!(tesla.reports[0].accepted_at, Utc.with_ymd_and_hms(2022, 10, 19, 21, 15, 46).unwrap());
}

#[tokio::test]
async fn the_older_list_is_fetched_only_when_the_day_reaches_back_to_it() {
    assert_eq!(read("2013-12-11").await.1, [LIST]);
    let (tesla, paths) = read("2013-12-10").await;
    assert_eq!((paths, tesla.reports.len()), (vec![LIST.to_owned(), OLDER.to_owned()], 164));
    let (tesla, _) = read("2010-01-01").await;
    assert_eq!(tesla.reports.len(), 165);
    assert_eq!(tesla.reports.last().unwrap().accepted_at, Utc.with_ymd_and_hms(2013, 11, 5, 21, 5, 31).unwrap());
}

#[tokio::test]
async fn only_what_was_filed_since_the_day_is_listed() {
    let (tesla, _) = read("2022-09-28").await;
    let days: Vec<_> = tesla.reports.iter().map(|report| report.filed_on.to_string()).collect();
    assert_eq!(days, ["2022-10-19", "2022-10-03", "2022-09-28"]);
}
