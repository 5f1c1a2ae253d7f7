//! Language models behind one trait: chat, streamed chat, answers as JSON of a schema, embeddings.
//!
//! - [`OpenAi`]: OpenAI, and servers that speak its Chat Completions API.
//! - [`Ollama`]: models on a machine of one's own, by Ollama's API.
//! - [`HuggingFace`]: models of many makers, by Hugging Face's router.
//!
//! [`LlmChain`] asks them in the configured order, the next when one fails, and counts what happens ([`LlmMetrics`]).
//! What is incomplete is an error and never an answer: see [`LlmError::Truncated`].

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

pub use crate::config::{LlmConfig, LlmProvider, ProviderConfig};
pub use breaker::BreakerState;
pub use chain::LlmChain;
pub use error::{FailureKind, LlmError, Phase, Truncation};
pub use huggingface::HuggingFace;
pub use metrics::{Histogram, LlmMetrics, LlmSnapshot, ModelMetrics, Operation, ProviderState};
pub use ollama::Ollama;
pub use openai::OpenAi;
pub use schema::JsonSchema;
pub use types::{
    ChatReply, ChatRequest, Delta, Embeddings, End, FinishReason, Message, ModelId, Role, Structured, Usage,
};

/// What a stream of an answer yields.
pub type Deltas = BoxStream<'static, Result<Delta, LlmError>>;

/// A language model. Implementations are shared as `Arc<dyn LanguageModel>`; dropping a call's future, or a stream,
/// cancels the call.
#[async_trait]
pub trait LanguageModel: Send + Sync {
    /// Asks for an answer and waits until it is complete.
    ///
    /// # Errors
    /// See [`LlmError`]; [`LlmError::is_retryable`] says whether asking again may help.
    async fn chat(&self, request: &ChatRequest) -> Result<ChatReply, LlmError>;

    /// Asks for an answer and hands it over while it is written. The answer is complete when the last item is
    /// [`Delta::End`]; otherwise the last item is an error, and what came before it is no answer. Nothing is asked before
    /// the stream is polled.
    fn stream(&self, request: &ChatRequest) -> Deltas;

    /// Asks for an answer that is JSON of this schema, in the provider's own mode for that, and checks it. A wrong answer
    /// is shown to the model once, with what is wrong about it.
    ///
    /// # Errors
    /// [`LlmError::InvalidOutput`] when the second answer is wrong too; else see [`LlmError`].
    async fn structured(&self, request: &ChatRequest, schema: &JsonSchema) -> Result<Structured, LlmError>;

    /// Turns texts into vectors, one for each, in their order. Vectors of different models cannot be compared: keep
    /// [`Embeddings::model`] with them.
    ///
    /// # Errors
    /// [`LlmError::Unsupported`] without an embedding model; else see [`LlmError`].
    async fn embed(&self, texts: &[String]) -> Result<Embeddings, LlmError>;
}
