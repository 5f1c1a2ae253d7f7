//! The published keys of those who sign tokens: JWK sets (RFC 7517) over HTTP.

use std::time::Duration;

use reqwest::Client;
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::http::{self, ClientError, HttpConfig, RetryPolicy};
use crate::ambient::Ambient;

/// A request with a token waits for this.
const TIMEOUT: Duration = Duration::from_secs(5);
/// The largest set; those of large issuers are some kilobytes.
const MAX_SET: usize = 1024 * 1024;

/// A JWK set. The keys are unread, because one that cannot be understood must not spoil the others.
#[derive(Debug, Clone, Deserialize)]
pub struct JwkSet {
    /// The keys, each an object.
    pub keys: Vec<Value>,
}

/// Fetches JWK sets. Cheap to clone.
#[derive(Debug, Clone)]
pub struct JwksClient {
    client: Client,
    policy: RetryPolicy,
    ambient: Ambient,
}

impl JwksClient {
    /// A client that waits five seconds.
    ///
    /// # Errors
    /// When no HTTP client can be made.
    pub fn new(ambient: Ambient) -> Result<Self, ClientError> {
        Self::with_timeout(TIMEOUT, ambient)
    }

    /// A client that waits so long.
    ///
    /// # Errors
    /// When no HTTP client can be made.
    pub fn with_timeout(timeout: Duration, ambient: Ambient) -> Result<Self, ClientError> {
        let client = http::client(&HttpConfig { timeout, ..HttpConfig::default() })?;
        // One attempt: whoever asks decides when to ask again.
        let policy = RetryPolicy { max_attempts: 1, max_body: MAX_SET, ..RetryPolicy::default() };
        Ok(Self { client, policy, ambient })
    }

    /// The set at `url`, asked for once.
    ///
    /// # Errors
    /// When there is no answer in time, it is refused, too large or cut off, or it is no JWK set.
    pub async fn fetch(&self, url: &Url) -> Result<JwkSet, ClientError> {
        http::send_with_retry(&self.policy, &self.ambient, || self.client.get(url.clone())).await?.json()
    }
}
