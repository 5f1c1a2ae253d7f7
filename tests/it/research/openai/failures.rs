//! What goes wrong on the way, at the provider or in its answer.

use std::time::Duration;

use rapport::clients::research::openai::{OpenAiConfig, OpenAiResearch};
use rapport::clients::research::{ResearchError, ResearchSource, Topic};
use serde_json::json;

use super::{acme, config, products, start};
use crate::support::ambient;
use crate::support::openai::{Behaviour, SITE, StandIn, completed, source};

fn unavailable(reason: &str) -> ResearchError {
    ResearchError::Unavailable { reason: reason.to_owned(), retry_after: None }
}

fn reason(error: &ResearchError) -> String {
    match error {
        ResearchError::Garbage { reason } => reason.clone(),
        other => panic!("not garbage: {other:?}"),
    }
}

#[tokio::test]
async fn a_slow_answer_runs_into_the_timeout() {
    let server = StandIn::start().await;
    server.delay("products", Duration::from_secs(30));
    let config = OpenAiConfig { timeout: Duration::from_millis(200), ..config(&server) };
    let source = OpenAiResearch::new(config, ambient()).unwrap();
    let error = source.research(&acme(), Topic::Products).await.unwrap_err();
    assert_eq!(error, unavailable("no answer in time"));
    assert!(error.is_retryable());
    assert_eq!(server.count("products"), 3);
}

#[tokio::test]
async fn a_429_with_retry_after_is_waited_out() {
    let (server, source) = start().await;
    server.once("products", Behaviour::busy("0"));
    assert_eq!(source.research(&acme(), Topic::Products).await.unwrap().len(), 2);
    assert_eq!(server.count("products"), 2);
}

#[tokio::test]
async fn a_429_that_stays_ends_after_the_attempts_allowed() {
    let (server, answer) = products(Behaviour::busy("0")).await;
    assert_eq!(answer, Err(ResearchError::RateLimited { retry_after: Some(Duration::ZERO) }));
    assert_eq!(server.count("products"), 3);
}

#[tokio::test]
async fn a_long_pause_is_handed_to_the_caller_at_once() {
    let (server, answer) = products(Behaviour::busy("Sat, 14 Mar 2026 09:10:00 GMT")).await;
    let error = answer.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_mins(10)));
    assert!(error.is_retryable());
    assert_eq!(server.count("products"), 1);
}

#[tokio::test]
async fn a_used_up_quota_is_no_matter_of_waiting() {
    let body = json!({ "error": { "code": "insufficient_quota", "message": "Check your plan." } });
    let (_, answer) = products(Behaviour::Status { status: 429, retry_after: None, body }).await;
    let error = answer.unwrap_err();
    assert_eq!(error, ResearchError::Refused { reason: "status 429: Check your plan.".into() });
    assert!(!error.is_retryable());
}

#[tokio::test]
async fn a_500_is_tried_again() {
    let (server, source) = start().await;
    server.once("products", Behaviour::status(500));
    server.once("products", Behaviour::status(503));
    assert_eq!(source.research(&acme(), Topic::Products).await.unwrap().len(), 2);
    assert_eq!(server.count("products"), 3);
}

#[tokio::test]
async fn nobody_listening_is_unavailable() {
    let (server, source) = start().await;
    drop(server);
    tokio::task::yield_now().await;
    let error = source.research(&acme(), Topic::Products).await.unwrap_err();
    assert!(matches!(error, ResearchError::Unavailable { .. }), "{error:?}");
}

#[tokio::test]
async fn an_answer_that_is_no_json_is_garbage() {
    let (server, answer) = products(Behaviour::Body("<html>busy</html>".to_owned())).await;
    assert!(answer.unwrap_err().to_string().contains("cannot be understood"));
    assert_eq!(server.count("products"), 1);
}

#[tokio::test]
async fn a_text_that_is_no_json_is_garbage() {
    let (_, answer) = products(Behaviour::Text("Here is what I found:".to_owned())).await;
    assert!(reason(&answer.unwrap_err()).contains("not of the schema"));
}

#[tokio::test]
async fn json_of_another_shape_is_garbage() {
    for facts in [
        json!({ "results": [] }),
        json!([]),
        json!({ "findings": [{ "title": "x" }] }),
        json!({ "findings": [{ "name": 7, "summary": "x", "source": source("p") }] }),
    ] {
        let (_, answer) = products(Behaviour::Facts(facts.clone())).await;
        assert!(reason(&answer.unwrap_err()).contains("not of the schema"), "{facts}");
    }
}

#[tokio::test]
async fn an_envelope_of_another_shape_is_garbage() {
    let (_, answer) = products(Behaviour::Body(r#"{"choices": []}"#.to_owned())).await;
    assert!(reason(&answer.unwrap_err()).contains("status"));
}

#[tokio::test]
async fn an_answer_that_is_cut_off_is_never_a_result() {
    let (server, answer) = products(Behaviour::Cut).await;
    let error = answer.unwrap_err();
    assert_eq!(error, unavailable("the answer was cut off"));
    assert!(error.is_retryable());
    assert_eq!(server.count("products"), 1);
}

#[tokio::test]
async fn an_incomplete_answer_is_never_a_result() {
    let (_, answer) = products(Behaviour::incomplete("max_output_tokens")).await;
    assert_eq!(reason(&answer.unwrap_err()), "it is incomplete: max_output_tokens");
}

#[tokio::test]
async fn an_answer_stopped_by_the_content_filter_is_refused() {
    let (_, answer) = products(Behaviour::incomplete("content_filter")).await;
    assert!(matches!(answer, Err(ResearchError::Refused { .. })));
}

#[tokio::test]
async fn an_incomplete_message_in_a_completed_answer_is_garbage() {
    let mut object = completed(SITE, r#"{"findings": []}"#);
    object["output"][1]["status"] = json!("incomplete");
    let (_, answer) = products(Behaviour::Object(object)).await;
    assert_eq!(reason(&answer.unwrap_err()), "its message is incomplete");
}

#[tokio::test]
async fn a_refusal_is_told_with_its_reason() {
    let (server, answer) = products(Behaviour::refusal("I cannot\nhelp with that.")).await;
    let error = answer.unwrap_err();
    assert_eq!(error, ResearchError::Refused { reason: "I cannot help with that.".into() });
    assert!(!error.is_retryable());
    assert_eq!(server.count("products"), 1);
}

#[tokio::test]
async fn a_failed_answer_is_sorted_by_its_code() {
    let (_, answer) = products(Behaviour::failed("server_error", "Oops")).await;
    assert!(matches!(answer, Err(ResearchError::Unavailable { .. })));
    let (_, answer) = products(Behaviour::failed("rate_limit_exceeded", "Slow down")).await;
    assert_eq!(answer, Err(ResearchError::RateLimited { retry_after: None }));
    let (_, answer) = products(Behaviour::failed("invalid_prompt", "No")).await;
    assert!(matches!(answer, Err(ResearchError::Refused { .. })));
}

#[tokio::test]
async fn an_answer_from_memory_is_not_accepted() {
    let mut object = completed(SITE, r#"{"findings": []}"#);
    object["output"].as_array_mut().unwrap().remove(0);
    let (_, answer) = products(Behaviour::Object(object)).await;
    assert_eq!(reason(&answer.unwrap_err()), "it was given without searching the web");
}
