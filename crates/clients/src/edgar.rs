//! Client of the SEC's EDGAR that follows its fair-access rules (<https://www.sec.gov/os/accessing-edgar-data>): a
//! contact in the `User-Agent` and no request without one, a rate limit shared by all server processes, and a pause
//! when the SEC demands one.

mod address;
mod archive;
mod client;
mod eastern;
mod exhibits;
pub mod sample;
mod submissions;
mod text;
mod wire;

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::DbErr;
use serde::{Deserialize, Serialize};

use super::http::ClientError;
use rapport_toolkit::{config::EDGAR_USER_AGENT, error::Error};

pub use client::HttpEdgar;
pub use submissions::read_submissions;

/// Reason why EDGAR gave no answer.
#[derive(Debug, Clone, thiserror::Error)]
pub enum EdgarError {
    /// The contact is not configured; nothing was requested.
    #[error("the contact for the SEC is not configured ({EDGAR_USER_AGENT})")]
    NotConfigured,
    /// The SEC did not answer, or not with the requested data.
    #[error("the SEC's EDGAR gave no answer: {0}")]
    Failed(#[from] ClientError),
    /// The company or document does not exist.
    #[error("the SEC's EDGAR has no such file")]
    Missing,
    /// The SEC reported too many requests. No server process requests anything before this time is over.
    #[error("the SEC's EDGAR limits our requests; it is asked again in {} s", .retry_after.as_secs())]
    RateExceeded {
        /// Remaining pause.
        retry_after: Duration,
    },
    /// The state of the rate limit in the database was unavailable.
    #[error("the pace of requests to the SEC could not be read: {0}")]
    Database(#[from] DbErr),
}

impl From<EdgarError> for Error {
    fn from(error: EdgarError) -> Self {
        match error {
            EdgarError::NotConfigured => {
                Self::ProviderNotConfigured { what: "Reading from the SEC".to_owned(), setting: EDGAR_USER_AGENT }
            }
            EdgarError::Failed(cause) => Self::ProviderUnavailable {
                message: "The SEC's EDGAR gave no usable answer.".to_owned(),
                retry_after: cause.retry_after(),
            },
            EdgarError::Missing => Self::NotFound("file at the SEC"),
            EdgarError::RateExceeded { retry_after } => Self::ProviderUnavailable {
                message: "The SEC's EDGAR limits our requests.".to_owned(),
                retry_after: Some(retry_after),
            },
            EdgarError::Database(cause) => cause.into(),
        }
    }
}

/// The functions of EDGAR that are used.
#[async_trait]
pub trait Edgar: Send + Sync {
    /// Returns `files/company_tickers.json`: every listed company with its CIK and tickers.
    ///
    /// # Errors
    /// See [`EdgarError`].
    async fn company_tickers(&self) -> Result<Bytes, EdgarError>;

    /// Returns `files/company_tickers_exchange.json`: the same with the exchange of each ticker.
    ///
    /// # Errors
    /// See [`EdgarError`].
    async fn company_tickers_exchange(&self) -> Result<Bytes, EdgarError>;

    /// Returns the current reports (8-K and 8-K/A) that a company has filed on `since` or later, newest first.
    ///
    /// # Errors
    /// See [`EdgarError`]; [`EdgarError::Missing`] if the SEC knows no company with this number.
    async fn current_reports(&self, cik: u64, since: NaiveDate) -> Result<CurrentReports, EdgarError>;

    /// Returns the main document of a report, decoded to text: at most the first 4 MiB. If the SEC names none, it is
    /// the full submission file, which contains it.
    ///
    /// # Errors
    /// See [`EdgarError`].
    async fn report(&self, entry: &ReportEntry) -> Result<String, EdgarError>;

    /// Returns the text exhibits 99 of a report, such as press releases, in filing order.
    ///
    /// # Errors
    /// See [`EdgarError`].
    async fn exhibits(&self, entry: &ReportEntry) -> Result<Vec<ExhibitText>, EdgarError>;
}

/// The SEC's list of a company's reports.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CurrentReports {
    /// The company's name as written by the SEC; empty if the list has none.
    pub company: String,
    /// The reports, newest first.
    pub reports: Vec<ReportEntry>,
    /// Problems with skipped entries, one sentence each.
    pub problems: Vec<String>,
}

/// A current report in the SEC's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportEntry {
    /// The CIK of the company.
    pub cik: u64,
    /// The accession number, such as `0001564590-22-034639`.
    pub accession: String,
    /// True if it amends an earlier report (8-K/A).
    pub is_amendment: bool,
    /// The filing date.
    pub filed_on: NaiveDate,
    /// The time of acceptance by the SEC, or the start of the filing date in New York if the list does not state it.
    pub accepted_at: DateTime<Utc>,
    /// The date of the earliest event in it.
    pub report_date: Option<NaiveDate>,
    /// The reported items, such as `2.02`, in list order; integers before August 2004.
    pub items: Vec<String>,
    /// The URL of the main document, or of the full submission file if the list names none.
    pub url: String,
}

/// An exhibit of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExhibitText {
    /// Its type, such as `EX-99.1`.
    pub name: String,
    /// Its URL; that of the full submission file if contained in one.
    pub url: String,
    /// Its text, usually HTML; at most the first 4 MiB.
    pub text: String,
}
