//! Providers that refuse or fail, and what is tried again.

use serde_json::{Value, json};

use super::*;
use crate::support::llm::Behaviour;

async fn patient(dialect: Dialect) -> (StandIn, LlmChain) {
    let server = StandIn::start(dialect).await;
    let chain = chain_with(&[&server], |config| config.limits.max_attempts = 3);
    (server, chain)
}

fn message(text: &str) -> Value {
    json!({ "error": { "message": text } })
}

#[tokio::test]
async fn a_429_with_retry_after_is_waited_out() {
    for dialect in Dialect::ALL {
        let (server, chain) = patient(dialect).await;
        server.once(Behaviour::busy("0"));
        greet(&chain).await.unwrap();
        assert_eq!(server.count(), 2, "{dialect:?}");
    }
}

#[tokio::test]
async fn a_stream_is_asked_for_again_too() {
    for dialect in Dialect::ALL {
        let (server, chain) = patient(dialect).await;
        server.once(Behaviour::busy("0"));
        server.once(Behaviour::status(503));
        assert_eq!(stream(&chain).await.0, "Hello.", "{dialect:?}");
        assert_eq!(server.count(), 3);
    }
}

#[tokio::test]
async fn a_500_that_stays_ends_after_the_attempts_allowed() {
    for dialect in Dialect::ALL {
        let (server, chain) = patient(dialect).await;
        server.always(Behaviour::status(500));
        assert_eq!(greet(&chain).await.unwrap_err().kind(), FailureKind::Unavailable, "{dialect:?}");
        assert_eq!(server.count(), 3);
        assert_eq!(counts_of(&chain).calls, 1, "the repetitions are one call");
    }
}

#[tokio::test]
async fn a_long_pause_is_not_waited_for() {
    let (server, chain) = patient(Dialect::OpenAi).await;
    server.always(Behaviour::busy("11"));
    let error = greet(&chain).await.unwrap_err();
    assert_eq!(error, LlmError::RateLimited { retry_after: Some(11 * SECOND) });
    assert_eq!((server.count(), error.retry_after()), (1, Some(11 * SECOND)));
}

#[tokio::test]
async fn an_answer_that_was_cut_off_is_not_asked_for_again() {
    let (server, chain) = patient(Dialect::OpenAi).await;
    server.always(Behaviour::Cut("Hello, I am the beginning.".to_owned()));
    assert_eq!(greet(&chain).await.unwrap_err().kind(), FailureKind::Truncated);
    assert_eq!(server.count(), 1, "it has been paid for");
}

#[tokio::test]
async fn a_key_or_model_that_is_not_accepted_is_named_by_its_setting() {
    for (dialect, key, model, embedding) in [
        (Dialect::OpenAi, "OPENAI_API_KEY", "OPENAI_CHAT_MODEL", "OPENAI_EMBEDDING_MODEL"),
        (Dialect::Ollama, "OLLAMA_HOST", "OLLAMA_MODEL", "OLLAMA_EMBEDDING_MODEL"),
        (Dialect::HuggingFace, "HUGGINGFACE_API_KEY", "HUGGINGFACE_MODEL", "HUGGINGFACE_EMBEDDING_MODEL"),
    ] {
        let (server, chain) = patient(dialect).await;
        server.always(Behaviour::status(401));
        assert_eq!(greet(&chain).await, Err(LlmError::SettingRefused { setting: key }));
        server.always(Behaviour::Status(404, None, json!({ "error": "model 'test-model' not found" })));
        assert_eq!(greet(&chain).await, Err(LlmError::SettingRefused { setting: model }));
        assert_eq!(stream(&chain).await.1, Err(LlmError::SettingRefused { setting: model }));
        let refused = chain.embed(&["a".to_owned()]).await;
        assert_eq!(refused, Err(LlmError::SettingRefused { setting: embedding }));
        assert_eq!(server.count(), 4, "nothing is tried again");
    }
}

#[tokio::test]
async fn a_conversation_that_is_too_long_is_told_as_such() {
    for (dialect, status, body) in [
        (Dialect::OpenAi, 400, json!({ "error": { "code": "context_length_exceeded", "message": "128000 at most" } })),
        (Dialect::Ollama, 400, json!({ "error": "the input length exceeds the context length" })),
        (Dialect::HuggingFace, 422, message("This model's maximum context length is 8192 tokens.")),
    ] {
        let (server, chain) = patient(dialect).await;
        server.always(Behaviour::Status(status, None, body));
        assert_eq!(greet(&chain).await.unwrap_err().kind(), FailureKind::ContextTooLong, "{dialect:?}");
        assert_eq!(server.count(), 1);
    }
}

#[tokio::test]
async fn a_used_up_quota_is_no_matter_of_waiting() {
    let (server, chain) = patient(Dialect::OpenAi).await;
    let body = json!({ "error": { "code": "insufficient_quota", "message": "Check your plan." } });
    server.always(Behaviour::Status(429, Some("99"), body));
    let error = greet(&chain).await.unwrap_err();
    assert!(error.kind() == FailureKind::QuotaUsedUp && !error.is_retryable(), "{error}");
}

#[tokio::test]
async fn a_refusal_of_the_model_is_told_in_its_words() {
    let (server, chain) = patient(Dialect::OpenAi).await;
    let message = json!({ "role": "assistant", "content": null, "refusal": "I will not." });
    let body = json!({ "choices": [{ "message": message, "finish_reason": "stop" }] });
    server.always(Behaviour::Body("application/json", body.to_string()));
    assert_eq!(greet(&chain).await, Err(LlmError::Refused { reason: "I will not.".to_owned() }));
    let line = "data: {\"choices\":[{\"delta\":{\"refusal\":\"I will not.\"}}]}\n\n";
    server.always(Behaviour::Body("text/event-stream", line.to_owned()));
    assert_eq!(stream(&chain).await.1, Err(LlmError::Refused { reason: "I will not.".to_owned() }));
}

#[tokio::test]
async fn nobody_listening_is_unavailable() {
    for dialect in Dialect::ALL {
        let (server, chain) = alone(dialect).await;
        drop(server);
        tokio::task::yield_now().await;
        assert_eq!(greet(&chain).await.unwrap_err().kind(), FailureKind::Unavailable, "{dialect:?}");
    }
}

fn counts_of(chain: &LlmChain) -> ModelMetrics {
    let provider = chain.snapshot().providers[0].provider;
    counts(chain, provider, Operation::Chat)
}
