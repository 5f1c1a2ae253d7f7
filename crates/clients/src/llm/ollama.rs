//! Ollama's own API: <https://docs.ollama.com/api>. Its OpenAI-compatible API lacks `keep_alive`, and would silently
//! cut long conversations.

mod answer;

use async_trait::async_trait;
use serde_json::{Value, json};

use self::answer::{Part, Parts};
use super::embedding::{self, Vectors};
use super::refusal::Settings;
use super::transport::{Target, Transport, join};
use super::{
    ChatReply, ChatRequest, Deltas, Embeddings, JsonSchema, LanguageModel, LlmError, LlmProvider, Message, ModelId,
    Structured, Usage, reading, structured,
};
use rapport_toolkit::ambient::Ambient;
use rapport_toolkit::config::{LlmLimits, OLLAMA_HOST, OllamaConfig};

/// The client of self-hosted models.
pub struct Ollama {
    transport: Transport,
    chat: Target,
    embeddings: Option<Target>,
    temperature: f32,
    keep_alive: Value,
}

impl Ollama {
    /// Creates the client.
    ///
    /// # Errors
    /// [`LlmError::Unavailable`] if no HTTP client can be created.
    pub fn new(config: &OllamaConfig, limits: LlmLimits, ambient: Ambient) -> Result<Self, LlmError> {
        let target = |path: &str, model: &String, setting| Target {
            url: join(&config.host, path),
            model: ModelId { provider: LlmProvider::Ollama, name: model.clone() },
            settings: Settings { access: OLLAMA_HOST, model: setting },
        };
        let embeddings = config.embedding_model.as_ref();
        Ok(Self {
            transport: Transport::new(None, limits, ambient)?,
            chat: target("api/chat", &config.model, "OLLAMA_MODEL"),
            embeddings: embeddings.map(|model| target("api/embed", model, "OLLAMA_EMBEDDING_MODEL")),
            temperature: config.temperature,
            keep_alive: keep_alive(&config.keep_alive),
        })
    }

    fn body(&self, request: &ChatRequest, stream: bool) -> Value {
        let message = |message: &Message| json!({ "role": message.role.as_str(), "content": message.content });
        let mut body = json!({
            "model": self.chat.model.name,
            "messages": request.messages.iter().map(message).collect::<Vec<_>>(),
            "stream": stream,
            "keep_alive": self.keep_alive,
            // Else a conversation too long for the model is cut, before or while it answers, and nothing says so.
            "truncate": false,
            "shift": false,
            "options": { "temperature": request.temperature.unwrap_or(self.temperature) },
        });
        if let Some(most) = request.max_tokens {
            body["options"]["num_predict"] = json!(most);
        }
        if let Some(schema) = &request.schema {
            body["format"] = schema.schema().clone();
        }
        body
    }

    async fn embed_batch(&self, target: &Target, texts: &[String]) -> Result<Vectors, LlmError> {
        let body = json!({
            "model": target.model.name,
            "input": texts,
            "keep_alive": self.keep_alive,
            // A vector of the first half of a text is not the vector of the text.
            "truncate": false,
        });
        let answer: answer::Vectors = self.transport.post(target, &body).await?;
        Ok(answer.into())
    }
}

/// Converts the setting: a number is seconds (negative: forever), other text a duration such as `10m`; Ollama
/// distinguishes them by type.
fn keep_alive(text: &str) -> Value {
    text.parse::<i64>().map_or_else(|_| json!(text), |seconds| json!(seconds))
}

#[async_trait]
impl LanguageModel for Ollama {
    async fn chat(&self, request: &ChatRequest) -> Result<ChatReply, LlmError> {
        request.check()?;
        let answer: Part = self.transport.post(&self.chat, &self.body(request, false)).await?;
        answer.reply(self.chat.model.clone(), request.accept_partial)
    }

    fn stream(&self, request: &ChatRequest) -> Deltas {
        let body = self.body(request, true);
        reading::stream(self.transport.clone(), self.chat.clone(), body, request, Parts)
    }

    async fn structured(&self, request: &ChatRequest, schema: &JsonSchema) -> Result<Structured, LlmError> {
        structured::ask(self, request, schema, &mut Usage::default()).await
    }

    async fn embed(&self, texts: &[String]) -> Result<Embeddings, LlmError> {
        embedding::in_batches(self.embeddings.as_ref(), texts, |target, batch| self.embed_batch(target, batch)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_a_number_and_durations_a_text() {
        assert_eq!(keep_alive("300"), json!(300));
        assert_eq!(keep_alive("-1"), json!(-1));
        assert_eq!(keep_alive("10m"), json!("10m"));
    }
}
