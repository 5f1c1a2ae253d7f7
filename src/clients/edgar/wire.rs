//! One request to the SEC: in its turn, with its retries, and silence for all when the SEC asks for it.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::Client;
use url::Url;

use super::EdgarError;
use crate::{
    ambient::Ambient,
    clients::{
        http::{self, ClientError, HttpConfig, RetryPolicy},
        pace::{Pace, PaceError},
    },
    config::EdgarConfig,
    db::Db,
};

/// How long the SEC blocks who asks too often. It prolongs the block for who goes on asking.
const BLOCK: Duration = Duration::from_mins(10);

/// The longest pause that is believed.
const LONGEST_BLOCK: Duration = Duration::from_hours(24);

/// How much of an answer is read, in bytes after decompression.
#[derive(Debug, Clone, Copy)]
pub(super) enum Most {
    /// All of it, and a larger one is an error.
    Whole(usize),
    /// Its beginning.
    Beginning(usize),
}

/// Sends requests.
pub(super) struct Wire {
    /// None without a contact.
    client: Option<Client>,
    pace: Pace,
    policy: RetryPolicy,
    ambient: Ambient,
}

impl Wire {
    pub(super) fn new(config: &EdgarConfig, db: Db, ambient: Ambient) -> Result<Self, ClientError> {
        let client = match &config.user_agent {
            Some(user_agent) => Some(http::client(&HttpConfig {
                user_agent: user_agent.clone(),
                timeout: config.timeout,
                ..HttpConfig::default()
            })?),
            None => None,
        };
        let pace = Pace::new(db, ambient.clone(), "edgar", config.requests_per_second);
        Ok(Self { client, pace, policy: RetryPolicy::default(), ambient })
    }

    /// Fetches a file. What may pass is tried again, each time in a turn of its own.
    pub(super) async fn get(&self, url: &Url, most: Most) -> Result<Bytes, EdgarError> {
        let client = self.client.as_ref().ok_or(EdgarError::NotConfigured)?;
        let mut attempt = 1;
        loop {
            self.pace.slot().await?;
            let error = match self.exchange(client, url, most).await {
                Ok(body) => return Ok(body),
                Err(error) => error,
            };
            if let Some(retry_after) = block_of(&error) {
                tracing::warn!(%error, seconds = retry_after.as_secs(), "the SEC limits our requests; all copies pause");
                self.pace.block(retry_after).await?;
                return Err(EdgarError::RateExceeded { retry_after });
            }
            if matches!(error, ClientError::Status { status: 404, .. }) {
                return Err(EdgarError::Missing);
            }
            // To read again what was cut costs nothing here.
            let passing = if error == ClientError::Cut { &ClientError::Timeout } else { &error };
            let Some(wait) = self.policy.wait(attempt, passing, self.ambient.unit()) else { return Err(error.into()) };
            tracing::debug!(attempt, %error, "a request to the SEC failed, trying again");
            tokio::time::sleep(wait).await;
            attempt += 1;
        }
    }

    async fn exchange(&self, client: &Client, url: &Url, most: Most) -> Result<Bytes, ClientError> {
        let once = RetryPolicy { max_attempts: 1, ..self.policy.clone() };
        let mut response = http::open_with_retry(&once, &self.ambient, || client.get(url.clone())).await?;
        let mut body = BytesMut::new();
        while let Some(chunk) = http::next_chunk(&mut response).await? {
            body.extend_from_slice(&chunk);
            match most {
                Most::Whole(limit) if body.len() > limit => return Err(ClientError::TooLarge { limit }),
                Most::Beginning(limit) if body.len() >= limit => {
                    body.truncate(limit);
                    break;
                }
                Most::Whole(_) | Most::Beginning(_) => {}
            }
        }
        Ok(body.freeze())
    }
}

/// How long to leave the SEC alone after this answer: it says "too often" with 429, or with 403 and a page for people.
fn block_of(error: &ClientError) -> Option<Duration> {
    let ClientError::Status { status, retry_after, excerpt } = error else { return None };
    let pause = match status {
        403 | 429 if excerpt.contains("Request Rate Threshold") => retry_after.unwrap_or_default().max(BLOCK),
        429 => retry_after.unwrap_or(BLOCK).max(Duration::from_secs(1)),
        _ => return None,
    };
    Some(pause.min(LONGEST_BLOCK))
}

impl From<PaceError> for EdgarError {
    fn from(error: PaceError) -> Self {
        match error {
            PaceError::Blocked { retry_after } => Self::RateExceeded { retry_after },
            PaceError::Database(cause) => Self::Database(cause),
        }
    }
}
