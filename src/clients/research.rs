//! Research on software vendors: what they sell, to whom, and who their customers are.
//!
//! A [`ResearchSource`] answers one question at a time, so that a caller can ask in parallel, show
//! progress and repeat only what failed. Every fact comes with the page that proves it.
//!
//! - [`openai`]: the web, through OpenAI's Responses API with web search; needs a key and costs
//!   money.
//! - [`web`]: the web, through a search engine, our own reading of the pages, and any language model.
//! - [`sample`]: three bundled fictional vendors, for trying the product without a key.

pub(crate) mod clean;
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

/// Where research comes from. Implementations are shared as
/// `Arc<dyn ResearchSource>`; dropping a call's future cancels it.
#[async_trait]
pub trait ResearchSource: Send + Sync {
    /// A stable name for settings, logs and stored records: `openai`, `web` or `sample`.
    fn name(&self) -> &'static str;

    /// Whether the answers are made up for demonstration. Results of such a source must be marked.
    fn is_sample(&self) -> bool;

    /// Whether this source can be asked about the company at all.
    fn covers(&self, company: &CompanyRef) -> bool;

    /// Researches one topic of a company. An empty list means that nothing could be proved.
    ///
    /// # Errors
    /// See [`ResearchError`]; [`ResearchError::is_retryable`] says whether asking again may help.
    async fn research(&self, company: &CompanyRef, topic: Topic) -> Result<Vec<Finding>, ResearchError>;

    /// Looks for the company's customers in one kind of place. The answers of different queries
    /// overlap, also under different spellings of a name; within one answer names are unique.
    ///
    /// # Errors
    /// See [`ResearchError`]; [`ResearchError::is_retryable`] says whether asking again may help.
    async fn discover(
        &self,
        company: &CompanyRef,
        query: DiscoveryQuery,
    ) -> Result<Vec<DiscoveredCustomer>, ResearchError>;
}
