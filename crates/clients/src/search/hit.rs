//! Search requests and results.

use async_trait::async_trait;
use url::Url;

use super::error::SearchError;

/// A found page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchHit {
    /// Its title, on one line; may be empty.
    pub title: String,
    /// Its URL: `http` or `https`, without a fragment.
    pub url: Url,
    /// A snippet of its text, on one line, as chosen and possibly modified by the search engine; may be empty.
    pub snippet: String,
}

/// A web search engine. Implementations are shared as `Arc<dyn WebSearch>`; dropping a call's future cancels it.
#[async_trait]
pub trait WebSearch: Send + Sync {
    /// Returns a stable name for logs: `searxng` or `brave`.
    fn name(&self) -> &'static str;

    /// Returns at most the `count` best pages for a query, each once, in order of relevance. An empty list means that
    /// nothing was found.
    ///
    /// # Errors
    /// See [`SearchError`]; [`SearchError::is_retryable`] tells if a retry may help.
    async fn search(&self, query: &str, count: usize) -> Result<Vec<SearchHit>, SearchError>;
}
