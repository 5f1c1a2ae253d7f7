//! The bundled sample filings: whatever day it is, they read as their index says.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;
use std::time::Duration;

use chrono::{Datelike, Days, NaiveDate, TimeDelta, Weekday};
use serde::Deserialize;

use super::super::{FilingRef, original_of, repeats};
use super::*;
use rapport_clients::edgar::sample::SampleEdgar;
use rapport_clients::edgar::{Edgar, EdgarError, ReportEntry};
use rapport_clients::research::sample::SampleConfig;
use rapport_toolkit::ambient::{Ambient, Clock};

const FILINGS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/sample/filings");
const INDEX: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/sample/filings/index.json"));

/// A row of the index: what its filing reads as.
#[derive(Deserialize)]
struct Expected {
    accession: String,
    cik: u64,
    file: String,
    exhibits: Vec<Exhibit>,
    items: Vec<String>,
    is_amendment: bool,
    signals: Vec<ExpectedSignal>,
}

#[derive(Deserialize)]
struct Exhibit {
    kind: String,
    file: String,
}

#[derive(Deserialize)]
struct ExpectedSignal {
    kind: String,
    person: Option<String>,
}

struct On(DateTime<Utc>);

impl Clock for On {
    fn now(&self) -> DateTime<Utc> {
        self.0
    }
}

fn index() -> Vec<Expected> {
    serde_json::from_str(INDEX).unwrap()
}

fn edgar(now: DateTime<Utc>) -> SampleEdgar {
    delayed(now, Duration::ZERO)
}

fn delayed(now: DateTime<Utc>, delay: Duration) -> SampleEdgar {
    SampleEdgar::new(SampleConfig { delay }, Ambient::seeded(Arc::new(On(now)), 1)).unwrap()
}

/// A week, a leap day, and turns of the year, at all times of the day.
fn todays() -> Vec<DateTime<Utc>> {
    let days = (0..7).map(|day| NaiveDate::from_ymd_opt(2026, 11, 20).unwrap() + Days::new(day));
    let special = ["2028-02-29", "2026-12-31", "2027-01-01", "2027-01-04"].map(|day| day.parse::<NaiveDate>().unwrap());
    let at = |(number, day): (usize, NaiveDate)| {
        day.and_hms_opt(u32::try_from(number * 7 % 24).unwrap(), 0, 1).unwrap().and_utc()
    };
    days.chain(special).enumerate().map(at).collect()
}

/// Every filing on a day, by accession number.
async fn entries(edgar: &SampleEdgar) -> BTreeMap<String, ReportEntry> {
    let mut entries = BTreeMap::new();
    for cik in index().iter().map(|row| row.cik).collect::<BTreeSet<_>>() {
        let list = edgar.current_reports(cik, NaiveDate::MIN).await.unwrap();
        assert!(!list.company.is_empty() && list.problems.is_empty());
        assert!(list.reports.is_sorted_by(|a, b| a.filed_on >= b.filed_on), "newest first");
        entries.extend(list.reports.into_iter().map(|entry| (entry.accession.clone(), entry)));
    }
    entries
}

#[tokio::test]
async fn every_filing_reads_as_its_index_says_on_any_day() {
    for now in todays() {
        let edgar = edgar(now);
        let entries = entries(&edgar).await;
        assert_eq!(entries.len(), index().len());
        for row in index() {
            let entry = &entries[&row.accession];
            let document = edgar.report(entry).await.unwrap();
            assert!(!document.contains("{{") && !document.contains("}}"), "{document}");
            let filing = parse_filing(&document);
            let items: Vec<String> = filing.items.iter().map(|section| section.item.to_string()).collect();
            assert_eq!((&items, &entry.items), (&row.items, &row.items), "{} {now}", row.file);
            assert_eq!((filing.is_amendment, entry.is_amendment), (row.is_amendment, row.is_amendment), "{}", row.file);
            assert_eq!(filing.report_date, entry.report_date, "{} {now}", row.file);
            assert_eq!(filing.signed_on, Some(entry.filed_on), "{} {now}", row.file);
            let filed =
                Filed { company: None, accession: &entry.accession, url: &entry.url, filed_at: entry.accepted_at };
            let signals = signals_of(&filing, &filed, now);
            assert_proved(&filing, &signals);
            let found: Vec<_> = signals
                .iter()
                .map(|signal| (signal.kind.name().to_owned(), signal.person.as_ref().map(|person| person.name.clone())))
                .collect();
            let expected: Vec<_> = row.signals.into_iter().map(|signal| (signal.kind, signal.person)).collect();
            assert_eq!(found, expected, "{} {now}", row.file);
        }
    }
}

#[tokio::test]
async fn filings_are_of_working_days_before_now_and_after_what_they_report() {
    for now in todays() {
        for entry in entries(&edgar(now)).await.into_values() {
            assert!(!matches!(entry.filed_on.weekday(), Weekday::Sat | Weekday::Sun), "{entry:?}");
            assert!(entry.accepted_at < now && entry.accepted_at.date_naive() == entry.filed_on, "{entry:?}");
            assert!(entry.report_date.is_some_and(|day| day <= entry.filed_on), "{entry:?}");
            assert!(entry.url.starts_with("https://edgar.example/"), "{entry:?}");
        }
    }
}

#[tokio::test]
async fn the_companies_of_their_documents_are_those_of_the_list() {
    let edgar = edgar(filed_at());
    for entry in entries(&edgar).await.into_values() {
        let listed = edgar.current_reports(entry.cik, NaiveDate::MIN).await.unwrap().company;
        let company = parse_filing(&edgar.report(&entry).await.unwrap()).company.unwrap();
        assert_eq!(company.to_lowercase(), listed.to_lowercase());
    }
}

#[tokio::test]
async fn the_sample_shows_what_monitoring_can_find() {
    let edgar = edgar(filed_at());
    let today = filed_at().date_naive();
    let (recent, old): (Vec<_>, Vec<_>) =
        entries(&edgar).await.into_values().partition(|entry| entry.filed_on >= today - Days::new(90));
    assert!(recent.len() >= 14 && !old.is_empty());
    assert!(recent.iter().map(|entry| entry.cik).collect::<HashSet<_>>().len() >= 9);
    let index = index();
    let kinds: HashSet<_> = index.iter().flat_map(|row| &row.signals).map(|signal| signal.kind.as_str()).collect();
    for kind in [
        "EXECUTIVE_HIRE",
        "EXECUTIVE_DEPARTURE",
        "DIRECTOR_CHANGE",
        "ACQUISITION",
        "DIVESTITURE",
        "RESTRUCTURING",
        "CYBER_INCIDENT",
        "DEBT_OR_FINANCING",
        "RESULTS",
        "AUDITOR_CHANGE",
    ] {
        assert!(kinds.contains(kind), "{kind}");
    }
    assert!(index.iter().any(|row| row.items == ["5.02"] && row.signals.is_empty()), "pay alone is no signal");
    assert!(index.iter().any(|row| row.items == ["5.07"] && row.signals.is_empty()), "votes are no signal");
    assert!(index.iter().any(|row| row.file.ends_with(".txt")), "one document is plain text");
}

#[tokio::test]
async fn the_amendment_is_linked_to_its_original_and_adds_facts_to_it() {
    let edgar = edgar(filed_at());
    let entries = entries(&edgar).await;
    let amendment = entries.values().find(|entry| entry.is_amendment).unwrap();
    let list = edgar.current_reports(amendment.cik, NaiveDate::MIN).await.unwrap().reports;
    let refs: Vec<FilingRef> = list
        .iter()
        .map(|entry| FilingRef {
            accession: entry.accession.clone(),
            is_amendment: entry.is_amendment,
            report_date: entry.report_date,
            filed_at: entry.accepted_at,
            items: entry.items.iter().map(|item| Item::parse(item).unwrap()).collect(),
        })
        .collect();
    let this = refs.iter().find(|filing| filing.is_amendment).unwrap();
    let original = &entries[&original_of(this, &refs).unwrap().accession];
    let mut signals = Vec::new();
    for entry in [amendment, original] {
        let filed = Filed { company: None, accession: &entry.accession, url: &entry.url, filed_at: entry.accepted_at };
        signals.extend(signals_of(&parse_filing(&edgar.report(entry).await.unwrap()), &filed, filed_at()));
    }
    assert_eq!((signals[0].kind, signals[0].evidence.item), (signals[1].kind, signals[1].evidence.item));
    assert!(signals[0].evidence.sentence.contains("61,000 households"), "{signals:#?}");
    assert!(!repeats(&signals[0], &signals[1]), "{signals:#?}");
}

#[tokio::test]
async fn exhibits_come_with_their_type_address_and_text() {
    let edgar = edgar(filed_at());
    let entries = entries(&edgar).await;
    for row in index() {
        let exhibits = edgar.exhibits(&entries[&row.accession]).await.unwrap();
        assert_eq!(exhibits.len(), row.exhibits.len());
        for (exhibit, expected) in exhibits.iter().zip(&row.exhibits) {
            assert_eq!(exhibit.name, expected.kind);
            assert!(exhibit.url.starts_with("https://edgar.example/") && exhibit.url.ends_with(&expected.file));
            assert!(exhibit.text.contains("<p>") && !exhibit.text.contains("{{"), "{}", exhibit.text);
        }
    }
}

#[tokio::test]
async fn only_the_made_up_companies_have_reports() {
    let edgar = edgar(filed_at());
    // Apple's number, and one of nobody.
    for cik in [320_193, 9_900_000_099] {
        let list = edgar.current_reports(cik, NaiveDate::MIN).await.unwrap();
        assert!(list.company.is_empty() && list.reports.is_empty());
    }
    let mut entry = entries(&edgar).await.into_values().next().unwrap();
    entry.cik = 320_193;
    assert!(matches!(edgar.report(&entry).await, Err(EdgarError::Missing)));
    assert!(matches!(edgar.exhibits(&entry).await, Err(EdgarError::Missing)));
}

#[tokio::test]
async fn only_what_was_filed_since_is_listed() {
    let edgar = edgar(filed_at());
    let all = edgar.current_reports(9_900_000_001, NaiveDate::MIN).await.unwrap().reports;
    assert_eq!(all.len(), 2);
    let since = all[0].filed_on;
    assert_eq!(edgar.current_reports(9_900_000_001, since).await.unwrap().reports, all[..1]);
    assert!(edgar.current_reports(9_900_000_001, since + Days::new(1)).await.unwrap().reports.is_empty());
}

#[tokio::test]
async fn a_filing_that_is_read_on_the_next_day_is_the_one_that_was_listed() {
    let entries = entries(&edgar(filed_at())).await;
    let later = edgar(filed_at() + TimeDelta::days(3));
    for entry in entries.values() {
        assert_eq!(parse_filing(&later.report(entry).await.unwrap()).report_date, entry.report_date);
    }
}

#[tokio::test(start_paused = true)]
async fn a_delay_makes_each_answer_take_its_time() {
    let edgar = delayed(filed_at(), Duration::from_secs(2));
    let start = tokio::time::Instant::now();
    let list = edgar.current_reports(9_900_000_001, NaiveDate::MIN).await.unwrap();
    assert!(start.elapsed() >= Duration::from_secs(1));
    edgar.report(&list.reports[0]).await.unwrap();
    edgar.exhibits(&list.reports[0]).await.unwrap();
    assert!(start.elapsed() >= Duration::from_secs(3));
}

#[test]
fn every_file_of_the_folder_is_used() {
    let rows = index();
    let named = rows.iter().flat_map(|row| row.exhibits.iter().map(|exhibit| &exhibit.file).chain([&row.file]));
    let used: BTreeSet<String> = named.cloned().chain(["cover.htm".to_owned(), "index.json".to_owned()]).collect();
    let files = std::fs::read_dir(FILINGS).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(files.collect::<BTreeSet<_>>(), used);
}
