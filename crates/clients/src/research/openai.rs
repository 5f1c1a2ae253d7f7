//! Research on the web with OpenAI's Responses API and its web search tool.
//!
//! One request per question: `POST {base}/responses` with `tools: [{type: "web_search"}]` and a strict JSON schema as
//! `text.format`, not stored by the provider. Protocol:
//! <https://platform.openai.com/docs/api-reference/responses/create>,
//! <https://platform.openai.com/docs/guides/tools-web-search>,
//! <https://platform.openai.com/docs/guides/structured-outputs>.
//!
//! A fact is accepted only with the address, title and quote of a page whose site was visited by the search.

mod answer;
mod refusal;

use async_trait::async_trait;
use reqwest::{Client, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use self::answer::{Answer, Visited};
use super::facts::{self, CustomersAnswer, FindingsAnswer};
use super::{
    CompanyRef, DiscoveredCustomer, DiscoveryQuery, Finding, ResearchError, ResearchSource, Topic, clean, prompts,
    schema,
};
use crate::http::{self, HttpConfig, RetryPolicy};
use rapport_toolkit::ambient::Ambient;
pub use rapport_toolkit::config::OpenAiConfig;

/// Maximum number of output tokens, including reasoning; reaching it is an error.
const MAX_OUTPUT_TOKENS: u32 = 32_000;

/// Maximum number of searches and page visits per answer, which are billed individually.
const MAX_TOOL_CALLS: u32 = 16;

/// A [`ResearchSource`] that asks OpenAI.
pub struct OpenAiResearch {
    client: Client,
    endpoint: Url,
    api_key: SecretString,
    model: String,
    policy: RetryPolicy,
    ambient: Ambient,
}

impl OpenAiResearch {
    /// Validates the settings and creates the HTTP client.
    ///
    /// # Errors
    /// [`ResearchError::NotConfigured`] with the missing or invalid setting; [`ResearchError::Refused`] if no HTTP
    /// client can be created.
    pub fn new(config: OpenAiConfig, ambient: Ambient) -> Result<Self, ResearchError> {
        let missing = |setting| ResearchError::NotConfigured { setting };
        let key = config.api_key.expose_secret().trim();
        if key.is_empty() || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(missing("OPENAI_API_KEY"));
        }
        if config.model.trim().is_empty() {
            return Err(missing("OPENAI_MODEL"));
        }
        let endpoint = format!("{}/responses", config.base_url.trim().trim_end_matches('/'));
        let endpoint = Url::parse(&endpoint)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
            .ok_or_else(|| missing("OPENAI_BASE_URL"))?;
        let http = HttpConfig { timeout: config.timeout, ..HttpConfig::default() };
        Ok(Self {
            client: http::client(&http).map_err(|error| refusal::of_client(&error))?,
            endpoint,
            api_key: config.api_key,
            model: config.model,
            policy: RetryPolicy { max_attempts: config.max_attempts, ..RetryPolicy::default() },
            ambient,
        })
    }

    /// Asks one question and parses the facts in the answer.
    async fn ask<T: DeserializeOwned>(&self, question: &Question<'_>) -> Result<(T, Visited), ResearchError> {
        let body = self.request(question);
        let reply = http::send_with_retry(&self.policy, &self.ambient, || {
            let key = self.api_key.expose_secret().trim();
            self.client.post(self.endpoint.clone()).bearer_auth(key).json(&body)
        })
        .await
        .map_err(|error| refusal::of_client(&error))?;
        let answer: Answer = reply.json().map_err(|error| refusal::of_client(&error))?;
        let (text, visited) = answer.completed()?;
        let facts = serde_json::from_str(&text).map_err(|error| ResearchError::Garbage {
            reason: clean::line(&format!("not of the schema asked for: {error}"), clean::FIELD),
        })?;
        Ok((facts, visited))
    }

    /// Returns the request body. The name of the format identifies the question.
    fn request(&self, question: &Question<'_>) -> Value {
        let today = self.ambient.now().date_naive();
        let company = question.company;
        // Names come from users: they travel as values of a JSON document, never within a sentence.
        let input = json!({
            "company": clean::line(&company.name, clean::NAME),
            "website": clean::optional(company.website.as_deref(), clean::NAME),
            "question": question.prompt,
            "today": today.to_string(),
        });
        json!({
            "model": self.model,
            "instructions": prompts::SEARCHING_INSTRUCTIONS,
            "input": input.to_string(),
            "tools": [{ "type": "web_search" }],
            // Reasoning models accept no other choice beside web search.
            "tool_choice": "auto",
            "include": ["web_search_call.action.sources"],
            "max_tool_calls": MAX_TOOL_CALLS,
            "max_output_tokens": MAX_OUTPUT_TOKENS,
            "store": false,
            "text": { "format": {
                "type": "json_schema",
                "name": question.name,
                "strict": true,
                "schema": question.schema,
            } },
        })
    }
}

/// One question to the model.
struct Question<'a> {
    company: &'a CompanyRef,
    name: &'static str,
    prompt: &'static str,
    schema: Value,
}

#[async_trait]
impl ResearchSource for OpenAiResearch {
    fn name(&self) -> &'static str {
        "openai"
    }

    fn is_sample(&self) -> bool {
        false
    }

    fn covers(&self, _company: &CompanyRef) -> bool {
        true
    }

    async fn research(&self, company: &CompanyRef, topic: Topic) -> Result<Vec<Finding>, ResearchError> {
        let question =
            Question { company, name: topic.as_str(), prompt: prompts::topic(topic), schema: schema::findings(topic) };
        let (answer, visited) = self.ask::<FindingsAnswer>(&question).await?;
        Ok(facts::findings(answer, topic, &visited))
    }

    async fn discover(
        &self,
        company: &CompanyRef,
        query: DiscoveryQuery,
    ) -> Result<Vec<DiscoveredCustomer>, ResearchError> {
        let question = Question {
            company,
            name: prompts::discovery_name(query),
            prompt: prompts::discovery(query),
            schema: schema::customers(),
        };
        let (answer, visited) = self.ask::<CustomersAnswer>(&question).await?;
        Ok(facts::customers(answer, query, company, &visited))
    }
}
