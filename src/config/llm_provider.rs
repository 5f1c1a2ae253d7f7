//! The providers of language models, and how each is reached.

use std::{fmt, str::FromStr};

use secrecy::SecretString;
use url::Url;

use super::openai::OPENAI_API_KEY;

/// The name of the setting that holds the Hugging Face key; named in errors too.
pub const HUGGINGFACE_API_KEY: &str = "HUGGINGFACE_API_KEY";

/// The name of the setting that holds the address of Ollama; named in errors too.
pub const OLLAMA_HOST: &str = "OLLAMA_HOST";

/// Who runs language models.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LlmProvider {
    /// OpenAI, or a server that speaks its API.
    OpenAi,
    /// Ollama.
    Ollama,
    /// Hugging Face.
    HuggingFace,
}

impl LlmProvider {
    /// All, in the order in which they are asked when no other is set.
    pub const ALL: [Self; 3] = [Self::OpenAi, Self::Ollama, Self::HuggingFace];

    /// Its name in settings, logs and metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OpenAi => "openai",
            Self::Ollama => "ollama",
            Self::HuggingFace => "huggingface",
        }
    }

    /// The setting without which it is not used.
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

/// How to reach one provider.
#[derive(Debug, Clone)]
pub enum ProviderConfig {
    /// OpenAI, or a server that speaks its API.
    OpenAi(HostedConfig),
    /// Ollama.
    Ollama(OllamaConfig),
    /// Hugging Face.
    HuggingFace(HostedConfig),
}

impl ProviderConfig {
    /// Which it is.
    pub const fn provider(&self) -> LlmProvider {
        match self {
            Self::OpenAi(_) => LlmProvider::OpenAi,
            Self::Ollama(_) => LlmProvider::Ollama,
            Self::HuggingFace(_) => LlmProvider::HuggingFace,
        }
    }

    /// The same provider with another model for chat.
    pub(super) fn with_model(&self, model: &str) -> Self {
        let mut config = self.clone();
        match &mut config {
            Self::OpenAi(config) | Self::HuggingFace(config) => config.model = model.to_owned(),
            Self::Ollama(config) => config.model = model.to_owned(),
        }
        config
    }

    /// The models for chat and for embeddings.
    pub fn models(&self) -> (&str, Option<&str>) {
        match self {
            Self::OpenAi(config) | Self::HuggingFace(config) => (&config.model, config.embedding_model.as_deref()),
            Self::Ollama(config) => (&config.model, config.embedding_model.as_deref()),
        }
    }
}

/// A provider with a key. The key shows in no debug output.
#[derive(Debug, Clone)]
pub struct HostedConfig {
    /// The key.
    pub api_key: SecretString,
    /// The address below which the API lies, up to and including the version.
    pub base_url: Url,
    /// The model for chat.
    pub model: String,
    /// The model for embeddings; `None` when there is to be none.
    pub embedding_model: Option<String>,
}

/// An Ollama.
#[derive(Debug, Clone)]
pub struct OllamaConfig {
    /// Its address.
    pub host: Url,
    /// The model for chat.
    pub model: String,
    /// The model for embeddings; `None` when there is to be none.
    pub embedding_model: Option<String>,
    /// How freely the model chooses its words where the request does not say, from 0 to 2.
    pub temperature: f32,
    /// How long a model stays in memory after a call, in Ollama's words.
    pub keep_alive: String,
}
