//! Settings, read once from the environment (and `.env`), typed and validated together.
//!
//! [`Config::read`] reports all problems at once, one sentence each. `.env.example` is generated from the same
//! definitions ([`env_example`]), so it cannot become stale.

mod auth;
mod background;
mod chat;
mod database;
pub mod dotenv;
mod edgar;
mod extraction;
mod files;
mod http;
mod issuers;
mod knowledge;
mod limits;
mod llm;
mod llm_provider;
mod mail;
mod observe;
mod openai;
mod reader;
mod secrets;
mod settings;
#[cfg(test)]
pub(super) mod tests;
mod unknown;
mod web;

pub use auth::AuthConfig;
pub use background::{EventsConfig, JobsConfig, NotificationsConfig};
pub use chat::ChatConfig;
pub use database::{DatabaseConfig, DatabaseUrl, Synchronous};
pub use edgar::{EDGAR_USER_AGENT, EdgarConfig};
pub use files::{FILES_DIR, FileStoreConfig, FilesConfig, S3Config};
pub use http::{DocumentsConfig, HttpConfig, TRUSTED_DOCUMENTS};
pub use issuers::{IssuerConfig, IssuerKeys, OWN_ISSUER};
pub use knowledge::KnowledgeConfig;
pub use limits::{Allowance, Limits};
pub use llm::{LLM_SETTINGS, LlmConfig, LlmLimits};
pub use llm_provider::{HUGGINGFACE_API_KEY, HostedConfig, LlmProvider, OLLAMA_HOST, OllamaConfig, ProviderConfig};
pub use mail::{
    LEADS_MAIL_TO, MailConfig, MailLogin, MailTls, OutboxConfig, SMTP_CA_FILE, SMTP_HOST, SMTP_PASSWORD, SMTP_TLS,
    SMTP_USER,
};
pub use observe::{LogConfig, MetricsConfig, TracesConfig};
pub use openai::{OPENAI_API_KEY, OpenAiConfig};
pub use reader::{Problem, Setting};
pub use secrets::{SECRETS_KEYS, SealingKey};
pub use settings::{Config, RESEARCH_SETTINGS, env_example};
pub use unknown::unknown_settings;
pub use web::{
    BRAVE_SEARCH_API_KEY, BRAVE_SEARCH_BASE_URL, BraveConfig, FETCH_USER_AGENT, FetchConfig, SEARXNG_URL, SearchConfig,
};
