//! The next provider is asked when one fails.

use rapport::clients::llm::Truncation;
use rapport::config::Config;
use serde_json::json;

use super::*;
use crate::support::llm::{Behaviour, COST};

async fn three() -> (StandIn, StandIn, StandIn, LlmChain) {
    let openai = StandIn::start(Dialect::OpenAi).await;
    let ollama = StandIn::start(Dialect::Ollama).await;
    let huggingface = StandIn::start(Dialect::HuggingFace).await;
    let chain = chain(&[&openai, &ollama, &huggingface]);
    (openai, ollama, huggingface, chain)
}

#[tokio::test]
async fn the_first_that_is_well_is_the_only_one_asked() {
    let (openai, ollama, huggingface, chain) = three().await;
    assert_eq!(greet(&chain).await.unwrap().model.provider, LlmProvider::OpenAi);
    assert_eq!((openai.count(), ollama.count(), huggingface.count()), (1, 0, 0));
}

#[tokio::test]
async fn each_failure_leads_to_the_next_and_is_counted() {
    let (openai, ollama, _huggingface, chain) = three().await;
    openai.always(Behaviour::status(500));
    ollama.always(Behaviour::Body("application/json", "<html>".to_owned()));
    assert_eq!(greet(&chain).await.unwrap().model.provider, LlmProvider::HuggingFace);
    let counts = |provider| counts(&chain, provider, Operation::Chat);
    let (first, second, third) =
        (counts(LlmProvider::OpenAi), counts(LlmProvider::Ollama), counts(LlmProvider::HuggingFace));
    assert_eq!((first.calls, first.succeeded, first.fallbacks), (1, 0, 1));
    assert_eq!(failures(&first), [(FailureKind::Unavailable, 1)]);
    assert_eq!((second.calls, second.succeeded, second.fallbacks), (1, 0, 1));
    assert_eq!(failures(&second), [(FailureKind::Garbage, 1)]);
    assert_eq!((third.calls, third.succeeded, third.fallbacks), (1, 1, 0));
    assert_eq!((third.prompt_tokens, third.completion_tokens), COST);
    assert_eq!((third.latency.count, third.model.as_str()), (1, "test-model"));
}

#[tokio::test]
async fn every_kind_of_trouble_leads_to_the_next() {
    for trouble in [
        Behaviour::busy("60"),
        Behaviour::status(401),
        Behaviour::status(402),
        Behaviour::status(404),
        Behaviour::Cut("Hello, I am the beginning.".to_owned()),
        Behaviour::SayUntil("Hello, I am".to_owned(), "length"),
        Behaviour::Endless("application/json"),
    ] {
        let (openai, _ollama, _huggingface, chain) = three().await;
        openai.always(trouble.clone());
        assert_eq!(greet(&chain).await.unwrap().model.provider, LlmProvider::Ollama, "{trouble:?}");
    }
}

#[tokio::test]
async fn when_all_fail_each_reason_is_told() {
    let (openai, ollama, huggingface, chain) = three().await;
    openai.always(Behaviour::status(401));
    ollama.always(Behaviour::busy("60"));
    huggingface.always(Behaviour::busy("20"));
    let error = greet(&chain).await.unwrap_err();
    let told = error.to_string();
    assert!(told.contains("openai: OPENAI_API_KEY was not accepted; ollama: "), "{told}");
    assert!(error.is_retryable());
    assert_eq!(error.retry_after(), Some(20 * SECOND), "the shortest pause of all");
    let last = counts(&chain, LlmProvider::HuggingFace, Operation::Chat);
    assert_eq!(last.fallbacks, 0, "nobody came after it");
}

#[tokio::test]
async fn without_a_provider_the_settings_are_named() {
    let chain = chain(&[]);
    let told = greet(&chain).await.unwrap_err().to_string();
    for setting in ["OPENAI_API_KEY", "OLLAMA_HOST", "HUGGINGFACE_API_KEY"] {
        assert!(told.contains(setting), "{told}");
    }
    assert_eq!(stream(&chain).await.1.unwrap_err().kind(), FailureKind::NotConfigured);
    assert!(!chain.is_configured());
}

#[tokio::test]
async fn what_every_provider_would_refuse_goes_to_no_other() {
    let refused = json!({ "error": { "code": "content_filter", "message": "no" } });
    for (refusal, kind) in [
        (Behaviour::status(400), FailureKind::InvalidRequest),
        (Behaviour::status(422), FailureKind::InvalidRequest),
        (Behaviour::Status(400, None, refused), FailureKind::Refused),
    ] {
        let (openai, ollama, _huggingface, chain) = three().await;
        openai.always(refusal);
        assert_eq!(greet(&chain).await.unwrap_err().kind(), kind);
        assert_eq!(stream(&chain).await.1.unwrap_err().kind(), kind);
        assert_eq!(ollama.count(), 0, "{kind:?}");
    }
}

#[tokio::test]
async fn a_request_without_sense_is_refused_before_anyone_is_asked() {
    let (openai, _ollama, _huggingface, chain) = three().await;
    for request in [
        ChatRequest::new(Vec::new()),
        ChatRequest::new(vec![Message::user(" ")]),
        ChatRequest { temperature: Some(f32::NAN), ..greeting() },
        ChatRequest { max_tokens: Some(0), ..greeting() },
    ] {
        assert_eq!(chain.chat(&request).await.unwrap_err().kind(), FailureKind::InvalidRequest, "{request:?}");
        assert_eq!(read(chain.stream(&request)).await.1.unwrap_err().kind(), FailureKind::InvalidRequest);
    }
    assert_eq!((openai.count(), chain.snapshot().models.len()), (0, 0));
}

#[tokio::test]
async fn a_conversation_too_long_for_one_model_may_fit_another() {
    let (openai, _ollama, _huggingface, chain) = three().await;
    openai.always(Behaviour::status(413));
    assert_eq!(greet(&chain).await.unwrap().model.provider, LlmProvider::Ollama);
}

#[tokio::test]
async fn an_answer_that_hit_our_own_limit_of_tokens_is_asked_of_no_other() {
    let (openai, ollama, _huggingface, chain) = three().await;
    openai.always(Behaviour::SayUntil("Hello, I am".to_owned(), "length"));
    let error = chain.chat(&ChatRequest { max_tokens: Some(3), ..greeting() }).await.unwrap_err();
    assert_eq!(error, LlmError::Truncated(Truncation::TokenLimit));
    assert_eq!(ollama.count(), 0);
}

#[tokio::test]
async fn a_stream_that_does_not_begin_leads_to_the_next() {
    for trouble in [
        Behaviour::status(500),
        Behaviour::NoEnd(String::new()),
        Behaviour::Cut(String::new()),
        Behaviour::Fail(String::new(), "the runner has died"),
        Behaviour::Body("text/html", "<html>".to_owned()),
    ] {
        let (openai, _ollama, _huggingface, chain) = three().await;
        openai.always(trouble.clone());
        let (text, end) = stream(&chain).await;
        assert_eq!((text.as_str(), end.unwrap().model.provider), ("Hello.", LlmProvider::Ollama), "{trouble:?}");
        let counts = counts(&chain, LlmProvider::OpenAi, Operation::Stream);
        assert_eq!((counts.calls, counts.fallbacks, counts.first_token.count), (1, 1, 0));
    }
}

#[tokio::test]
async fn a_stream_that_has_begun_stays_with_its_provider_and_says_that_it_broke_off() {
    let (openai, ollama, _huggingface, chain) = three().await;
    openai.always(Behaviour::Cut("Hello, I am".to_owned()));
    let (text, end) = stream(&chain).await;
    let error = end.unwrap_err();
    assert_eq!((text.as_str(), ollama.count()), ("Hello, I am", 0));
    assert!(error.to_string().contains("broke off after its beginning was handed out"), "{error}");
    let counts = counts(&chain, LlmProvider::OpenAi, Operation::Stream);
    assert_eq!((counts.calls, counts.succeeded, counts.fallbacks, counts.first_token.count), (1, 0, 0, 1));
    assert_eq!(failures(&counts), [(FailureKind::Truncated, 1)]);
}

#[tokio::test]
async fn a_streamed_answer_is_counted_with_its_tokens() {
    let (_server, chain) = alone(Dialect::OpenAi).await;
    stream(&chain).await.1.unwrap();
    let counts = counts(&chain, LlmProvider::OpenAi, Operation::Stream);
    assert_eq!((counts.calls, counts.succeeded), (1, 1));
    assert_eq!((counts.prompt_tokens, counts.completion_tokens), COST);
    assert_eq!((counts.latency.count, counts.first_token.count), (1, 1));
}

#[tokio::test]
async fn the_chain_of_the_program_is_made_from_the_settings() {
    let (openai, ollama, huggingface, _) = three().await;
    let settings = [
        ("OPENAI_API_KEY", KEY.to_owned()),
        ("OPENAI_BASE_URL", openai.url()),
        ("OLLAMA_HOST", ollama.url()),
        ("HUGGINGFACE_API_KEY", KEY.to_owned()),
        ("HUGGINGFACE_BASE_URL", huggingface.url()),
        ("LLM_PROVIDERS", "huggingface,ollama".to_owned()),
        ("LLM_MAX_ATTEMPTS", "1".to_owned()),
    ];
    let lookup = |name: &str| settings.iter().find(|(other, _)| *other == name).map(|(_, value)| value.clone());
    let chain = LlmChain::new(&Config::read(lookup).unwrap().llm, ambient()).unwrap();
    assert_eq!(greet(&chain).await.unwrap().model.provider, LlmProvider::HuggingFace);
    huggingface.always(Behaviour::status(500));
    assert_eq!(greet(&chain).await.unwrap().model.provider, LlmProvider::Ollama);
    assert_eq!(openai.count(), 0);
}
