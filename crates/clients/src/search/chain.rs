//! A chain of search engines with fallback.

use std::sync::Arc;

use async_trait::async_trait;

use super::{
    brave::BraveSearch,
    error::SearchError,
    hit::{SearchHit, WebSearch},
    searxng::SearxngSearch,
};
use rapport_toolkit::{
    ambient::Ambient,
    config::{SEARXNG_URL, SearchConfig},
};

/// Search engines, tried in order until one answers.
#[derive(Clone)]
pub struct SearchChain {
    searches: Vec<Arc<dyn WebSearch>>,
}

impl SearchChain {
    /// Creates the chain in this order. Without any, each search fails with [`SearchError::NotConfigured`].
    #[must_use]
    pub fn new(searches: Vec<Arc<dyn WebSearch>>) -> Self {
        Self { searches }
    }

    /// Creates the configured chain: SearXNG, then Brave.
    ///
    /// # Errors
    /// [`SearchError::NotConfigured`] with the invalid setting; [`SearchError::Refused`] if no HTTP client can be
    /// created.
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

    /// Returns true if any search engine is configured.
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
