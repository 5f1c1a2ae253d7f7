//! The SEC's EDGAR, after its fair-access rules (<https://www.sec.gov/os/accessing-edgar-data>): a contact in the
//! `User-Agent` and no request without one, a pace that all copies of the server share, and silence when the SEC asks for
//! it.

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
use crate::{config::EDGAR_USER_AGENT, error::Error};

pub use client::HttpEdgar;
pub use submissions::read_submissions;

/// Why EDGAR gave no answer.
#[derive(Debug, Clone, thiserror::Error)]
pub enum EdgarError {
    /// The contact is not configured; nothing was requested.
    #[error("the contact for the SEC is not configured ({EDGAR_USER_AGENT})")]
    NotConfigured,
    /// The SEC did not answer, or not with what was asked for.
    #[error("the SEC's EDGAR gave no answer: {0}")]
    Failed(#[from] ClientError),
    /// The SEC has no such company or document.
    #[error("the SEC's EDGAR has no such file")]
    Missing,
    /// The SEC has said that we ask too often. Nothing is requested by any copy of the server before this time is over.
    #[error("the SEC's EDGAR limits our requests; it is asked again in {} s", .retry_after.as_secs())]
    RateExceeded {
        /// What is left of the pause.
        retry_after: Duration,
    },
    /// The pace of requests, which is kept in the database, could not be read.
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

/// The parts of EDGAR that are used.
#[async_trait]
pub trait Edgar: Send + Sync {
    /// `files/company_tickers.json`: every listed company with its CIK and tickers.
    ///
    /// # Errors
    /// See [`EdgarError`].
    async fn company_tickers(&self) -> Result<Bytes, EdgarError>;

    /// `files/company_tickers_exchange.json`: the same with the exchange of each ticker.
    ///
    /// # Errors
    /// See [`EdgarError`].
    async fn company_tickers_exchange(&self) -> Result<Bytes, EdgarError>;

    /// The current reports (8-K and 8-K/A) that a company has filed on `since` or later, newest first.
    ///
    /// # Errors
    /// See [`EdgarError`]; [`EdgarError::Missing`] when the SEC knows no company of this number.
    async fn current_reports(&self, cik: u64, since: NaiveDate) -> Result<CurrentReports, EdgarError>;

    /// The main document of a report, decoded to text: at most the first 4 MiB. Where the SEC names none it is the full
    /// submission file, which holds it.
    ///
    /// # Errors
    /// See [`EdgarError`].
    async fn report(&self, entry: &ReportEntry) -> Result<String, EdgarError>;

    /// The press releases and other exhibits 99 of a report that are text, in the order of the filing.
    ///
    /// # Errors
    /// See [`EdgarError`].
    async fn exhibits(&self, entry: &ReportEntry) -> Result<Vec<ExhibitText>, EdgarError>;
}

/// What the SEC lists of a company.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CurrentReports {
    /// The company's name, as the SEC writes it; empty when the list has none.
    pub company: String,
    /// The reports, newest first.
    pub reports: Vec<ReportEntry>,
    /// What could not be read and was left out, a sentence each.
    pub problems: Vec<String>,
}

/// A current report in the SEC's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportEntry {
    /// The number of the company.
    pub cik: u64,
    /// The number of the filing, such as `0001564590-22-034639`.
    pub accession: String,
    /// Whether it amends an earlier report (8-K/A).
    pub is_amendment: bool,
    /// The day that the SEC counts as that of filing.
    pub filed_on: NaiveDate,
    /// When the SEC accepted it. The start of the filing day in New York where the list does not say.
    pub accepted_at: DateTime<Utc>,
    /// The day of the earliest event that it tells of.
    pub report_date: Option<NaiveDate>,
    /// The items it reports under, such as `2.02`, in the order of the list; before August 2004 whole numbers.
    pub items: Vec<String>,
    /// The address of the main document; of the full submission file where the list names none.
    pub url: String,
}

/// An exhibit of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExhibitText {
    /// Its type, such as `EX-99.1`.
    pub name: String,
    /// Its address; that of the full submission file where it stands in one.
    pub url: String,
    /// Its text, mostly HTML; at most the first 4 MiB.
    pub text: String,
}
