//! The SEC's EDGAR, after its fair-access rules (<https://www.sec.gov/os/accessing-edgar-data>): a contact in the
//! `User-Agent`, and no request without one.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use reqwest::Client;
use url::Url;

use super::http::{self, ClientError, HttpConfig, RetryPolicy};
use crate::{
    ambient::Ambient,
    config::{EDGAR_USER_AGENT, EdgarConfig},
    error::Error,
};

/// The files of tickers are under a megabyte; this leaves room to grow.
const MAX_FILE: usize = 32 * 1024 * 1024;

/// Why EDGAR gave no answer.
#[derive(Debug, Clone, thiserror::Error)]
pub enum EdgarError {
    /// The contact is not configured; nothing was requested.
    #[error("the contact for the SEC is not configured ({EDGAR_USER_AGENT})")]
    NotConfigured,
    /// The SEC did not answer, or not with what was asked for.
    #[error("the SEC's EDGAR gave no answer: {0}")]
    Failed(#[from] ClientError),
    /// The SEC answered that we ask too often.
    #[error("the SEC's EDGAR limits our requests; it says to come back in ten minutes")]
    RateExceeded,
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
            EdgarError::RateExceeded => Self::ProviderUnavailable {
                message: "The SEC's EDGAR limits our requests.".to_owned(),
                retry_after: Some(Duration::from_secs(600)),
            },
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
}

/// EDGAR over HTTP.
pub struct HttpEdgar {
    client: Option<Client>,
    base_url: Url,
    policy: RetryPolicy,
    ambient: Ambient,
}

impl HttpEdgar {
    /// The client that `config` asks for; without a contact it refuses every call.
    ///
    /// # Errors
    /// When no HTTP client can be made with this contact.
    pub fn new(config: &EdgarConfig, ambient: Ambient) -> Result<Self, ClientError> {
        let client = match &config.user_agent {
            Some(user_agent) => Some(http::client(&HttpConfig {
                user_agent: user_agent.clone(),
                timeout: Duration::from_secs(60),
                ..HttpConfig::default()
            })?),
            None => None,
        };
        let policy = RetryPolicy { max_body: MAX_FILE, ..RetryPolicy::default() };
        Ok(Self { client, base_url: config.base_url.clone(), policy, ambient })
    }

    async fn file(&self, name: &str) -> Result<Bytes, EdgarError> {
        let client = self.client.as_ref().ok_or(EdgarError::NotConfigured)?;
        let mut url = self.base_url.clone();
        url.set_path(&format!("{}/files/{name}", self.base_url.path().trim_end_matches('/')));
        let reply = http::send_with_retry(&self.policy, &self.ambient, || client.get(url.clone())).await;
        reply.map(|reply| reply.body).map_err(told_apart)
    }
}

/// The SEC says "too often" with 403 or 429 and a page for people.
fn told_apart(error: ClientError) -> EdgarError {
    match &error {
        ClientError::Status { status: 403 | 429, excerpt, .. } if excerpt.contains("Request Rate Threshold") => {
            EdgarError::RateExceeded
        }
        _ => EdgarError::Failed(error),
    }
}

#[async_trait]
impl Edgar for HttpEdgar {
    async fn company_tickers(&self) -> Result<Bytes, EdgarError> {
        self.file("company_tickers.json").await
    }

    async fn company_tickers_exchange(&self) -> Result<Bytes, EdgarError> {
        self.file("company_tickers_exchange.json").await
    }
}
