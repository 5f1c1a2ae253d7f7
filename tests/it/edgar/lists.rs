//! Lists of filings in all the forms that they come in.

use chrono::{TimeZone, Utc};
use rapport::clients::edgar::{CurrentReports, EdgarError};
use serde_json::{Value, json};

use super::{Copy, assert_says, company, day};
use crate::support::{
    TestDb,
    edgar::{Company, Edgar, TEMPLATES},
};

const CIK: u64 = 9_000_001;

/// Reads this list.
async fn read(list: &Value) -> Result<CurrentReports, EdgarError> {
    let (sec, db) = (Edgar::start().await, TestDb::new().await);
    sec.put("/submissions/CIK0009000001.json", list.to_string());
    Copy::new(&sec, &db).await.reports(CIK, "2024-01-01").await
}

/// A list with two reports.
fn two() -> Value {
    let company = company();
    let later = TEMPLATES[1].filing(&company, 2, day("2024-06-03"));
    company.with(later).list()
}

/// Changes a cell of the list's first row.
fn with(column: &str, cell: Value) -> Value {
    let mut list = two();
    list["filings"]["recent"][column][0] = cell;
    list
}

/// The list's first report is left out, and a problem says why.
async fn is_left_out(list: &Value, why: &str) {
    let read = read(list).await.unwrap();
    assert_eq!(read.reports.len(), 1, "{read:#?}");
    assert_eq!(read.reports[0].accession, "0009000001-24-000002");
    assert_eq!(read.problems.len(), 1, "{read:#?}");
    assert!(read.problems[0].contains(why) && read.problems[0].contains("left out"), "{}", read.problems[0]);
}

/// The list's first report is there, and a problem tells what is not known of it.
async fn is_told(list: &Value, what: &str) -> CurrentReports {
    let read = read(list).await.unwrap();
    assert_eq!(read.reports.len(), 2, "{read:#?}");
    assert!(read.problems.len() == 1 && read.problems[0].contains(what), "{:?}", read.problems);
    read
}

#[tokio::test]
async fn the_companys_number_may_be_padded_or_not_a_string_or_a_number_or_missing() {
    for cik in [json!("9000001"), json!("0009000001"), json!(9_000_001)] {
        let mut list = two();
        list["cik"] = cik;
        let read = read(&list).await.unwrap();
        assert_eq!((read.reports.len(), read.reports[0].cik, read.problems), (2, CIK, vec![]));
    }
    let mut list = two();
    list["cik"] = json!("");
    is_told(&list, "does not say whose").await;
}

#[tokio::test]
async fn the_list_of_another_company_is_refused() {
    let mut list = two();
    list["cik"] = json!("320193");
    assert_says(read(&list).await, "the list of company 9000001 says that it is that of `320193`");
}

#[tokio::test]
async fn arrays_of_unequal_length_are_refused() {
    let mut list = two();
    list["filings"]["recent"]["items"].as_array_mut().unwrap().pop();
    assert_says(read(&list).await, "unequal length");
    // Also where nothing is read from them: nobody knows which of them is right.
    let mut list = two();
    list["filings"]["recent"]["fileNumber"] = json!(["001-1"]);
    assert_says(read(&list).await, "`fileNumber` 1");
}

#[tokio::test]
async fn a_list_without_what_it_needs_is_refused() {
    for path in ["/filings", "/filings/recent", "/filings/recent/form", "/filings/recent/accessionNumber"] {
        let mut list = two();
        *list.pointer_mut(path).unwrap() = Value::Null;
        assert_says(read(&list).await, "cannot be understood");
    }
}

#[tokio::test]
async fn a_company_without_filings_has_no_reports() {
    let read = read(&Company::new(CIK, "Quorvane Corp", "QV").list()).await.unwrap();
    let nothing = CurrentReports { company: "Quorvane Corp".to_owned(), ..CurrentReports::default() };
    assert_eq!(read, nothing);
}

#[tokio::test]
async fn a_row_that_cannot_be_placed_is_left_out_and_told() {
    is_left_out(&with("accessionNumber", json!("../../etc/passwd")), "accession number").await;
    is_left_out(&with("accessionNumber", json!("")), "accession number is missing").await;
    is_left_out(&with("filingDate", json!("soon")), "filing date `soon`").await;
    is_left_out(&with("filingDate", json!("")), "filing date is missing").await;
    is_left_out(&with("filingDate", json!("9999-99-99")), "filing date").await;
    is_left_out(&with("filingDate", json!({"day": 2})), "`filingDate` is neither text nor a number").await;
    is_left_out(&with("form", json!(true)), "`form` is neither text nor a number").await;
    is_left_out(&with("form", Value::Null), "names no form").await;
}

#[tokio::test]
async fn forms_that_are_no_current_reports_are_no_problem() {
    let read = read(&with("form", json!("10-Q"))).await.unwrap();
    assert_eq!((read.reports.len(), read.problems), (1, vec![]));
}

#[tokio::test]
async fn an_amendment_is_told_from_a_report() {
    let read = read(&with("form", json!("8-K/A"))).await.unwrap();
    let amendments: Vec<_> = read.reports.iter().map(|report| report.is_amendment).collect();
    assert_eq!(amendments, [false, true]);
}

#[tokio::test]
async fn an_accession_number_without_dashes_is_read() {
    let read = read(&with("accessionNumber", json!("000900000124000001"))).await.unwrap();
    assert_eq!(read.reports[1].accession, "0009000001-24-000001");
}

#[tokio::test]
async fn a_row_that_stands_in_two_lists_is_one_report() {
    let company = company();
    let (sec, db) = (Edgar::start().await, TestDb::new().await);
    sec.add(&company.clone().with_older(company.filings[0].clone()));
    let read = Copy::new(&sec, &db).await.reports(CIK, "2024-01-01").await.unwrap();
    assert_eq!((read.reports.len(), sec.paths().len()), (1, 2));
}

#[tokio::test]
async fn the_time_of_acceptance_comes_in_several_forms() {
    for (written, hour) in [
        ("2024-05-02T20:15:46.000Z", 20),
        ("2024-05-02T20:15:46Z", 20),
        ("2024-05-02T16:15:46-04:00", 20),
        ("20240502161546", 20),
        ("2024-05-02 16:15:46", 20),
    ] {
        let read = read(&with("acceptanceDateTime", json!(written))).await.unwrap();
        assert_eq!(read.reports[1].accepted_at, Utc.with_ymd_and_hms(2024, 5, 2, hour, 15, 46).unwrap(), "{written}");
        assert_eq!(read.problems, Vec::<String>::new(), "{written}");
    }
}

#[tokio::test]
async fn without_a_time_of_acceptance_the_filing_day_begins() {
    for (written, what) in
        [(json!(""), "time of acceptance is missing"), (json!("noon"), "`noon`"), (json!([]), "neither")]
    {
        let read = read(&with("acceptanceDateTime", written)).await.unwrap();
        assert_eq!(read.reports[1].accepted_at, Utc.with_ymd_and_hms(2024, 5, 2, 4, 0, 0).unwrap());
        assert!(read.problems.iter().any(|problem| problem.contains(what)), "{:?}", read.problems);
    }
}

#[tokio::test]
async fn a_report_may_have_no_report_date() {
    assert_eq!(read(&with("reportDate", json!(""))).await.unwrap().reports[1].report_date, None);
    assert_eq!(is_told(&with("reportDate", json!("May")), "report date `May`").await.reports[1].report_date, None);
}

#[tokio::test]
async fn items_are_a_list_a_number_or_nothing() {
    for (written, items) in
        [(json!(" 2.02, 9.01,2.02 "), vec!["2.02", "9.01"]), (json!(8.01), vec!["8.01"]), (json!("5"), vec!["5"])]
    {
        assert_eq!(read(&with("items", written)).await.unwrap().reports[1].items, items);
    }
    assert_eq!(read(&with("items", json!(""))).await.unwrap().reports[1].items, Vec::<String>::new());
    assert_eq!(is_told(&with("items", json!("2.02,Results")), "item `Results`").await.reports[1].items, ["2.02"]);
}

#[tokio::test]
async fn an_older_list_of_a_strange_name_is_left_out_and_told() {
    for name in [
        "../../files/company_tickers.json",
        "CIK0000320193-submissions-001.json",
        "",
        "CIK0009000001-submissions-.json",
    ] {
        let mut list = two();
        list["filings"]["files"] = json!([{"name": name, "filingTo": "2024-02-01"}]);
        is_told(&list, "An older list was left out").await;
    }
}

#[tokio::test]
async fn a_broken_older_list_fails_the_reading_rather_than_hiding_reports() {
    let company = company();
    let filing = TEMPLATES[2].filing(&company, 9, day("2024-02-01"));
    let company = company.with_older(filing);
    let (sec, db) = (Edgar::start().await, TestDb::new().await);
    sec.add(&company);
    let copy = Copy::new(&sec, &db).await;
    assert_eq!(copy.reports(CIK, "2024-01-01").await.unwrap().reports.len(), 2);
    sec.put(&company.older_path(), r#"{"form": ["8-K"]}"#);
    assert_says(copy.reports(CIK, "2024-01-01").await, "has no array");
}

#[tokio::test]
async fn a_company_that_the_sec_does_not_know_is_missing() {
    let (sec, db) = (Edgar::start().await, TestDb::new().await);
    let found = Copy::new(&sec, &db).await.reports(77, "2024-01-01").await;
    assert!(matches!(found, Err(EdgarError::Missing)), "{found:?}");
    assert_eq!(sec.paths(), ["/submissions/CIK0000000077.json"]);
}
