//! Vectors of texts, by the first provider of language models that has a model for them.

use std::time::Duration;

use tokio::time::timeout;

use super::{
    embedding::normalized,
    question::parts,
    scale::{self, Scale},
};
use crate::{
    app::App,
    clients::llm::{LanguageModel, LlmChain, LlmError},
    error::Result,
};

/// Makes vectors. All are of one model, or they could not be compared.
#[derive(Clone)]
pub(super) struct Embedder {
    chain: LlmChain,
    model: String,
    limit: Duration,
    /// The scale that the settings give; else the model is measured.
    scale: Option<Scale>,
}

impl Embedder {
    /// The one that the settings give, if any.
    pub(super) fn of(app: &App) -> Option<Self> {
        if !app.config.knowledge.embeddings {
            return None;
        }
        let providers = app.config.llm.providers.iter();
        let (provider, name) = providers.clone().find_map(|config| Some((config.provider(), config.models().1?)))?;
        let chain = app.clients.llm.only(provider);
        let knowledge = &app.config.knowledge;
        Some(Self {
            chain,
            model: format!("{provider}/{name}"),
            limit: knowledge.query_timeout,
            scale: knowledge.min_cosine.map(Scale::of_floor),
        })
    }

    /// The provider and the name of the model.
    pub(super) fn model(&self) -> &str {
        &self.model
    }

    /// The scale of the model that the settings give.
    pub(super) fn scale(&self) -> Option<Scale> {
        self.scale
    }

    /// Whether the model has yet to be measured.
    pub(super) async fn is_unmeasured(&self, app: &App) -> Result<bool> {
        Ok(self.scale.is_none() && !scale::is_measured(&app.db, &self.model).await?)
    }

    /// The vectors of a query and of its parts, each of length 1.
    ///
    /// # Errors
    /// Nothing to tell, when the provider fails or is not in time; it is logged.
    pub(super) async fn queries(&self, text: &str) -> Result<Vec<Vec<f32>>, ()> {
        let texts: Vec<_> = [text].into_iter().chain(parts(text)).map(str::to_owned).collect();
        let reason = match timeout(self.limit, self.vectors(&texts)).await {
            Ok(Ok(vectors)) if vectors.len() == texts.len() => return Ok(vectors),
            Ok(Ok(_)) => "it sent another number of vectors".to_owned(),
            Ok(Err(error)) => error.to_string(),
            Err(_) => format!("it did not answer within {} ms", self.limit.as_millis()),
        };
        tracing::warn!(model = self.model, reason, "knowledge is searched by words alone");
        Err(())
    }

    pub(super) async fn vectors(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, LlmError> {
        let embeddings = self.chain.embed(texts).await?;
        Ok(embeddings.vectors.into_iter().map(normalized).collect())
    }
}
