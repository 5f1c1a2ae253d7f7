//! What the SEC may do instead of answering.

use std::time::Duration;

use chrono::TimeDelta;
use rapport::{
    clients::edgar::{Edgar as _, EdgarError},
    error::{Error, ErrorCode},
};
use reqwest::StatusCode;

use super::{Copy, assert_says, company, one_report};
use crate::support::{
    TestDb,
    edgar::{Answer, Edgar},
};

const CIK: u64 = 9_000_001;

async fn world() -> (Edgar, TestDb) {
    (Edgar::with_companies(&[company()]).await, TestDb::new().await)
}

/// What is left of the pause that the SEC asked for.
fn pause<T: std::fmt::Debug>(result: Result<T, EdgarError>) -> Duration {
    match result.unwrap_err() {
        EdgarError::RateExceeded { retry_after } => retry_after,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_passes_is_tried_again() {
    let (sec, db) = world().await;
    let copy = Copy::new(&sec, &db).await;
    for failure in
        [Answer::Status(StatusCode::SERVICE_UNAVAILABLE), Answer::Status(StatusCode::BAD_GATEWAY), Answer::Cut]
    {
        let before = sec.paths().len();
        sec.answers_next([failure.clone()]);
        assert_eq!(copy.reports(CIK, "2024-01-01").await.unwrap().reports.len(), 1, "{failure:?}");
        assert_eq!(sec.paths().len() - before, 2, "{failure:?}");
    }
}

#[tokio::test]
async fn what_does_not_pass_is_an_error_after_three_attempts() {
    let (sec, db) = world().await;
    sec.answers(Answer::Status(StatusCode::INTERNAL_SERVER_ERROR));
    let error = Copy::new(&sec, &db).await.reports(CIK, "2024-01-01").await.unwrap_err();
    assert_eq!(sec.paths().len(), 3);
    assert_eq!(Error::from(error).code(), ErrorCode::ProviderUnavailable);
}

#[tokio::test]
async fn an_answer_that_does_not_come_is_given_up() {
    let (sec, db) = world().await;
    sec.answers(Answer::Silence);
    let copy = Copy::with(&sec, &db, &[("EDGAR_TIMEOUT_SECONDS", "1")]).await;
    assert_says(copy.reports(CIK, "2024-01-01").await, "no answer in time");
    sec.answers(Answer::Files);
    assert_eq!(copy.reports(CIK, "2024-01-01").await.unwrap().reports.len(), 1);
}

#[tokio::test]
async fn a_refusal_that_is_about_something_else_stops_nobody() {
    let (sec, db) = world().await;
    let copy = Copy::new(&sec, &db).await;
    sec.answers_next([Answer::Status(StatusCode::FORBIDDEN)]);
    assert_says(copy.reports(CIK, "2024-01-01").await, "status 403");
    assert_eq!(sec.paths().len(), 1);
    assert!(copy.reports(CIK, "2024-01-01").await.is_ok());
}

#[tokio::test]
async fn a_page_in_place_of_a_list_is_garbage() {
    let (sec, db) = world().await;
    sec.answers(Answer::Garbage);
    assert_says(Copy::new(&sec, &db).await.reports(CIK, "2024-01-01").await, "cannot be understood");
}

#[tokio::test]
async fn a_document_that_was_cut_is_not_kept() {
    let (sec, copy, entry) = one_report().await;
    sec.answers(Answer::Cut);
    assert_says(copy.edgar.report(&entry).await, "cut off");
    sec.answers(Answer::Files);
    assert_eq!(copy.edgar.report(&entry).await.unwrap(), company().filings[0].body);
}

#[tokio::test]
async fn a_pause_that_the_sec_asks_for_is_kept() {
    let (sec, db) = world().await;
    let copy = Copy::new(&sec, &db).await;
    sec.answers_next([Answer::Busy(Some("30"))]);
    assert_eq!(pause(copy.reports(CIK, "2024-01-01").await), Duration::from_secs(30));
    copy.advance(TimeDelta::seconds(20));
    assert_eq!(pause(copy.reports(CIK, "2024-01-01").await), Duration::from_secs(10));
    assert_eq!(sec.paths().len(), 1);
    copy.advance(TimeDelta::seconds(10));
    assert!(copy.reports(CIK, "2024-01-01").await.is_ok());
}

#[tokio::test]
async fn the_page_for_clients_over_their_limit_means_ten_minutes() {
    for page in [Answer::RateExceeded, Answer::RateExceededFor("1"), Answer::Busy(None)] {
        let (sec, db) = world().await;
        let copy = Copy::new(&sec, &db).await;
        sec.answers_next([page.clone()]);
        assert_eq!(pause(copy.edgar.company_tickers().await), Duration::from_secs(600), "{page:?}");
        copy.advance(TimeDelta::seconds(599));
        assert_eq!(pause(copy.edgar.company_tickers().await), Duration::from_secs(1), "{page:?}");
        assert_eq!(sec.paths().len(), 1, "{page:?}");
        copy.advance(TimeDelta::seconds(1));
        assert!(copy.edgar.company_tickers().await.is_ok(), "{page:?}");
    }
}

#[tokio::test]
async fn the_error_of_a_pause_tells_a_client_when_to_come_back() {
    let (sec, db) = world().await;
    sec.answers(Answer::RateExceeded);
    let error = Error::from(Copy::new(&sec, &db).await.edgar.company_tickers().await.unwrap_err());
    assert!(
        matches!(error, Error::ProviderUnavailable { retry_after: Some(pause), .. } if pause == Duration::from_secs(600)),
        "{error:?}"
    );
}

#[tokio::test]
async fn without_a_contact_nothing_is_requested() {
    let (sec, copy, entry) = one_report().await;
    let db = TestDb::new().await;
    let nameless = Copy::with(&sec, &db, &[("EDGAR_USER_AGENT", "")]).await;
    let before = sec.paths().len();
    let errors = [
        nameless.edgar.company_tickers().await.unwrap_err(),
        nameless.edgar.company_tickers_exchange().await.unwrap_err(),
        nameless.reports(CIK, "2024-01-01").await.unwrap_err(),
        nameless.edgar.report(&entry).await.unwrap_err(),
        nameless.edgar.exhibits(&entry).await.unwrap_err(),
    ];
    for error in errors {
        assert!(error.to_string().contains("EDGAR_USER_AGENT"), "{error}");
        assert_eq!(Error::from(error).code(), ErrorCode::ProviderNotConfigured);
    }
    assert_eq!(sec.paths().len(), before);
    drop(copy);
}

#[tokio::test]
async fn every_request_carries_the_contact() {
    let (sec, copy, entry) = one_report().await;
    copy.edgar.exhibits(&entry).await.unwrap();
    copy.edgar.company_tickers().await.unwrap();
    assert_eq!(sec.user_agents(), vec!["Tests admin@example.com"; 4]);
}
