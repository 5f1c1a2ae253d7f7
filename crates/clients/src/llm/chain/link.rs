//! One provider in the chain.

use std::{sync::Arc, time::Duration};

use super::super::{
    HuggingFace, LanguageModel, LlmError, LlmProvider, Ollama, OpenAi, Operation, ProviderConfig, breaker::Breaker,
};
use rapport_toolkit::{ambient::Ambient, config::LlmConfig};

/// One provider in the chain.
#[derive(Clone)]
pub(super) struct Link {
    pub(super) provider: LlmProvider,
    pub(super) client: Arc<dyn LanguageModel>,
    pub(super) model: String,
    pub(super) embedding_model: Option<String>,
    pub(super) breaker: Arc<Breaker>,
    /// Time limit of a call that is not streamed; streams have their own.
    pub(super) timeout: Duration,
}

impl Link {
    /// Creates the configured provider with its breaker.
    ///
    /// # Errors
    /// If no HTTP client can be created.
    pub(super) fn new(
        provider: &ProviderConfig,
        config: &LlmConfig,
        breaker: Arc<Breaker>,
        ambient: &Ambient,
    ) -> Result<Self, LlmError> {
        let limits = config.limits.clone();
        let client: Arc<dyn LanguageModel> = match provider {
            ProviderConfig::OpenAi(config) => Arc::new(OpenAi::new(config, limits, ambient.clone())?),
            ProviderConfig::Ollama(config) => Arc::new(Ollama::new(config, limits, ambient.clone())?),
            ProviderConfig::HuggingFace(config) => Arc::new(HuggingFace::new(config, limits, ambient.clone())?),
        };
        let (model, embedding_model) = provider.models();
        Ok(Self {
            provider: provider.provider(),
            client,
            model: model.to_owned(),
            embedding_model: embedding_model.map(str::to_owned),
            breaker,
            timeout: config.limits.timeout,
        })
    }

    /// Returns true if it supports this operation.
    pub(super) fn can(&self, operation: Operation) -> bool {
        operation != Operation::Embed || self.embedding_model.is_some()
    }

    /// Returns the key of its metrics.
    pub(super) fn key(&self, operation: Operation) -> (LlmProvider, String, Operation) {
        let model = match (operation, &self.embedding_model) {
            (Operation::Embed, Some(model)) => model,
            _ => &self.model,
        };
        (self.provider, model.clone(), operation)
    }
}
