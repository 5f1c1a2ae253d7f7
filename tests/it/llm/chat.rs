//! Answers in one piece.

use axum::http::header::AUTHORIZATION;
use rapport::clients::llm::{FinishReason, ModelId, Usage};
use serde_json::json;

use super::*;
use crate::support::llm::{Behaviour, COST};

#[tokio::test]
async fn an_answer_comes_with_its_end_its_cost_and_its_model() {
    for dialect in Dialect::ALL {
        let (server, chain) = alone(dialect).await;
        server.always(Behaviour::say("Grüße, 世界! 👋"));
        let reply = greet(&chain).await.unwrap();
        assert_eq!(reply.content, "Grüße, 世界! 👋", "{dialect:?}");
        assert_eq!(reply.finish, FinishReason::Stop);
        assert_eq!(reply.usage, Some(Usage { prompt_tokens: COST.0, completion_tokens: COST.1 }));
        let provider = chain.snapshot().providers[0].provider;
        assert_eq!(reply.model, ModelId { provider, name: "test-model".to_owned() });
    }
}

#[tokio::test]
async fn a_question_has_the_form_of_chat_completions() {
    for dialect in [Dialect::OpenAi, Dialect::HuggingFace] {
        let (server, chain) = alone(dialect).await;
        let request = ChatRequest { temperature: Some(0.25), max_tokens: Some(50), ..greeting() };
        chain.chat(&request).await.unwrap();
        let [request] = server.requests().try_into().unwrap();
        assert_eq!(request.path, "/v1/chat/completions");
        assert_eq!(request.headers[AUTHORIZATION], format!("Bearer {KEY}"));
        let messages =
            json!([{ "role": "system", "content": "Be brief." }, { "role": "user", "content": "Say hello." }]);
        let expected = json!({ "model": "test-model", "messages": messages, "temperature": 0.25, "max_tokens": 50 });
        assert_eq!(request.body, expected, "{dialect:?}");
    }
}

#[tokio::test]
async fn what_is_not_asked_for_is_left_to_the_model() {
    let (server, chain) = alone(Dialect::OpenAi).await;
    greet(&chain).await.unwrap();
    let [request] = server.requests().try_into().unwrap();
    let fields: Vec<_> = request.body.as_object().unwrap().keys().cloned().collect();
    assert_eq!(fields, ["messages", "model"]);
}

#[tokio::test]
async fn a_question_to_ollama_keeps_the_model_in_memory_and_forbids_to_cut_the_conversation() {
    let (server, chain) = alone(Dialect::Ollama).await;
    greet(&chain).await.unwrap();
    let [request] = server.requests().try_into().unwrap();
    assert_eq!(request.path, "/api/chat");
    assert!(request.headers.get(AUTHORIZATION).is_none());
    let body = &request.body;
    assert_eq!((&body["keep_alive"], &body["stream"]), (&json!("10m"), &json!(false)));
    assert_eq!((&body["truncate"], &body["shift"]), (&json!(false), &json!(false)));
    assert_eq!(body["options"], json!({ "temperature": 0.5 }));
}

#[tokio::test]
async fn a_request_may_set_temperature_and_length_for_ollama_too() {
    let (server, chain) = alone(Dialect::Ollama).await;
    let request = ChatRequest { temperature: Some(0.0), max_tokens: Some(50), ..greeting() };
    chain.chat(&request).await.unwrap();
    assert_eq!(server.requests()[0].body["options"], json!({ "temperature": 0.0, "num_predict": 50 }));
}

#[tokio::test]
async fn an_answer_that_hit_the_limit_of_tokens_is_no_whole_answer() {
    for dialect in Dialect::ALL {
        let (server, chain) = alone(dialect).await;
        server.always(Behaviour::SayUntil("Hello, I am".to_owned(), "length"));
        let error = greet(&chain).await.unwrap_err();
        assert_eq!(error.to_string(), "the answer is incomplete: it hit the limit of tokens", "{dialect:?}");
        assert!(!error.is_retryable());
    }
}

#[tokio::test]
async fn who_accepts_a_part_gets_it_and_sees_that_it_is_one() {
    for dialect in Dialect::ALL {
        let (server, chain) = alone(dialect).await;
        server.always(Behaviour::SayUntil("Hello, I am".to_owned(), "length"));
        let reply = chain.chat(&ChatRequest { accept_partial: true, ..greeting() }).await.unwrap();
        assert_eq!((reply.content.as_str(), reply.finish), ("Hello, I am", FinishReason::Length), "{dialect:?}");
    }
}

#[tokio::test]
async fn an_answer_that_is_cut_off_is_incomplete() {
    for dialect in Dialect::ALL {
        let (server, chain) = alone(dialect).await;
        server.always(Behaviour::Cut("Hello, I am the beginning.".to_owned()));
        let error = greet(&chain).await.unwrap_err();
        assert_eq!(error.kind(), FailureKind::Truncated, "{dialect:?}: {error}");
        assert!(error.is_retryable());
    }
}

#[tokio::test]
async fn an_answer_without_text_is_none() {
    for dialect in Dialect::ALL {
        let (server, chain) = alone(dialect).await;
        server.always(Behaviour::say("\n "));
        assert_eq!(greet(&chain).await.unwrap_err().kind(), FailureKind::Garbage, "{dialect:?}");
        assert_eq!(stream(&chain).await.1.unwrap_err().kind(), FailureKind::Truncated, "{dialect:?}");
    }
}

#[tokio::test]
async fn an_answer_that_makes_no_sense_is_told_as_such() {
    for dialect in Dialect::ALL {
        for body in ["<html>busy</html>", "[]", "{}", r#"{"choices": []}"#, r#"{"message": 7, "done": true}"#] {
            let (server, chain) = alone(dialect).await;
            server.always(Behaviour::Body("application/json", body.to_owned()));
            assert_eq!(greet(&chain).await.unwrap_err().kind(), FailureKind::Garbage, "{dialect:?}: {body}");
        }
    }
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_given_up() {
    for dialect in Dialect::ALL {
        let (server, chain) = alone(dialect).await;
        server.always(Behaviour::Endless("application/json"));
        let error = greet(&chain).await.unwrap_err();
        assert!(error.kind() == FailureKind::Garbage && error.to_string().contains("larger"), "{dialect:?}: {error}");
    }
}

#[tokio::test]
async fn a_failure_told_under_a_status_of_success_is_a_failure() {
    for dialect in Dialect::ALL {
        let (server, chain) = alone(dialect).await;
        server.always(Behaviour::Body("application/json", json!({ "error": "out of memory" }).to_string()));
        let error = greet(&chain).await.unwrap_err();
        assert_eq!(error.kind(), FailureKind::Unavailable, "{dialect:?}");
        assert!(error.to_string().contains("out of memory"), "{error}");
    }
}
