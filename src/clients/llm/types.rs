//! What is asked and what is answered.

use std::fmt;

use super::{JsonSchema, LlmError, LlmProvider};

/// Who said a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// We, about how to answer.
    System,
    /// Whoever asks.
    User,
    /// The model.
    Assistant,
}

impl Role {
    /// Its name in all three APIs.
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
    /// Who said it.
    pub role: Role,
    /// What was said.
    pub content: String,
}

impl Message {
    /// How the model should answer.
    pub fn system(content: impl Into<String>) -> Self {
        Self { role: Role::System, content: content.into() }
    }

    /// What is asked.
    pub fn user(content: impl Into<String>) -> Self {
        Self { role: Role::User, content: content.into() }
    }

    /// What the model said before.
    pub fn assistant(content: impl Into<String>) -> Self {
        Self { role: Role::Assistant, content: content.into() }
    }
}

impl fmt::Debug for Message {
    /// Shows the size in place of the content, which may be private and long.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message").field("role", &self.role).field("bytes", &self.content.len()).finish()
    }
}

/// A question to a language model.
#[derive(Debug, Clone)]
pub struct ChatRequest {
    /// The conversation so far; at least one message.
    pub messages: Vec<Message>,
    /// How freely the model chooses its words, from 0 (always the likeliest) to 2. Without it the provider's setting, or
    /// the model's own; some models accept no other.
    pub temperature: Option<f32>,
    /// The most tokens of the answer.
    pub max_tokens: Option<u32>,
    /// Whether an answer that hit a limit of tokens is wanted too: it then ends with [`FinishReason::Length`], and is
    /// [`LlmError::Truncated`] otherwise.
    pub accept_partial: bool,
    /// The form of the answer. The model is asked to keep to it, but only [`super::LanguageModel::structured`], which sets
    /// it, checks that it did.
    pub schema: Option<JsonSchema>,
}

impl ChatRequest {
    /// Asks for a whole answer, with the model's own temperature and length.
    pub fn new(messages: Vec<Message>) -> Self {
        Self { messages, temperature: None, max_tokens: None, accept_partial: false, schema: None }
    }

    /// Finds what no provider would accept, before one is asked.
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

/// Which model it was.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ModelId {
    /// Who runs it.
    pub provider: LlmProvider,
    /// Its name there, as configured.
    pub name: String,
}

impl fmt::Display for ModelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.provider, self.name)
    }
}

/// Tokens that were billed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Tokens of the question, with all that went before.
    pub prompt_tokens: u64,
    /// Tokens of the answer, thinking included.
    pub completion_tokens: u64,
}

impl Usage {
    pub(super) fn add(&mut self, more: Option<Self>) {
        let more = more.unwrap_or_default();
        self.prompt_tokens = self.prompt_tokens.saturating_add(more.prompt_tokens);
        self.completion_tokens = self.completion_tokens.saturating_add(more.completion_tokens);
    }
}

/// Why an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FinishReason {
    /// The model had said all.
    Stop,
    /// It hit a limit of tokens; only where [`ChatRequest::accept_partial`] allows it.
    Length,
}

/// A whole answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatReply {
    /// The text.
    pub content: String,
    /// Why it ended.
    pub finish: FinishReason,
    /// What it cost, where the provider told.
    pub usage: Option<Usage>,
    /// Who wrote it.
    pub model: ModelId,
}

/// A part of a streamed answer.
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
    /// Why it ended.
    pub finish: FinishReason,
    /// What it cost, where the provider told.
    pub usage: Option<Usage>,
    /// Who wrote it.
    pub model: ModelId,
}

/// An answer that fits the schema asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Structured {
    /// The answer.
    pub value: serde_json::Value,
    /// What it cost, a wrong first answer included.
    pub usage: Usage,
    /// Who wrote it.
    pub model: ModelId,
}

/// Vectors of texts.
#[derive(Debug, Clone, PartialEq)]
pub struct Embeddings {
    /// One for each text, in their order, all of one length.
    pub vectors: Vec<Vec<f32>>,
    /// What they cost, where the provider told.
    pub usage: Option<Usage>,
    /// Whose they are: vectors of different models cannot be compared.
    pub model: ModelId,
}
