//! Embedding of texts with the first provider that has an embedding model.

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

/// Creates embedding vectors, all with one model, since others are not comparable.
#[derive(Clone)]
pub(super) struct Embedder {
    chain: LlmChain,
    model: String,
    limit: Duration,
    /// The configured calibration; otherwise the model is measured.
    scale: Option<Scale>,
}

impl Embedder {
    /// Creates the configured embedder, if any.
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

    /// Returns provider and name of the model.
    pub(super) fn model(&self) -> &str {
        &self.model
    }

    /// Returns the configured calibration of the model.
    pub(super) fn scale(&self) -> Option<Scale> {
        self.scale
    }

    /// Returns true if the model still has to be measured.
    pub(super) async fn is_unmeasured(&self, app: &App) -> Result<bool> {
        Ok(self.scale.is_none() && !scale::is_measured(&app.db, &self.model).await?)
    }

    /// Returns the vectors of a query and its parts, each of length 1.
    ///
    /// # Errors
    /// Without details if the provider fails or is too slow, which is logged.
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
