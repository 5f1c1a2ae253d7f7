//! Connection to one provider: requests, retries, time limits, and errors.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderMap};
use reqwest::{Client, RequestBuilder, Response, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::refusal::{self, Settings};
use super::{LlmError, ModelId};
use crate::http::{self, HttpConfig, Redactor, RetryPolicy, one_line};
use rapport_toolkit::ambient::Ambient;
use rapport_toolkit::config::LlmLimits;

/// Maximum length of a provider's message, in characters.
const REASON_CHARS: usize = 300;

/// Maximum duration of a streamed answer.
const LONGEST_STREAM: Duration = Duration::from_hours(1);

/// Maximum pause to wait for a provider; after a longer one the next provider is preferable.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Connection to one provider. Cheap to clone.
#[derive(Clone)]
pub(super) struct Transport {
    inner: Arc<Inner>,
}

struct Inner {
    client: Client,
    key: Option<SecretString>,
    limits: LlmLimits,
    policy: RetryPolicy,
    redactor: Redactor,
    ambient: Ambient,
}

/// URL of a request, and the settings to name if it is rejected.
#[derive(Clone)]
pub(super) struct Target {
    pub(super) url: Url,
    pub(super) model: ModelId,
    pub(super) settings: Settings,
}

impl Transport {
    /// # Errors
    /// [`LlmError::Unavailable`] if no HTTP client can be created.
    pub(super) fn new(key: Option<SecretString>, limits: LlmLimits, ambient: Ambient) -> Result<Self, LlmError> {
        let http = HttpConfig { timeout: limits.timeout, ..HttpConfig::default() };
        let client = http::client(&http)
            .map_err(|error| LlmError::Unavailable { reason: error.to_string(), retry_after: None })?;
        let policy = RetryPolicy {
            max_attempts: limits.max_attempts,
            max_delay: LONGEST_PAUSE,
            max_retry_after: LONGEST_PAUSE,
            ..RetryPolicy::default()
        };
        let redactor = Redactor::new(key.iter().map(|key| key.expose_secret().to_owned()).collect());
        Ok(Self { inner: Arc::new(Inner { client, key, limits, policy, redactor, ambient }) })
    }

    /// Sends `body` and reads the whole answer. An `error` object with a success status is a refusal too.
    pub(super) async fn post<T: DeserializeOwned>(&self, target: &Target, body: &Value) -> Result<T, LlmError> {
        let Inner { policy, ambient, .. } = &*self.inner;
        let sent = http::send_with_retry(policy, ambient, || self.request(target, body)).await;
        let reply = sent.map_err(|error| self.refusal(target, &error))?;
        reply.json().map_err(|error| match reply.json::<Value>() {
            Ok(object) if object.get("error").is_some() => self.error_object(target, &object),
            _ => self.refusal(target, &error),
        })
    }

    /// Sends `body` and returns the answer for streaming, if it has one of these content `kinds`.
    pub(super) async fn open(&self, target: &Target, body: &Value, kinds: &[&str]) -> Result<Response, LlmError> {
        let Inner { policy, ambient, .. } = &*self.inner;
        let request = || self.request(target, body).timeout(LONGEST_STREAM);
        let opened = http::open_with_retry(policy, ambient, request).await;
        let response = opened.map_err(|error| self.refusal(target, &error))?;
        let kind = content_type(response.headers());
        if kinds.contains(&kind.as_str()) {
            return Ok(response);
        }
        Err(self.garbage(&format!("it is {kind} in place of {}", kinds.join(" or "))))
    }

    /// Returns the time limits.
    pub(super) fn limits(&self) -> &LlmLimits {
        &self.inner.limits
    }

    /// Returns the maximum size of an answer, in bytes.
    pub(super) fn max_body(&self) -> usize {
        self.inner.policy.max_body
    }

    /// Returns the error for an invalid answer. The reason may quote the answer, so the key is removed.
    pub(super) fn garbage(&self, reason: &str) -> LlmError {
        LlmError::Garbage { reason: self.reason(reason) }
    }

    /// Returns a provider's message on one line, without the key.
    pub(super) fn reason(&self, words: &str) -> String {
        one_line(&self.inner.redactor.excerpt(words.as_bytes()), REASON_CHARS)
    }

    /// Converts a JSON object with an `error` that came with a success status.
    pub(super) fn error_object(&self, target: &Target, object: &Value) -> LlmError {
        refusal::of_object(object, &target.settings, &|words| self.reason(words))
    }

    fn refusal(&self, target: &Target, error: &http::ClientError) -> LlmError {
        refusal::of_client(error, &target.settings, &|words| self.reason(words))
    }

    fn request(&self, target: &Target, body: &Value) -> RequestBuilder {
        let request = self.inner.client.post(target.url.clone()).json(body);
        match &self.inner.key {
            Some(key) => request.bearer_auth(key.expose_secret()),
            None => request,
        }
    }
}

/// Returns the media type without parameters.
fn content_type(headers: &HeaderMap) -> String {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("of no type");
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Appends `path` to the path of `base`.
pub(super) fn join(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}/{path}", base.path().trim_end_matches('/')));
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_put_after_that_of_the_base() {
        for base in ["https://api.example/v1", "https://api.example/v1/"] {
            assert_eq!(join(&base.parse().unwrap(), "embeddings").as_str(), "https://api.example/v1/embeddings");
        }
        assert_eq!(join(&"http://host:1".parse().unwrap(), "api/chat").as_str(), "http://host:1/api/chat");
    }
}
