//! Answers piece by piece.

use rapport::clients::llm::{FinishReason, Truncation, Usage};
use serde_json::json;

use super::*;
use crate::support::llm::{Behaviour, COST};

/// Has characters of one to four bytes, quotation marks and a line end.
const TEXT: &str = "Grüße, 世界! 👋 \"So\"\nist es.";

fn broke_off(cause: LlmError) -> LlmError {
    LlmError::Truncated(Truncation::BrokeOff { cause: Box::new(cause) })
}

#[tokio::test]
async fn a_streamed_answer_comes_in_pieces_and_says_that_it_is_complete() {
    for dialect in Dialect::ALL {
        let (server, chain) = alone(dialect).await;
        server.always(Behaviour::say(TEXT));
        let items: Vec<_> = patience(chain.stream(&greeting()).collect::<Vec<_>>()).await;
        assert_eq!(items.len(), 6, "{dialect:?}: {items:?}");
        let (text, end) = stream(&chain).await;
        let end = end.unwrap();
        assert_eq!((text.as_str(), end.finish), (TEXT, FinishReason::Stop), "{dialect:?}");
        assert_eq!(end.usage, Some(Usage { prompt_tokens: COST.0, completion_tokens: COST.1 }));
        assert_eq!(end.model.name, "test-model");
    }
}

#[tokio::test]
async fn a_stream_is_asked_for_with_its_cost() {
    for dialect in [Dialect::OpenAi, Dialect::HuggingFace] {
        let (server, chain) = alone(dialect).await;
        stream(&chain).await.1.unwrap();
        let [request] = server.requests().try_into().unwrap();
        assert_eq!(request.body["stream"], true);
        assert_eq!(request.body["stream_options"], json!({ "include_usage": true }));
    }
}

#[tokio::test]
async fn however_the_wire_cuts_an_answer_it_is_the_same() {
    for dialect in Dialect::ALL {
        for size in [1, 2, 3, 7, 64] {
            let (server, chain) = alone(dialect).await;
            server.always(Behaviour::Chopped(TEXT.to_owned(), size));
            let (text, end) = stream(&chain).await;
            assert_eq!(text, TEXT, "{dialect:?} in pieces of {size}");
            end.unwrap();
        }
    }
}

#[tokio::test]
async fn what_a_model_thinks_is_not_part_of_its_answer() {
    for dialect in Dialect::ALL {
        let (server, chain) = alone(dialect).await;
        server.always(Behaviour::Think("Hello.".to_owned()));
        let (text, end) = stream(&chain).await;
        assert_eq!(text, "Hello.", "{dialect:?}");
        end.unwrap();
    }
}

#[tokio::test]
async fn a_stream_that_ends_without_the_end_marker_is_incomplete() {
    for dialect in Dialect::ALL {
        let (server, chain) = alone(dialect).await;
        server.always(Behaviour::NoEnd("Hello, I am".to_owned()));
        let (text, end) = stream(&chain).await;
        assert_eq!(text, "Hello, I am");
        assert_eq!(end, Err(broke_off(LlmError::Truncated(Truncation::NoEnd))), "{dialect:?}");
    }
}

#[tokio::test]
async fn a_stream_that_is_cut_in_the_middle_is_incomplete() {
    for dialect in Dialect::ALL {
        let (server, chain) = alone(dialect).await;
        server.always(Behaviour::Cut("Hello, I am".to_owned()));
        let (text, end) = stream(&chain).await;
        assert_eq!(text, "Hello, I am");
        assert_eq!(end, Err(broke_off(LlmError::Truncated(Truncation::NoEnd))), "{dialect:?}");
    }
}

#[tokio::test]
async fn an_end_marker_without_a_reason_is_no_end() {
    let (server, chain) = alone(Dialect::OpenAi).await;
    let lines = "data: {\"choices\":[{\"delta\":{\"content\":\"Hello\"}}]}\n\ndata: [DONE]\n\n";
    server.always(Behaviour::Body("text/event-stream", lines.to_owned()));
    assert_eq!(stream(&chain).await.1, Err(broke_off(LlmError::Truncated(Truncation::NoEnd))));
}

#[tokio::test]
async fn a_last_line_without_a_line_end_is_read_when_it_is_whole() {
    let (server, chain) = alone(Dialect::Ollama).await;
    let line = r#"{"message":{"content":"Hello."},"done":true,"done_reason":"stop"}"#;
    server.once(Behaviour::Body("application/x-ndjson", line.to_owned()));
    stream(&chain).await.1.unwrap();
    server.once(Behaviour::Body("application/x-ndjson", line[..line.len() - 1].to_owned()));
    assert_eq!(stream(&chain).await.1, Err(LlmError::Truncated(Truncation::NoEnd)));
}

#[tokio::test]
async fn a_stream_that_hit_the_limit_of_tokens_is_no_whole_answer() {
    for dialect in Dialect::ALL {
        let (server, chain) = alone(dialect).await;
        server.always(Behaviour::SayUntil("Hello, I am".to_owned(), "length"));
        let (_, end) = stream(&chain).await;
        assert_eq!(end, Err(LlmError::Truncated(Truncation::TokenLimit)), "{dialect:?}");
        let request = ChatRequest { accept_partial: true, ..greeting() };
        assert_eq!(read(chain.stream(&request)).await.1.unwrap().finish, FinishReason::Length);
    }
}

#[tokio::test]
async fn a_reason_that_is_no_end_is_told() {
    for dialect in Dialect::ALL {
        let (server, chain) = alone(dialect).await;
        server.always(Behaviour::SayUntil("Hello, I am".to_owned(), "abort"));
        let (_, end) = stream(&chain).await;
        let stopped = Truncation::Stopped { reason: "abort".to_owned() };
        assert_eq!(end, Err(broke_off(LlmError::Truncated(stopped))), "{dialect:?}");
    }
}

#[tokio::test]
async fn a_failure_told_within_a_stream_ends_it() {
    for dialect in Dialect::ALL {
        let (server, chain) = alone(dialect).await;
        server.always(Behaviour::Fail("Hello, I am".to_owned(), "the runner has died"));
        let (text, end) = stream(&chain).await;
        let error = end.unwrap_err();
        assert_eq!((text.as_str(), error.kind()), ("Hello, I am", FailureKind::Truncated));
        assert!(error.to_string().contains("the runner has died"), "{dialect:?}: {error}");
        assert_eq!(failures(&counts_of_only(&chain)), [(FailureKind::Unavailable, 1)], "{dialect:?}");
    }
}

#[tokio::test]
async fn a_stream_of_another_type_is_not_read() {
    for dialect in Dialect::ALL {
        let (server, chain) = alone(dialect).await;
        server.always(Behaviour::Body("text/html; charset=utf-8", "<html>Sign in</html>".to_owned()));
        let (text, end) = stream(&chain).await;
        let error = end.unwrap_err();
        assert_eq!((text.as_str(), error.kind()), ("", FailureKind::Garbage), "{dialect:?}");
        assert!(error.to_string().contains("text/html"), "{error}");
    }
}

#[tokio::test]
async fn a_stream_that_makes_no_sense_is_told_as_such() {
    for (dialect, kind, line) in [
        (Dialect::OpenAi, "text/event-stream", "data: {\"choices\": 7}\n\n"),
        (Dialect::HuggingFace, "text/event-stream", "data: hello\n\n"),
        (Dialect::Ollama, "application/x-ndjson", "hello\n"),
    ] {
        let (server, chain) = alone(dialect).await;
        server.always(Behaviour::Body(kind, line.to_owned()));
        assert_eq!(stream(&chain).await.1.unwrap_err().kind(), FailureKind::Garbage, "{dialect:?}");
    }
}

#[tokio::test]
async fn a_stream_without_any_line_end_is_given_up() {
    for (dialect, kind) in [(Dialect::OpenAi, "text/event-stream"), (Dialect::Ollama, "application/x-ndjson")] {
        let (server, chain) = alone(dialect).await;
        server.always(Behaviour::Endless(kind));
        let error = stream(&chain).await.1.unwrap_err();
        assert!(error.to_string().contains("too long"), "{dialect:?}: {error}");
    }
}

#[tokio::test]
async fn a_stream_that_is_too_large_is_given_up() {
    let (server, chain) = alone(Dialect::Ollama).await;
    let line = format!("{}\n", json!({ "message": { "content": "x".repeat(1000) }, "done": false }));
    server.always(Behaviour::Body("application/x-ndjson", line.repeat(9000)));
    let error = stream(&chain).await.1.unwrap_err();
    assert!(error.to_string().contains("larger than"), "{error}");
}

#[tokio::test]
async fn nothing_is_asked_before_the_stream_is_read() {
    let (server, chain) = alone(Dialect::OpenAi).await;
    drop(chain.stream(&greeting()));
    assert_eq!(server.count(), 0);
    assert!(chain.snapshot().models.is_empty());
}

fn counts_of_only(chain: &LlmChain) -> ModelMetrics {
    let provider = chain.snapshot().providers[0].provider;
    counts(chain, provider, Operation::Stream)
}
