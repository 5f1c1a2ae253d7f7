//! One request: checked before it is sent and again when connecting, without following redirects.

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::Resolve;
use reqwest::header::{ACCEPT, HeaderMap, LOCATION};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode};
use tokio::time::Instant;
use url::Url;

use super::FetchError;
use super::resolver::{CheckedResolver, NothingAllowed};
use crate::http::{ClientError, one_line};
use rapport_toolkit::config::FetchConfig;
use rapport_toolkit::web_address::{self, AddressPolicy, NotPublic};

/// Maximum number of redirects per page.
pub(super) const MAX_REDIRECTS: usize = 5;

/// Maximum length of a library's reason, in characters.
const REASON_CHARS: usize = 200;

/// Maximum length of a URL, in bytes.
const URL_BYTES: usize = 4_096;

/// Requests one URL at a time.
pub(super) struct Wire {
    client: Client,
    policy: AddressPolicy,
    ports: Vec<u16>,
}

impl Wire {
    pub(super) fn new(
        config: &FetchConfig,
        policy: AddressPolicy,
        resolver: Arc<dyn Resolve>,
    ) -> Result<Self, ClientError> {
        let client = Client::builder()
            .tls_backend_rustls()
            // A proxy would resolve names itself, and our check with it.
            .no_proxy()
            .dns_resolver(Arc::new(CheckedResolver { inner: resolver, policy: policy.clone() }))
            .redirect(Policy::none())
            .referer(false)
            .user_agent(&config.user_agent)
            .build()
            .map_err(|_| ClientError::Request { reason: "the user agent is no legal header".to_owned() })?;
        Ok(Self { client, policy, ports: config.ports.clone() })
    }

    /// Sends a GET request, unless the URL is forbidden.
    pub(super) async fn get(&self, url: &Url, accept: &'static str) -> Result<Response, FetchError> {
        self.check(url)?;
        self.client.get(url.clone()).header(ACCEPT, accept).send().await.map_err(|error| of_reqwest(&error))
    }

    /// Checks a URL as far as possible without resolving it. Host names are checked when connecting; IP addresses in
    /// URLs are not resolved, so they are checked here, in the canonical form made by the `url` crate (URL Standard,
    /// "host parsing").
    pub(super) fn check(&self, url: &Url) -> Result<(), FetchError> {
        web_address::check(url, &self.policy).map_err(|problem| match problem {
            NotPublic::NotWeb(reason) => FetchError::Unsuitable { reason },
            NotPublic::Inside => FetchError::ForbiddenAddress,
        })?;
        if !url.port_or_known_default().is_some_and(|port| self.ports.contains(&port)) {
            return Err(FetchError::Unsuitable { reason: "its port is not one of the web" });
        }
        if url.as_str().len() > URL_BYTES {
            return Err(FetchError::Unsuitable { reason: "it is too long" });
        }
        Ok(())
    }
}

/// Returns the target of a redirect; `None` if the answer is none.
pub(super) fn redirect(url: &Url, status: StatusCode, headers: &HeaderMap) -> Option<Result<Url, FetchError>> {
    if !matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let location = str::from_utf8(headers.get(LOCATION)?.as_bytes()).ok();
    let next = location.and_then(|location| url.join(location).ok());
    Some(next.ok_or(FetchError::Unsuitable { reason: "it redirects to what is no address" }))
}

/// Reads at most `limit` bytes, counted after decompression, and returns true if there were more.
pub(super) async fn read(response: &mut Response, limit: usize) -> Result<(Vec<u8>, bool), FetchError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| of_reqwest(&error))? {
        if body.len() + chunk.len() > limit {
            body.extend_from_slice(&chunk[..limit - body.len()]);
            return Ok((body, true));
        }
        body.extend_from_slice(&chunk);
    }
    Ok((body, false))
}

/// Runs one step within a shared time limit, and subtracts its duration from the limit.
pub(super) async fn within<T>(
    left: &mut Duration,
    step: impl Future<Output = Result<T, FetchError>>,
) -> Result<T, FetchError> {
    let started = Instant::now();
    let result = tokio::time::timeout(*left, step).await.unwrap_or(Err(FetchError::Timeout));
    *left = left.saturating_sub(started.elapsed());
    result
}

/// Classifies a reqwest error. Its message is not used, because it contains the URL.
fn of_reqwest(error: &reqwest::Error) -> FetchError {
    if error.is_timeout() {
        return FetchError::Timeout;
    }
    let mut reason = "unknown cause".to_owned();
    let mut cause = error.source();
    while let Some(error) = cause {
        if error.is::<NothingAllowed>() {
            return FetchError::ForbiddenAddress;
        }
        reason = one_line(&error.to_string(), REASON_CHARS);
        cause = error.source();
    }
    FetchError::Network { reason }
}
