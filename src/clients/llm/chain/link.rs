//! One provider in the chain.

use std::{sync::Arc, time::Duration};

use super::super::{LanguageModel, LlmProvider, Operation, breaker::Breaker};

/// One provider in the chain.
#[derive(Clone)]
pub(super) struct Link {
    pub(super) provider: LlmProvider,
    pub(super) client: Arc<dyn LanguageModel>,
    pub(super) model: String,
    pub(super) embedding_model: Option<String>,
    pub(super) breaker: Arc<Breaker>,
    /// Limit for a call that is not streamed; streams have their own.
    pub(super) timeout: Duration,
}

impl Link {
    /// Whether it can be asked for this at all.
    pub(super) fn can(&self, operation: Operation) -> bool {
        operation != Operation::Embed || self.embedding_model.is_some()
    }

    /// What its calls are counted under.
    pub(super) fn key(&self, operation: Operation) -> (LlmProvider, String, Operation) {
        let model = match (operation, &self.embedding_model) {
            (Operation::Embed, Some(model)) => model,
            _ => &self.model,
        };
        (self.provider, model.clone(), operation)
    }
}
