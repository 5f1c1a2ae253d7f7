//! Requests that can be passed to several providers and are answered in one piece.

use async_trait::async_trait;

use super::super::{
    ChatReply, ChatRequest, Embeddings, JsonSchema, LanguageModel, LlmError, Operation, Structured, Usage, embedding,
    structured,
};

/// A request.
#[async_trait]
pub(super) trait Question: Send + Sync {
    /// The type of the answer.
    type Answer: Send;

    /// The operation in metrics.
    const OPERATION: Operation;

    /// Rejects requests that no provider would accept.
    ///
    /// # Errors
    /// [`LlmError::InvalidRequest`].
    fn check(&self) -> Result<(), LlmError>;

    /// Returns true if it limits the length of the answer itself.
    fn is_capped(&self) -> bool;

    /// Asks one provider. `usage` receives the tokens used as soon as they are known, even on failure or cancellation.
    async fn put(&self, client: &dyn LanguageModel, usage: &mut Usage) -> Result<Self::Answer, LlmError>;
}

/// A request for text.
pub(super) struct Chat<'a> {
    pub(super) request: &'a ChatRequest,
}

#[async_trait]
impl Question for Chat<'_> {
    type Answer = ChatReply;

    const OPERATION: Operation = Operation::Chat;

    fn check(&self) -> Result<(), LlmError> {
        self.request.check()
    }

    fn is_capped(&self) -> bool {
        self.request.max_tokens.is_some()
    }

    async fn put(&self, client: &dyn LanguageModel, usage: &mut Usage) -> Result<ChatReply, LlmError> {
        let reply = client.chat(self.request).await?;
        usage.add(reply.usage);
        Ok(reply)
    }
}

/// A request for structured output.
pub(super) struct Json<'a> {
    pub(super) request: &'a ChatRequest,
    pub(super) schema: &'a JsonSchema,
}

#[async_trait]
impl Question for Json<'_> {
    type Answer = Structured;

    const OPERATION: Operation = Operation::Structured;

    fn check(&self) -> Result<(), LlmError> {
        self.request.check()
    }

    fn is_capped(&self) -> bool {
        self.request.max_tokens.is_some()
    }

    async fn put(&self, client: &dyn LanguageModel, usage: &mut Usage) -> Result<Structured, LlmError> {
        structured::ask(client, self.request, self.schema, usage).await
    }
}

/// A request for embeddings.
pub(super) struct Vectors<'a> {
    pub(super) texts: &'a [String],
}

#[async_trait]
impl Question for Vectors<'_> {
    type Answer = Embeddings;

    const OPERATION: Operation = Operation::Embed;

    fn check(&self) -> Result<(), LlmError> {
        embedding::check(self.texts)
    }

    fn is_capped(&self) -> bool {
        false
    }

    async fn put(&self, client: &dyn LanguageModel, usage: &mut Usage) -> Result<Embeddings, LlmError> {
        let embeddings = client.embed(self.texts).await?;
        usage.add(embeddings.usage);
        Ok(embeddings)
    }
}
