//! The pace that all copies of the server share.

use chrono::TimeDelta;
use futures_util::future::{join_all, try_join_all};
use rapport::clients::{
    edgar::{CurrentReports, Edgar as _, EdgarError},
    pace::Pace,
};
use sea_orm::{ConnectionTrait, Statement};

use super::{Copy, company, day};
use crate::support::{
    TestDb, ambient,
    edgar::{Answer, Company, Edgar, made_up},
    patience,
};

/// Asks for the reports of all companies at once.
async fn all_of(copy: &Copy, companies: &[Company]) -> Result<Vec<CurrentReports>, EdgarError> {
    try_join_all(companies.iter().map(|company| copy.edgar.current_reports(company.cik, day("2024-01-01")))).await
}

#[tokio::test]
async fn who_asks_more_than_ten_times_a_second_is_blocked_by_the_stand_in() {
    let sec = Edgar::with_companies(&[company()]).await;
    let url = format!("{}{}", sec.base_url(), company().list_path());
    let client = reqwest::Client::new();
    let statuses = join_all((0..40).map(|_| client.get(&url).send())).await;
    let refused = statuses.into_iter().filter(|reply| reply.as_ref().unwrap().status() == 403).count();
    assert!(refused > 0 && refused == sec.blocked(), "{refused} were refused");
}

#[tokio::test(flavor = "multi_thread")]
async fn copies_side_by_side_keep_to_the_limit_together() {
    let (companies, db) = (made_up(12), TestDb::new().await);
    let sec = Edgar::with_companies(&companies).await;
    let (one, other) = (Copy::new(&sec, &db).await, Copy::new(&sec, &db).await);
    let (first, second) = patience(async { tokio::join!(all_of(&one, &companies), all_of(&other, &companies)) }).await;
    assert_eq!((first.unwrap().len(), second.unwrap().len()), (12, 12));
    assert_eq!((sec.paths().len(), sec.blocked()), (24, 0), "{} within a second", sec.busiest_second());
}

#[tokio::test]
async fn a_block_of_one_copy_stops_them_all() {
    let (sec, db) = (Edgar::with_companies(&[company()]).await, TestDb::new().await);
    let (one, other) = (Copy::new(&sec, &db).await, Copy::new(&sec, &db).await);
    sec.answers_next([Answer::RateExceeded]);
    assert!(one.reports(9_000_001, "2024-01-01").await.is_err());
    let refused = other.edgar.company_tickers().await;
    assert!(
        matches!(refused, Err(EdgarError::RateExceeded { retry_after }) if retry_after.as_secs() == 600),
        "{refused:?}"
    );
    let later = Copy::new(&sec, &db).await;
    assert!(later.reports(9_000_001, "2024-01-01").await.is_err());
    assert_eq!(sec.paths().len(), 1);
    other.advance(TimeDelta::minutes(10));
    assert!(other.reports(9_000_001, "2024-01-01").await.is_ok());
}

#[tokio::test]
async fn a_shorter_pause_does_not_shorten_a_block() {
    let db = TestDb::new().await;
    let pace = Pace::new(db.connect().await, ambient(), "test", 10);
    pace.block(std::time::Duration::from_secs(600)).await.unwrap();
    pace.block(std::time::Duration::from_secs(5)).await.unwrap();
    let refused = pace.slot().await.unwrap_err();
    assert_eq!(refused.to_string(), "nothing is asked for another 600 s");
}

#[tokio::test]
async fn a_document_on_disk_is_read_while_nothing_may_be_requested() {
    let (sec, copy, entry) = super::one_report().await;
    let text = copy.edgar.report(&entry).await.unwrap();
    sec.answers_next([Answer::RateExceeded]);
    assert!(copy.edgar.company_tickers().await.is_err());
    assert_eq!(copy.edgar.report(&entry).await.unwrap(), text);
}

#[tokio::test]
async fn services_have_paces_of_their_own() {
    let db = TestDb::new().await;
    let connection = db.connect().await;
    let (one, other) =
        (Pace::new(connection.clone(), ambient(), "one", 10), Pace::new(connection, ambient(), "other", 10));
    one.block(std::time::Duration::from_secs(600)).await.unwrap();
    assert!(one.slot().await.is_err());
    assert!(other.slot().await.is_ok());
}

#[tokio::test]
async fn a_row_from_a_clock_that_has_gone_back_stops_nobody() {
    let db = TestDb::new().await;
    let connection = db.connect().await;
    let pace = Pace::new(connection.clone(), ambient(), "test", 10);
    pace.slot().await.unwrap();
    let statement = |sql: &str| Statement::from_string(connection.backend(), sql);
    // A day ahead.
    let tx = connection.begin().await.unwrap();
    tx.execute_raw(statement("UPDATE pace SET next_at = next_at + 86400000000")).await.unwrap();
    tx.commit().await.unwrap();
    patience(pace.slot()).await.unwrap();
}
