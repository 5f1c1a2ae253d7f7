//! OpenAI's Chat Completions API and embeddings, implemented by many servers (vLLM, llama.cpp, LM Studio, LiteLLM, …).
//!
//! <https://platform.openai.com/docs/api-reference/chat/create>,
//! <https://platform.openai.com/docs/api-reference/chat/streaming>,
//! <https://platform.openai.com/docs/api-reference/embeddings/create>.

mod answer;
mod stream;

use async_trait::async_trait;
use reqwest::Url;
use serde_json::{Value, json};

use self::answer::Completion;
use self::stream::Chunks;
use super::embedding::{self, Vectors};
use super::refusal::Settings;
use super::transport::{Target, Transport, join};
use super::{
    ChatReply, ChatRequest, Deltas, Embeddings, JsonSchema, LanguageModel, LlmError, LlmProvider, Message, ModelId,
    Structured, Usage, reading, structured,
};
use rapport_toolkit::ambient::Ambient;
use rapport_toolkit::config::{HostedConfig, LlmLimits, OPENAI_API_KEY};

/// The client of OpenAI, or a compatible server.
pub struct OpenAi {
    chat: ChatCompletions,
    embeddings: Option<Target>,
}

impl OpenAi {
    /// Creates the client.
    ///
    /// # Errors
    /// [`LlmError::Unavailable`] if no HTTP client can be created.
    pub fn new(config: &HostedConfig, limits: LlmLimits, ambient: Ambient) -> Result<Self, LlmError> {
        let settings = |model| Settings { access: OPENAI_API_KEY, model };
        let provider = LlmProvider::OpenAi;
        let limit = limit_name(&config.base_url);
        let transport = Transport::new(Some(config.api_key.clone()), limits, ambient)?;
        let id = |name: &String| ModelId { provider, name: name.clone() };
        let embeddings = config.embedding_model.as_ref().map(|model| Target {
            url: join(&config.base_url, "embeddings"),
            model: id(model),
            settings: settings("OPENAI_EMBEDDING_MODEL"),
        });
        let chat =
            ChatCompletions::new(transport, &config.base_url, id(&config.model), settings("OPENAI_CHAT_MODEL"), limit);
        Ok(Self { chat, embeddings })
    }

    async fn embed_batch(&self, target: &Target, texts: &[String]) -> Result<Vectors, LlmError> {
        let body = json!({ "model": target.model.name, "input": texts, "encoding_format": "float" });
        let answer: answer::Vectors = self.chat.transport.post(target, &body).await?;
        Ok(answer.into_vectors())
    }
}

#[async_trait]
impl LanguageModel for OpenAi {
    async fn chat(&self, request: &ChatRequest) -> Result<ChatReply, LlmError> {
        self.chat.chat(request).await
    }

    fn stream(&self, request: &ChatRequest) -> Deltas {
        self.chat.stream(request)
    }

    async fn structured(&self, request: &ChatRequest, schema: &JsonSchema) -> Result<Structured, LlmError> {
        structured::ask(self, request, schema, &mut Usage::default()).await
    }

    async fn embed(&self, texts: &[String]) -> Result<Embeddings, LlmError> {
        embedding::in_batches(self.embeddings.as_ref(), texts, |target, batch| self.embed_batch(target, batch)).await
    }
}

/// Returns the name of the token limit: OpenAI's reasoning models require the new one, older servers only know the old
/// one.
fn limit_name(base_url: &Url) -> &'static str {
    if base_url.domain() == Some("api.openai.com") { "max_completion_tokens" } else { "max_tokens" }
}

/// The part of the API that Hugging Face implements too.
pub(super) struct ChatCompletions {
    transport: Transport,
    target: Target,
    /// The name of the token limit.
    limit: &'static str,
}

impl ChatCompletions {
    pub(super) fn new(
        transport: Transport,
        base_url: &Url,
        model: ModelId,
        settings: Settings,
        limit: &'static str,
    ) -> Self {
        let target = Target { url: join(base_url, "chat/completions"), model, settings };
        Self { transport, target, limit }
    }

    pub(super) async fn chat(&self, request: &ChatRequest) -> Result<ChatReply, LlmError> {
        request.check()?;
        let answer: Completion = self.transport.post(&self.target, &self.body(request)).await?;
        let reply = answer.reply(self.target.model.clone(), request.accept_partial);
        reply.map_err(|error| match error {
            LlmError::Refused { reason } => LlmError::Refused { reason: self.transport.reason(&reason) },
            error => error,
        })
    }

    pub(super) fn stream(&self, request: &ChatRequest) -> Deltas {
        let mut body = self.body(request);
        body["stream"] = json!(true);
        body["stream_options"] = json!({ "include_usage": true });
        reading::stream(self.transport.clone(), self.target.clone(), body, request, Chunks::default())
    }

    fn body(&self, request: &ChatRequest) -> Value {
        let message = |message: &Message| json!({ "role": message.role.as_str(), "content": message.content });
        let mut body = json!({
            "model": self.target.model.name,
            "messages": request.messages.iter().map(message).collect::<Vec<_>>(),
        });
        if let Some(temperature) = request.temperature {
            body["temperature"] = json!(temperature);
        }
        if let Some(most) = request.max_tokens {
            body[self.limit] = json!(most);
        }
        if let Some(schema) = &request.schema {
            body["response_format"] = json!({ "type": "json_schema", "json_schema": {
                "name": schema.name(), "strict": schema.is_strict(), "schema": schema.schema(),
            } });
        }
        body
    }

    pub(super) fn transport(&self) -> &Transport {
        &self.transport
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_openai_itself_gets_the_new_name_of_the_limit() {
        assert_eq!(limit_name(&"https://api.openai.com/v1".parse().unwrap()), "max_completion_tokens");
        assert_eq!(limit_name(&"http://localhost:8000/v1".parse().unwrap()), "max_tokens");
    }
}
