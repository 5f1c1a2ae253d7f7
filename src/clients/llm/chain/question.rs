//! What can be put to one provider after the other and is answered in one piece.

use async_trait::async_trait;

use super::super::{
    ChatReply, ChatRequest, Embeddings, JsonSchema, LanguageModel, LlmError, Operation, Structured, Usage, embedding,
    structured,
};

/// Something to ask.
#[async_trait]
pub(super) trait Question: Send + Sync {
    /// What comes back.
    type Answer: Send;

    /// What it is counted under.
    const OPERATION: Operation;

    /// Finds what no provider would accept.
    ///
    /// # Errors
    /// [`LlmError::InvalidRequest`].
    fn check(&self) -> Result<(), LlmError>;

    /// Whether it limits the length of the answer itself.
    fn is_capped(&self) -> bool;

    /// Asks one provider. `usage` gets what it cost as soon as that is known, also when it fails or is given up later.
    async fn put(&self, client: &dyn LanguageModel, usage: &mut Usage) -> Result<Self::Answer, LlmError>;
}

/// For a text.
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

/// For JSON of a schema.
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

/// For vectors.
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
