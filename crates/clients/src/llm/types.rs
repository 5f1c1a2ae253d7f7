//! Requests and answers.

use std::fmt;

use super::{JsonSchema, LlmError, LlmProvider};

/// Role of a message's author.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Instructions.
    System,
    /// The user.
    User,
    /// The model.
    Assistant,
}

impl Role {
    /// Returns the name in all three APIs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
            Self::Assistant => "assistant",
        }
    }
}

/// One message of a conversation.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// The role of the author.
    pub role: Role,
    /// The text.
    pub content: String,
}

impl Message {
    /// Creates an instruction.
    pub fn system(content: impl Into<String>) -> Self {
        Self { role: Role::System, content: content.into() }
    }

    /// Creates a message of the user.
    pub fn user(content: impl Into<String>) -> Self {
        Self { role: Role::User, content: content.into() }
    }

    /// Creates an earlier message of the model.
    pub fn assistant(content: impl Into<String>) -> Self {
        Self { role: Role::Assistant, content: content.into() }
    }
}

impl fmt::Debug for Message {
    /// Shows the size instead of the content, which may be private and long.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message").field("role", &self.role).field("bytes", &self.content.len()).finish()
    }
}

/// A request to a language model.
#[derive(Debug, Clone)]
pub struct ChatRequest {
    /// The conversation so far; at least one message.
    pub messages: Vec<Message>,
    /// Sampling temperature, from 0 (deterministic) to 2. Defaults to the provider's setting, or the model's; some
    /// models accept no other.
    pub temperature: Option<f32>,
    /// Maximum number of tokens of the answer.
    pub max_tokens: Option<u32>,
    /// True to accept an answer that reached a token limit: it then ends with [`FinishReason::Length`] instead of
    /// [`LlmError::Truncated`].
    pub accept_partial: bool,
    /// The schema of the answer. The model is asked to follow it, but only [`super::LanguageModel::structured`], which
    /// sets it, validates the answer.
    pub schema: Option<JsonSchema>,
}

impl ChatRequest {
    /// Creates a request for a complete answer, with the model's default temperature and length.
    pub fn new(messages: Vec<Message>) -> Self {
        Self { messages, temperature: None, max_tokens: None, accept_partial: false, schema: None }
    }

    /// Rejects requests that no provider would accept.
    ///
    /// # Errors
    /// [`LlmError::InvalidRequest`].
    pub(super) fn check(&self) -> Result<(), LlmError> {
        let reason = if self.messages.iter().all(|message| message.content.trim().is_empty()) {
            "there is no message in it"
        } else if self.temperature.is_some_and(|temperature| !(0.0..=2.0).contains(&temperature)) {
            "its temperature is not from 0 to 2"
        } else if self.max_tokens == Some(0) {
            "it asks for no token"
        } else {
            return Ok(());
        };
        Err(LlmError::InvalidRequest { reason: reason.to_owned() })
    }
}

/// The identity of a model.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ModelId {
    /// Provider of the model.
    pub provider: LlmProvider,
    /// Its configured name.
    pub name: String,
}

impl fmt::Display for ModelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.provider, self.name)
    }
}

/// Billed tokens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Tokens of the prompt, including the conversation.
    pub prompt_tokens: u64,
    /// Tokens of the answer, including reasoning.
    pub completion_tokens: u64,
}

impl Usage {
    pub(super) fn add(&mut self, more: Option<Self>) {
        let more = more.unwrap_or_default();
        self.prompt_tokens = self.prompt_tokens.saturating_add(more.prompt_tokens);
        self.completion_tokens = self.completion_tokens.saturating_add(more.completion_tokens);
    }
}

/// Reason why an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FinishReason {
    /// The model was finished.
    Stop,
    /// A token limit was reached; only if [`ChatRequest::accept_partial`] allows it.
    Length,
}

/// A complete answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatReply {
    /// The text.
    pub content: String,
    /// The reason why it ended.
    pub finish: FinishReason,
    /// The tokens used, if reported.
    pub usage: Option<Usage>,
    /// The model that wrote it.
    pub model: ModelId,
}

/// A piece of a streamed answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delta {
    /// The next piece of text, not empty.
    Text(String),
    /// The answer is complete; nothing follows.
    End(End),
}

/// The end of a streamed answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// The reason why it ended.
    pub finish: FinishReason,
    /// The tokens used, if reported.
    pub usage: Option<Usage>,
    /// The model that wrote it.
    pub model: ModelId,
}

/// An answer that matches the requested schema.
#[derive(Debug, Clone, PartialEq)]
pub struct Structured {
    /// The answer.
    pub value: serde_json::Value,
    /// The tokens used, including those of an invalid first answer.
    pub usage: Usage,
    /// The model that wrote it.
    pub model: ModelId,
}

/// Embedding vectors of texts.
#[derive(Debug, Clone, PartialEq)]
pub struct Embeddings {
    /// One vector per text, in order, all of one length.
    pub vectors: Vec<Vec<f32>>,
    /// The tokens used, if reported.
    pub usage: Option<Usage>,
    /// The model: vectors of different models are not comparable.
    pub model: ModelId,
}
