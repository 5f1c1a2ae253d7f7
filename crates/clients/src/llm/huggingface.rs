//! Hugging Face: chat with its router, which implements the Chat Completions API, and embeddings with its feature
//! extraction. <https://huggingface.co/docs/inference-providers/tasks/chat-completion>,
//! <https://huggingface.co/docs/inference-providers/tasks/feature-extraction>.

use async_trait::async_trait;
use reqwest::Url;
use serde_json::json;

use super::embedding::{self, Vectors};
use super::openai::ChatCompletions;
use super::refusal::Settings;
use super::transport::{Target, Transport, join};
use super::{
    ChatReply, ChatRequest, Deltas, Embeddings, JsonSchema, LanguageModel, LlmError, LlmProvider, ModelId, Structured,
    Usage, structured,
};
use rapport_toolkit::ambient::Ambient;
use rapport_toolkit::config::{HUGGINGFACE_API_KEY, HostedConfig, LlmLimits};

/// The client of Hugging Face.
pub struct HuggingFace {
    chat: ChatCompletions,
    embeddings: Option<Target>,
}

impl HuggingFace {
    /// Creates the client.
    ///
    /// # Errors
    /// [`LlmError::Unavailable`] if no HTTP client can be created.
    pub fn new(config: &HostedConfig, limits: LlmLimits, ambient: Ambient) -> Result<Self, LlmError> {
        let settings = |model| Settings { access: HUGGINGFACE_API_KEY, model };
        let id = |name: &String| ModelId { provider: LlmProvider::HuggingFace, name: name.clone() };
        let transport = Transport::new(Some(config.api_key.clone()), limits, ambient)?;
        let embeddings = config.embedding_model.as_ref().map(|model| Target {
            url: feature_extraction(&config.base_url, model),
            model: id(model),
            settings: settings("HUGGINGFACE_EMBEDDING_MODEL"),
        });
        let (model, settings) = (id(&config.model), settings("HUGGINGFACE_MODEL"));
        let chat = ChatCompletions::new(transport, &config.base_url, model, settings, "max_tokens");
        Ok(Self { chat, embeddings })
    }

    async fn embed_batch(&self, target: &Target, texts: &[String]) -> Result<Vectors, LlmError> {
        let vectors = self.chat.transport().post(target, &json!({ "inputs": texts })).await?;
        Ok(Vectors { vectors, usage: None })
    }
}

/// Returns the URL for a model's embeddings, beside the `v1` of the chat.
fn feature_extraction(base_url: &Url, model: &str) -> Url {
    let mut root = base_url.clone();
    let path = base_url.path().trim_end_matches('/');
    root.set_path(path.strip_suffix("/v1").unwrap_or(path));
    join(&root, &format!("hf-inference/models/{model}/pipeline/feature-extraction"))
}

#[async_trait]
impl LanguageModel for HuggingFace {
    async fn chat(&self, request: &ChatRequest) -> Result<ChatReply, LlmError> {
        self.chat.chat(request).await
    }

    fn stream(&self, request: &ChatRequest) -> Deltas {
        self.chat.stream(request)
    }

    async fn structured(&self, request: &ChatRequest, schema: &JsonSchema) -> Result<Structured, LlmError> {
        structured::ask(self, request, schema, &mut Usage::default()).await
    }

    /// The usage is not reported. A model that returns a vector per token, because it is not made for texts, yields
    /// [`LlmError::Garbage`].
    async fn embed(&self, texts: &[String]) -> Result<Embeddings, LlmError> {
        embedding::in_batches(self.embeddings.as_ref(), texts, |target, batch| self.embed_batch(target, batch)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_are_made_beside_the_chat() {
        let url = feature_extraction(&"https://router.huggingface.co/v1/".parse().unwrap(), "BAAI/bge-m3");
        assert_eq!(
            url.as_str(),
            "https://router.huggingface.co/hf-inference/models/BAAI/bge-m3/pipeline/feature-extraction"
        );
    }
}
