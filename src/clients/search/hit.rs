//! What a search is asked for, and what it answers with.

use async_trait::async_trait;
use url::Url;

use super::error::SearchError;

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
