//! Research on the web without a research API: a search engine finds pages, we fetch them, and a language model
//! extracts their facts.
//!
//! A fact is accepted only with the address of a fetched page and a quote that occurs in it word for word, apart from
//! white space, case, and variants of quotation marks and dashes. The model hence cannot add anything of its own.

mod queries;
mod reading;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use moka::future::Cache;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use url::Url;

use self::reading::{ReadPage, ReadPages};
use super::{
    CompanyRef, DiscoveredCustomer, DiscoveryQuery, Finding, ResearchError, ResearchSource, Topic, clean,
    facts::{self, CustomersAnswer, FindingsAnswer},
    prompts, schema,
};
use crate::{
    fetch::PageFetcher,
    llm::{ChatRequest, JsonSchema, LanguageModel, LlmError, Message},
    search::{SearchError, WebSearch},
};
use rapport_toolkit::ambient::Ambient;

/// Number of pages requested per search.
const HITS: usize = 6;
/// Maximum number of pages read per question.
const PAGES: usize = 6;
/// Lifetime of a cached page: questions about one company find the same pages.
const PAGE_LIFE: Duration = Duration::from_secs(15 * 60);
/// Maximum number of cached pages.
const PAGES_REMEMBERED: u64 = 500;

/// A [`ResearchSource`] of a search engine, a page fetcher, and language models. Cheap to clone.
#[derive(Clone)]
pub struct WebResearch {
    search: Arc<dyn WebSearch>,
    fetcher: Arc<dyn PageFetcher>,
    model: Arc<dyn LanguageModel>,
    ambient: Ambient,
    /// A cache of pages; `None` for unreadable ones.
    read: Cache<Url, Option<Arc<ReadPage>>>,
}

impl WebResearch {
    /// Creates the source.
    pub fn new(
        search: Arc<dyn WebSearch>,
        fetcher: Arc<dyn PageFetcher>,
        model: Arc<dyn LanguageModel>,
        ambient: Ambient,
    ) -> Self {
        let read = Cache::builder().max_capacity(PAGES_REMEMBERED).time_to_live(PAGE_LIFE).build();
        Self { search, fetcher, model, ambient, read }
    }

    /// Returns the pages found by the queries, those of the vendor's own site first.
    async fn pages(&self, company: &CompanyRef, queries: Vec<String>) -> Result<ReadPages, ResearchError> {
        let searches = queries.iter().map(|query| self.search.search(query, HITS));
        let mut urls = Vec::new();
        for hits in futures_util::future::join_all(searches).await {
            for hit in hits.map_err(of_search)? {
                if !urls.contains(&hit.url) {
                    urls.push(hit.url);
                }
            }
        }
        let own = queries::site(company);
        // Stable: within the two groups the best hits stay first.
        urls.sort_by_key(|url| own.as_deref().is_none_or(|own| !queries::is_of_site(url, own)));
        urls.truncate(PAGES);
        let found = urls.len();
        let read = futures_util::future::join_all(urls.into_iter().map(|url| self.read(url))).await;
        let pages: Vec<_> = read.into_iter().flatten().collect();
        if pages.is_empty() && found > 0 {
            let reason = format!("none of the {found} pages found could be read");
            return Err(ResearchError::Unavailable { reason, retry_after: None });
        }
        Ok(ReadPages(pages))
    }

    /// Fetches a page, once for all questions that lead to it.
    async fn read(&self, url: Url) -> Option<Arc<ReadPage>> {
        let reading = async {
            match self.fetcher.fetch(&url).await {
                Ok(page) => Some(Arc::new(ReadPage::new(url.clone(), page))),
                Err(error) => {
                    tracing::debug!(%url, %error, "a page that was found cannot be read");
                    None
                }
            }
        };
        self.read.get_with(url.clone(), reading).await
    }

    /// Has the model answer a question from pages. Without pages it is not asked.
    async fn ask<T: DeserializeOwned>(
        &self,
        company: &CompanyRef,
        question: &Question,
        pages: &ReadPages,
    ) -> Result<T, ResearchError> {
        let schema = JsonSchema::new(question.name, question.schema.clone()).map_err(of_model)?;
        // Names come from users and texts from strangers: they travel as values of a JSON document, never in a sentence.
        let input = json!({
            "company": clean::line(&company.name, clean::NAME),
            "website": clean::optional(company.website.as_deref(), clean::NAME),
            "question": question.prompt,
            "today": self.ambient.now().date_naive().to_string(),
            "pages": pages.as_input(),
        });
        let messages = vec![Message::system(prompts::READING_INSTRUCTIONS), Message::user(input.to_string())];
        let answer = self.model.structured(&ChatRequest::new(messages), &schema).await.map_err(of_model)?;
        serde_json::from_value(answer.value).map_err(|error| ResearchError::Garbage {
            reason: clean::line(&format!("not of the schema asked for: {error}"), clean::FIELD),
        })
    }
}

/// One question to the model.
struct Question {
    name: &'static str,
    prompt: &'static str,
    schema: Value,
}

#[async_trait]
impl ResearchSource for WebResearch {
    fn name(&self) -> &'static str {
        "web"
    }

    fn is_sample(&self) -> bool {
        false
    }

    fn covers(&self, _company: &CompanyRef) -> bool {
        true
    }

    async fn research(&self, company: &CompanyRef, topic: Topic) -> Result<Vec<Finding>, ResearchError> {
        let pages = self.pages(company, queries::topic(company, topic)).await?;
        if pages.0.is_empty() {
            return Ok(Vec::new());
        }
        let question =
            Question { name: topic.as_str(), prompt: prompts::topic(topic), schema: schema::findings(topic) };
        let answer: FindingsAnswer = self.ask(company, &question, &pages).await?;
        Ok(facts::findings(answer, topic, &pages))
    }

    async fn discover(
        &self,
        company: &CompanyRef,
        query: DiscoveryQuery,
    ) -> Result<Vec<DiscoveredCustomer>, ResearchError> {
        let pages = self.pages(company, queries::discovery(company, query)).await?;
        if pages.0.is_empty() {
            return Ok(Vec::new());
        }
        let question = Question {
            name: prompts::discovery_name(query),
            prompt: prompts::discovery(query),
            schema: schema::customers(),
        };
        let answer: CustomersAnswer = self.ask(company, &question, &pages).await?;
        Ok(facts::customers(answer, query, company, &pages))
    }
}

fn of_search(error: SearchError) -> ResearchError {
    match error {
        SearchError::NotConfigured { setting, .. } => ResearchError::NotConfigured { setting },
        SearchError::RateLimited { retry_after } => ResearchError::RateLimited { retry_after },
        SearchError::Unavailable { reason, retry_after } => ResearchError::Unavailable { reason, retry_after },
        SearchError::Refused { reason } => ResearchError::Refused { reason },
        SearchError::Garbage { reason } => ResearchError::Garbage { reason },
    }
}

fn of_model(error: LlmError) -> ResearchError {
    let reason = clean::line(&error.to_string(), clean::SUMMARY);
    match &error {
        LlmError::SettingRefused { setting } => ResearchError::NotConfigured { setting },
        LlmError::RateLimited { retry_after } => ResearchError::RateLimited { retry_after: *retry_after },
        LlmError::InvalidOutput { .. } | LlmError::Garbage { .. } | LlmError::Truncated(_) => {
            ResearchError::Garbage { reason }
        }
        _ if error.is_retryable() => ResearchError::Unavailable { reason, retry_after: error.retry_after() },
        _ => ResearchError::Refused { reason },
    }
}
