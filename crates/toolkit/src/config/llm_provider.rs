//! Providers of language models, and their connection settings.

use std::{fmt, str::FromStr};

use secrecy::SecretString;
use url::Url;

use super::openai::OPENAI_API_KEY;

/// The setting of the Hugging Face key; named in errors too.
pub const HUGGINGFACE_API_KEY: &str = "HUGGINGFACE_API_KEY";

/// The setting of Ollama's address; named in errors too.
pub const OLLAMA_HOST: &str = "OLLAMA_HOST";

/// A provider of language models.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LlmProvider {
    /// OpenAI, or a compatible server.
    OpenAi,
    /// Ollama.
    Ollama,
    /// Hugging Face.
    HuggingFace,
}

impl LlmProvider {
    /// All providers, in default order.
    pub const ALL: [Self; 3] = [Self::OpenAi, Self::Ollama, Self::HuggingFace];

    /// Returns the name in settings, logs and metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OpenAi => "openai",
            Self::Ollama => "ollama",
            Self::HuggingFace => "huggingface",
        }
    }

    /// Returns the setting that enables the provider.
    pub(super) const fn access(self) -> &'static str {
        match self {
            Self::OpenAi => OPENAI_API_KEY,
            Self::Ollama => OLLAMA_HOST,
            Self::HuggingFace => HUGGINGFACE_API_KEY,
        }
    }
}

impl fmt::Display for LlmProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for LlmProvider {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|provider| provider.as_str() == text).ok_or(())
    }
}

/// Connection settings of one provider.
#[derive(Debug, Clone)]
pub enum ProviderConfig {
    /// OpenAI, or a compatible server.
    OpenAi(HostedConfig),
    /// Ollama.
    Ollama(OllamaConfig),
    /// Hugging Face.
    HuggingFace(HostedConfig),
}

impl ProviderConfig {
    /// Returns the provider.
    pub const fn provider(&self) -> LlmProvider {
        match self {
            Self::OpenAi(_) => LlmProvider::OpenAi,
            Self::Ollama(_) => LlmProvider::Ollama,
            Self::HuggingFace(_) => LlmProvider::HuggingFace,
        }
    }

    /// Returns the same provider with another chat model.
    pub(super) fn with_model(&self, model: &str) -> Self {
        let mut config = self.clone();
        match &mut config {
            Self::OpenAi(config) | Self::HuggingFace(config) => config.model = model.to_owned(),
            Self::Ollama(config) => config.model = model.to_owned(),
        }
        config
    }

    /// Returns the models for chat and for embeddings.
    pub fn models(&self) -> (&str, Option<&str>) {
        match self {
            Self::OpenAi(config) | Self::HuggingFace(config) => (&config.model, config.embedding_model.as_deref()),
            Self::Ollama(config) => (&config.model, config.embedding_model.as_deref()),
        }
    }
}

/// A provider with a key, which is hidden in debug output.
#[derive(Debug, Clone)]
pub struct HostedConfig {
    /// The key.
    pub api_key: SecretString,
    /// The base URL of the API, including the version.
    pub base_url: Url,
    /// The chat model.
    pub model: String,
    /// The embedding model, if any.
    pub embedding_model: Option<String>,
}

/// Settings of Ollama.
#[derive(Debug, Clone)]
pub struct OllamaConfig {
    /// Its URL.
    pub host: Url,
    /// The chat model.
    pub model: String,
    /// The embedding model, if any.
    pub embedding_model: Option<String>,
    /// Default sampling temperature, from 0 to 2.
    pub temperature: f32,
    /// Time for which a model stays in memory after a call, in Ollama's syntax.
    pub keep_alive: String,
}
