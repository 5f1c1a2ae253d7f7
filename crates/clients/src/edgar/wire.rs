//! One request to the SEC: with rate limit, retries, and a shared pause when the SEC demands one.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::Client;
use url::Url;

use super::EdgarError;
use crate::{
    http::{self, ClientError, HttpConfig, RetryPolicy},
    pace::{Pace, PaceError},
};
use rapport_toolkit::{ambient::Ambient, config::EdgarConfig, db::Db};

/// Time for which the SEC blocks a client with too many requests, extended by further requests.
const BLOCK: Duration = Duration::from_mins(10);

/// Maximum pause accepted from the SEC.
const LONGEST_BLOCK: Duration = Duration::from_hours(24);

/// Maximum size of an answer, in bytes after decompression.
#[derive(Debug, Clone, Copy)]
pub(super) enum Most {
    /// The whole answer; a larger one is an error.
    Whole(usize),
    /// The beginning of the answer.
    Beginning(usize),
}

/// Sends requests.
pub(super) struct Wire {
    /// The client; `None` without a contact.
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

    /// Fetches a file. Transient errors are retried, each time with a new slot of the rate limit.
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

/// Returns the pause demanded by an answer: 429, or 403 with an HTML page.
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
