//! Public keys of token issuers: JWK sets (RFC 7517) over HTTP.

use std::time::Duration;

use reqwest::Client;
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::http::{self, ClientError, HttpConfig, RetryPolicy};
use rapport_toolkit::ambient::Ambient;

/// Time limit, for which a request with a token waits.
const TIMEOUT: Duration = Duration::from_secs(5);
/// Maximum size of a set; those of large issuers have some kilobytes.
const MAX_SET: usize = 1024 * 1024;

/// A JWK set. The keys are parsed later, so that an invalid one does not invalidate the others.
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
    /// Creates a client with a time limit of five seconds.
    ///
    /// # Errors
    /// If no HTTP client can be created.
    pub fn new(ambient: Ambient) -> Result<Self, ClientError> {
        Self::with_timeout(TIMEOUT, ambient)
    }

    /// Creates a client with this time limit.
    ///
    /// # Errors
    /// If no HTTP client can be created.
    pub fn with_timeout(timeout: Duration, ambient: Ambient) -> Result<Self, ClientError> {
        let client = http::client(&HttpConfig { timeout, ..HttpConfig::default() })?;
        // One attempt: whoever asks decides when to ask again.
        let policy = RetryPolicy { max_attempts: 1, max_body: MAX_SET, ..RetryPolicy::default() };
        Ok(Self { client, policy, ambient })
    }

    /// Fetches the set at `url` without retries.
    ///
    /// # Errors
    /// If there is no answer in time, it is a refusal, too large or cut off, or it is no JWK set.
    pub async fn fetch(&self, url: &Url) -> Result<JwkSet, ClientError> {
        http::send_with_retry(&self.policy, &self.ambient, || self.client.get(url.clone())).await?.json()
    }
}
