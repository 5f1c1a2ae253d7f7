//! Searching the web.
//!
//! A [`WebSearch`] answers with pages that are worth reading; what they say is read from the pages themselves, by
//! [`super::fetch`].
//!
//! - [`searxng`]: an instance of SearXNG, which asks other search engines; of one's own, without a key.
//! - [`brave`]: Brave's search API; needs a key and costs money.

pub mod brave;
mod error;
mod hits;
pub mod searxng;

use std::sync::Arc;

use async_trait::async_trait;
use url::Url;

pub use error::SearchError;

use self::brave::BraveSearch;
use self::searxng::SearxngSearch;
use crate::ambient::Ambient;
use crate::config::{SEARXNG_URL, SearchConfig};

/// A page that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchHit {
    /// Its title, on one line; may be empty.
    pub title: String,
    /// Where it is: `http` or `https`, without a fragment.
    pub url: Url,
    /// Some of its words, on one line, as the search engine chose and perhaps changed them; may be empty.
    pub snippet: String,
}

/// Somebody who searches the web. Implementations are shared as `Arc<dyn WebSearch>`; dropping a call's future cancels
/// it.
#[async_trait]
pub trait WebSearch: Send + Sync {
    /// A stable name for logs: `searxng` or `brave`.
    fn name(&self) -> &'static str;

    /// The best `count` pages for a query, or fewer: each once, in the order in which they were found. An empty list
    /// means that nothing was found.
    ///
    /// # Errors
    /// See [`SearchError`]; [`SearchError::is_retryable`] says whether asking again may help.
    async fn search(&self, query: &str, count: usize) -> Result<Vec<SearchHit>, SearchError>;
}

/// Several who search, asked in order until one answers.
#[derive(Clone)]
pub struct SearchChain {
    searches: Vec<Arc<dyn WebSearch>>,
}

impl SearchChain {
    /// Asks these in this order. Without any each search is [`SearchError::NotConfigured`].
    #[must_use]
    pub fn new(searches: Vec<Arc<dyn WebSearch>>) -> Self {
        Self { searches }
    }

    /// Those that the settings name: SearXNG, then Brave.
    ///
    /// # Errors
    /// [`SearchError::NotConfigured`] with the setting that is malformed; [`SearchError::Refused`] when no HTTP client
    /// can be made.
    pub fn from_config(config: &SearchConfig, ambient: &Ambient) -> Result<Self, SearchError> {
        let mut searches: Vec<Arc<dyn WebSearch>> = Vec::new();
        if let Some(url) = &config.searxng_url {
            searches.push(Arc::new(SearxngSearch::new(url, config, ambient.clone())?));
        }
        if let Some(brave) = &config.brave {
            searches.push(Arc::new(BraveSearch::new(brave.clone(), config, ambient.clone())?));
        }
        Ok(Self::new(searches))
    }

    /// Whether there is anybody to ask.
    #[must_use]
    pub fn is_configured(&self) -> bool {
        !self.searches.is_empty()
    }
}

#[async_trait]
impl WebSearch for SearchChain {
    fn name(&self) -> &'static str {
        self.searches.first().map_or("none", |search| search.name())
    }

    async fn search(&self, query: &str, count: usize) -> Result<Vec<SearchHit>, SearchError> {
        let mut failure = SearchError::NotConfigured { setting: SEARXNG_URL, reason: "it is not set".to_owned() };
        for (position, search) in self.searches.iter().enumerate() {
            match search.search(query, count).await {
                Ok(hits) => return Ok(hits),
                Err(error) => {
                    if position + 1 < self.searches.len() {
                        tracing::warn!(search = search.name(), %error, "a web search failed, asking the next");
                    }
                    // What may pass is the better answer: with it the caller tries again.
                    if position == 0 || error.is_retryable() || !failure.is_retryable() {
                        failure = error;
                    }
                }
            }
        }
        Err(failure)
    }
}

/// The address of an API below the one in the settings.
fn endpoint(base: &Url, path: &str, setting: &'static str) -> Result<Url, SearchError> {
    let mut url = base.clone();
    if !matches!(base.scheme(), "http" | "https") {
        return Err(SearchError::NotConfigured { setting, reason: "it must be a web address".to_owned() });
    }
    url.set_path(&format!("{}/{path}", base.path().trim_end_matches('/')));
    Ok(url)
}

/// The address of one call. What the settings have in the query stays there.
fn with_query(endpoint: &Url, parameters: &[(&str, &str)]) -> Url {
    let mut url = endpoint.clone();
    url.query_pairs_mut().extend_pairs(parameters);
    url
}
