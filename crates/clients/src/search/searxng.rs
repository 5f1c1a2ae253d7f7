//! Search with an instance of SearXNG and its JSON API: <https://docs.searxng.org/dev/search_api.html>.
//!
//! An instance answers in JSON only if its `settings.yml` lists `json` under `search.formats`; otherwise it returns
//! 403.

use async_trait::async_trait;
use reqwest::Client;
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::{
    address::{endpoint, with_query},
    error::SearchError,
    hit::{SearchHit, WebSearch},
    hits,
};
use crate::http::{self, ClientError, HttpConfig, RetryPolicy, one_line};
use rapport_toolkit::ambient::Ambient;
use rapport_toolkit::config::{SEARXNG_URL, SearchConfig};

/// Maximum length of a text about failed engines, in characters.
const REASON_CHARS: usize = 200;

/// A [`WebSearch`] that asks SearXNG.
pub struct SearxngSearch {
    client: Client,
    endpoint: Url,
    policy: RetryPolicy,
    ambient: Ambient,
}

/// The relevant part of an answer.
#[derive(Deserialize)]
struct Answer {
    results: Vec<Found>,
    /// The engines that did not answer, each with its name and error.
    #[serde(default)]
    unresponsive_engines: Vec<Value>,
}

#[derive(Deserialize)]
struct Found {
    url: Option<String>,
    title: Option<String>,
    content: Option<String>,
}

impl SearxngSearch {
    /// Creates the client of the instance at `base_url`.
    ///
    /// # Errors
    /// [`SearchError::NotConfigured`] if the address is no web address; [`SearchError::Refused`] if no HTTP client can
    /// be created.
    pub fn new(base_url: &Url, config: &SearchConfig, ambient: Ambient) -> Result<Self, SearchError> {
        let client = http::client(&HttpConfig { timeout: config.timeout, ..HttpConfig::default() })?;
        let policy = RetryPolicy { max_attempts: config.max_attempts, ..RetryPolicy::default() };
        Ok(Self { client, endpoint: endpoint(base_url, "search", SEARXNG_URL)?, policy, ambient })
    }
}

#[async_trait]
impl WebSearch for SearxngSearch {
    fn name(&self) -> &'static str {
        "searxng"
    }

    async fn search(&self, query: &str, count: usize) -> Result<Vec<SearchHit>, SearchError> {
        let request = || self.client.get(with_query(&self.endpoint, &[("q", query), ("format", "json")]));
        let reply = http::send_with_retry(&self.policy, &self.ambient, request).await.map_err(told_apart)?;
        let answer: Answer = reply.json()?;
        if answer.results.is_empty() && !answer.unresponsive_engines.is_empty() {
            let engines = one_line(&Value::from(answer.unresponsive_engines).to_string(), REASON_CHARS);
            return Err(SearchError::Unavailable {
                reason: format!("its engines did not answer: {engines}"),
                retry_after: None,
            });
        }
        let results = answer.results.iter().filter_map(|found| {
            Some(hits::Found {
                title: found.title.as_deref().unwrap_or_default(),
                url: found.url.as_deref()?,
                snippet: found.content.as_deref().unwrap_or_default(),
            })
        });
        Ok(hits::collect(results, count))
    }
}

fn told_apart(error: ClientError) -> SearchError {
    match &error {
        ClientError::Status { status: 403, .. } => SearchError::NotConfigured {
            setting: SEARXNG_URL,
            reason: "the instance does not answer in JSON; list json under search.formats in its settings.yml"
                .to_owned(),
        },
        ClientError::Status { status: 300..=399 | 401 | 404, .. } => SearchError::NotConfigured {
            setting: SEARXNG_URL,
            reason: "there is no SearXNG that answers us at this address".to_owned(),
        },
        _ => error.into(),
    }
}
