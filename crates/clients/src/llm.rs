//! Language models behind one trait: chat, streamed chat, structured output, embeddings.
//!
//! - [`OpenAi`]: OpenAI, and servers with its Chat Completions API.
//! - [`Ollama`]: self-hosted models, with Ollama's API.
//! - [`HuggingFace`]: models of many vendors, with Hugging Face's router.
//!
//! [`LlmChain`] tries them in the configured order, and counts calls ([`LlmMetrics`]). An incomplete answer is always
//! an error: see [`LlmError::Truncated`].

mod breaker;
mod chain;
mod embedding;
mod error;
mod huggingface;
mod lines;
mod metrics;
mod ollama;
mod openai;
mod reading;
mod refusal;
mod schema;
mod structured;
mod transport;
mod types;

use async_trait::async_trait;
use futures_util::stream::BoxStream;

pub use breaker::BreakerState;
pub use chain::LlmChain;
pub use error::{FailureKind, LlmError, Phase, Truncation};
pub use huggingface::HuggingFace;
pub use metrics::{Histogram, LlmMetrics, LlmSnapshot, ModelMetrics, Operation, ProviderState};
pub use ollama::Ollama;
pub use openai::OpenAi;
pub use rapport_toolkit::config::{LlmConfig, LlmProvider, ProviderConfig};
pub use schema::JsonSchema;
pub use types::{
    ChatReply, ChatRequest, Delta, Embeddings, End, FinishReason, Message, ModelId, Role, Structured, Usage,
};

/// The stream of an answer.
pub type Deltas = BoxStream<'static, Result<Delta, LlmError>>;

/// A language model. Implementations are shared as `Arc<dyn LanguageModel>`; dropping a call's future, or a stream,
/// cancels the call.
#[async_trait]
pub trait LanguageModel: Send + Sync {
    /// Returns a complete answer.
    ///
    /// # Errors
    /// See [`LlmError`]; [`LlmError::is_retryable`] tells if a retry may help.
    async fn chat(&self, request: &ChatRequest) -> Result<ChatReply, LlmError>;

    /// Streams an answer. It is complete if the last item is [`Delta::End`]; otherwise the last item is an error, and
    /// the previous items must be discarded. Nothing is requested before the stream is polled.
    fn stream(&self, request: &ChatRequest) -> Deltas;

    /// Returns an answer as JSON that matches the schema, in the provider's own mode for that, and validates it. An
    /// invalid answer is shown to the model once, with its problems.
    ///
    /// # Errors
    /// [`LlmError::InvalidOutput`] if the second answer is invalid too; otherwise see [`LlmError`].
    async fn structured(&self, request: &ChatRequest, schema: &JsonSchema) -> Result<Structured, LlmError>;

    /// Returns the embedding vectors of texts, in order. Vectors of different models are not comparable: keep
    /// [`Embeddings::model`] with them.
    ///
    /// # Errors
    /// [`LlmError::Unsupported`] without an embedding model; otherwise see [`LlmError`].
    async fn embed(&self, texts: &[String]) -> Result<Embeddings, LlmError>;
}
