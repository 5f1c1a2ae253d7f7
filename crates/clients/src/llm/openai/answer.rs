//! Complete answers of the API.

use serde::Deserialize;

use super::super::reading::finish;
use super::super::{ChatReply, LlmError, ModelId, Usage, embedding};

/// A chat completion object.
#[derive(Debug, Deserialize)]
pub(super) struct Completion {
    choices: Vec<Choice>,
    #[serde(default)]
    usage: Option<Tokens>,
}

#[derive(Debug, Deserialize)]
struct Choice {
    message: Message,
    #[serde(default)]
    finish_reason: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Message {
    #[serde(default)]
    content: Option<String>,
    #[serde(default)]
    refusal: Option<String>,
}

/// Billed tokens.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) struct Tokens {
    #[serde(default)]
    prompt_tokens: u64,
    #[serde(default)]
    completion_tokens: u64,
}

impl From<Tokens> for Usage {
    fn from(tokens: Tokens) -> Self {
        Self { prompt_tokens: tokens.prompt_tokens, completion_tokens: tokens.completion_tokens }
    }
}

impl Completion {
    /// Returns the answer, if complete.
    pub(super) fn reply(self, model: ModelId, accept_partial: bool) -> Result<ChatReply, LlmError> {
        let garbage = |reason: &str| LlmError::Garbage { reason: reason.to_owned() };
        let choice = self.choices.into_iter().next().ok_or_else(|| garbage("there is no choice in it"))?;
        if let Some(reason) = choice.message.refusal.filter(|refusal| !refusal.is_empty()) {
            return Err(LlmError::Refused { reason });
        }
        let finish = finish(choice.finish_reason.as_deref(), accept_partial)?;
        let content = choice.message.content.unwrap_or_default();
        if content.trim().is_empty() {
            return Err(garbage("there is no text in it"));
        }
        Ok(ChatReply { content, finish, usage: self.usage.map(Usage::from), model })
    }
}

/// A list of embeddings.
#[derive(Debug, Deserialize)]
pub(super) struct Vectors {
    data: Vec<Vector>,
    #[serde(default)]
    usage: Option<Tokens>,
}

#[derive(Debug, Deserialize)]
struct Vector {
    index: usize,
    embedding: Vec<f32>,
}

impl Vectors {
    /// Returns the vectors in the order of the texts.
    pub(super) fn into_vectors(mut self) -> embedding::Vectors {
        self.data.sort_by_key(|vector| vector.index);
        let vectors = self.data.into_iter().map(|vector| vector.embedding).collect();
        embedding::Vectors { vectors, usage: self.usage.map(Usage::from) }
    }
}
