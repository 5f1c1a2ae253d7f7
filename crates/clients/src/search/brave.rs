//! Search with Brave's API: <https://api-dashboard.search.brave.com/app/documentation/web-search/get-started>.

use async_trait::async_trait;
use reqwest::Client;
use reqwest::header::{HeaderName, HeaderValue};
use secrecy::ExposeSecret;
use serde::Deserialize;
use url::Url;

use super::{
    address::{endpoint, with_query},
    error::SearchError,
    hit::{SearchHit, WebSearch},
    hits,
};
use crate::http::{self, ClientError, HttpConfig, RetryPolicy};
use rapport_toolkit::ambient::Ambient;
use rapport_toolkit::config::{BRAVE_SEARCH_API_KEY, BRAVE_SEARCH_BASE_URL, BraveConfig, SearchConfig};

/// The header that carries the key.
const TOKEN: HeaderName = HeaderName::from_static("x-subscription-token");

/// Maximum number of results per call.
const MOST_RESULTS: usize = 20;
/// Maximum length of a query, in characters.
const QUERY_CHARS: usize = 400;
/// Maximum length of a query, in words.
const QUERY_WORDS: usize = 50;

/// A [`WebSearch`] that asks Brave.
pub struct BraveSearch {
    client: Client,
    endpoint: Url,
    /// The key, marked as sensitive.
    token: HeaderValue,
    policy: RetryPolicy,
    ambient: Ambient,
}

/// The relevant part of an answer. `web` is absent if nothing was found.
#[derive(Deserialize)]
struct Answer {
    #[serde(rename = "type")]
    _kind: Kind,
    web: Option<Web>,
}

/// The type of the answer, for validation.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Search,
}

#[derive(Deserialize)]
struct Web {
    results: Vec<Found>,
}

#[derive(Deserialize)]
struct Found {
    url: String,
    title: Option<String>,
    description: Option<String>,
}

impl BraveSearch {
    /// Creates the client with the key of `brave`.
    ///
    /// # Errors
    /// [`SearchError::NotConfigured`] if the key or the address is invalid; [`SearchError::Refused`] if no HTTP client
    /// can be created.
    pub fn new(brave: BraveConfig, config: &SearchConfig, ambient: Ambient) -> Result<Self, SearchError> {
        let key = brave.api_key.expose_secret().trim();
        let token = HeaderValue::from_str(key).ok().filter(|token| !token.is_empty());
        let mut token = token.ok_or_else(|| not_accepted("it is empty or no key"))?;
        token.set_sensitive(true);
        let client = http::client(&HttpConfig { timeout: config.timeout, ..HttpConfig::default() })?;
        let policy = RetryPolicy { max_attempts: config.max_attempts, ..RetryPolicy::default() };
        let endpoint = endpoint(&brave.base_url, "res/v1/web/search", BRAVE_SEARCH_BASE_URL)?;
        Ok(Self { client, endpoint, token, policy, ambient })
    }
}

#[async_trait]
impl WebSearch for BraveSearch {
    fn name(&self) -> &'static str {
        "brave"
    }

    async fn search(&self, query: &str, count: usize) -> Result<Vec<SearchHit>, SearchError> {
        let words: Vec<_> = query.split_whitespace().take(QUERY_WORDS).collect();
        let query: String = words.join(" ").chars().take(QUERY_CHARS).collect();
        let wanted = count.clamp(1, MOST_RESULTS).to_string();
        let parameters =
            [("q", query.as_str()), ("count", &wanted), ("result_filter", "web"), ("text_decorations", "false")];
        let url = with_query(&self.endpoint, &parameters);
        let request = || self.client.get(url.clone()).header(TOKEN, self.token.clone());
        let reply = http::send_with_retry(&self.policy, &self.ambient, request).await.map_err(told_apart)?;
        let answer: Answer = reply.json()?;
        let found = answer.web.map(|web| web.results).unwrap_or_default();
        let results = found.iter().map(|found| hits::Found {
            title: found.title.as_deref().unwrap_or_default(),
            url: &found.url,
            snippet: found.description.as_deref().unwrap_or_default(),
        });
        Ok(hits::collect(results, count))
    }
}

fn not_accepted(reason: &str) -> SearchError {
    SearchError::NotConfigured { setting: BRAVE_SEARCH_API_KEY, reason: reason.to_owned() }
}

/// Converts an error: a wrong key is a 422 with its own code; 401, 402 and 403 concern the key and its plan too.
fn told_apart(error: ClientError) -> SearchError {
    match &error {
        ClientError::Status { status: 401..=403, .. } => not_accepted("Brave does not accept the key"),
        ClientError::Status { status: 422, excerpt, .. } if excerpt.contains("SUBSCRIPTION_TOKEN_INVALID") => {
            not_accepted("Brave does not accept the key")
        }
        _ => error.into(),
    }
}
