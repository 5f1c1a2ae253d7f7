//! Research on software vendors: their products, target customers, and actual customers.
//!
//! A [`ResearchSource`] answers one question at a time, so that callers can ask concurrently, show progress and retry
//! only failed questions. Every fact comes with the page that proves it.
//!
//! - [`openai`]: the web, with OpenAI's Responses API and its web search; requires a key and costs money.
//! - [`web`]: the web, with a search engine, our own fetching of pages, and any language model.
//! - [`sample`]: three bundled fictional vendors, for trying the product without a key.

pub mod clean;
mod error;
mod facts;
pub mod openai;
mod prompts;
pub mod sample;
mod schema;
mod types;
pub mod web;

use async_trait::async_trait;

pub use error::ResearchError;
pub use types::{
    BillingPeriod, CompanyRef, Details, DiscoveredCustomer, DiscoveryQuery, Finding, Segment, Source, Topic,
};

/// A source of research. Implementations are shared as `Arc<dyn ResearchSource>`; dropping a call's future cancels it.
#[async_trait]
pub trait ResearchSource: Send + Sync {
    /// Returns a stable name for settings, logs and stored records: `openai`, `web` or `sample`.
    fn name(&self) -> &'static str;

    /// Returns true if the answers are fictional, for demonstration. Results of such a source must be marked.
    fn is_sample(&self) -> bool;

    /// Returns true if this source can be asked about the company.
    fn covers(&self, company: &CompanyRef) -> bool;

    /// Researches one topic of a company. An empty list means that nothing could be proved.
    ///
    /// # Errors
    /// See [`ResearchError`]; [`ResearchError::is_retryable`] tells if a retry may help.
    async fn research(&self, company: &CompanyRef, topic: Topic) -> Result<Vec<Finding>, ResearchError>;

    /// Searches one kind of place for the company's customers. Answers of different queries overlap, possibly with
    /// different spellings; names are unique within one answer.
    ///
    /// # Errors
    /// See [`ResearchError`]; [`ResearchError::is_retryable`] tells if a retry may help.
    async fn discover(
        &self,
        company: &CompanyRef,
        query: DiscoveryQuery,
    ) -> Result<Vec<DiscoveredCustomer>, ResearchError>;
}
