//! Answers as JSON of a schema.

use rapport::clients::llm::{JsonSchema, Usage};
use serde_json::{Value, json};

use super::*;
use crate::support::llm::{Behaviour, COST};

const GOOD: &str = r#"{"name": "Ada", "age": 36}"#;
const WRONG: &str = r#"{"name": "Ada", "age": "thirty-six"}"#;

fn schema() -> Value {
    json!({
        "type": "object", "additionalProperties": false, "required": ["name", "age"],
        "properties": { "name": { "type": "string" }, "age": { "type": "integer" } },
    })
}

fn person() -> JsonSchema {
    JsonSchema::new("person", schema()).unwrap()
}

#[tokio::test]
async fn an_answer_is_json_of_the_schema() {
    for dialect in Dialect::ALL {
        let (server, chain) = alone(dialect).await;
        server.always(Behaviour::say(GOOD));
        let answer = chain.structured(&greeting(), &person()).await.unwrap();
        assert_eq!(answer.value, json!({ "name": "Ada", "age": 36 }), "{dialect:?}");
        assert_eq!(answer.usage, Usage { prompt_tokens: COST.0, completion_tokens: COST.1 });
        assert_eq!(server.count(), 1);
    }
}

#[tokio::test]
async fn the_schema_is_asked_for_in_the_providers_own_mode() {
    for dialect in Dialect::ALL {
        let (server, chain) = alone(dialect).await;
        server.always(Behaviour::say(GOOD));
        chain.structured(&greeting(), &person()).await.unwrap();
        let body = &server.requests()[0].body;
        match dialect {
            Dialect::OpenAi | Dialect::HuggingFace => {
                let format = json!({ "name": "person", "strict": true, "schema": schema() });
                assert_eq!(body["response_format"], json!({ "type": "json_schema", "json_schema": format }));
            }
            Dialect::Ollama => assert_eq!(body["format"], schema()),
        }
    }
}

#[tokio::test]
async fn a_wrong_answer_is_shown_to_the_model_once_with_what_is_wrong() {
    for dialect in Dialect::ALL {
        let (server, chain) = alone(dialect).await;
        server.once(Behaviour::say(WRONG));
        server.once(Behaviour::say(GOOD));
        let answer = chain.structured(&greeting(), &person()).await.unwrap();
        assert_eq!(answer.value["age"], 36, "{dialect:?}");
        assert_eq!(answer.usage.prompt_tokens, 2 * COST.0);
        let messages = server.requests()[1].body["messages"].clone();
        assert_eq!(messages[2], json!({ "role": "assistant", "content": WRONG }));
        let complaint = messages[3]["content"].as_str().unwrap();
        assert!(complaint.contains("/age") && complaint.contains("integer"), "{complaint}");
    }
}

#[tokio::test]
async fn a_second_wrong_answer_is_reported_with_what_is_wrong() {
    for dialect in Dialect::ALL {
        let (server, chain) = alone(dialect).await;
        server.always(Behaviour::say(WRONG));
        let error = chain.structured(&greeting(), &person()).await.unwrap_err();
        assert!(error.kind() == FailureKind::InvalidOutput && error.to_string().contains("/age"), "{error}");
        assert_eq!(server.count(), 2, "{dialect:?}");
        let provider = chain.snapshot().providers[0].provider;
        let counts = counts(&chain, provider, Operation::Structured);
        assert_eq!((counts.calls, counts.prompt_tokens), (1, 2 * COST.0), "both were paid for");
    }
}

#[tokio::test]
async fn a_text_that_is_no_json_is_a_wrong_answer() {
    let (server, chain) = alone(Dialect::Ollama).await;
    server.once(Behaviour::say("Here you are:"));
    server.once(Behaviour::say("```json\n{\"name\": \"Ada\", \"age\": 36}\n```"));
    assert_eq!(chain.structured(&greeting(), &person()).await.unwrap().value["name"], "Ada");
}

#[tokio::test]
async fn half_a_document_is_never_taken_for_one() {
    let (server, chain) = alone(Dialect::OpenAi).await;
    server.always(Behaviour::SayUntil(GOOD.to_owned(), "length"));
    let request = ChatRequest { accept_partial: true, ..greeting() };
    let error = chain.structured(&request, &person()).await.unwrap_err();
    assert_eq!(error.kind(), FailureKind::Truncated);
}

#[tokio::test]
async fn a_model_that_cannot_keep_to_the_schema_is_followed_by_the_next_and_is_not_to_blame() {
    let (first, second) = (StandIn::start(Dialect::Ollama).await, StandIn::start(Dialect::OpenAi).await);
    let chain = chain(&[&first, &second]);
    first.always(Behaviour::say(WRONG));
    second.always(Behaviour::say(GOOD));
    for _ in 0..4 {
        let answer = chain.structured(&greeting(), &person()).await.unwrap();
        assert_eq!(answer.model.provider, LlmProvider::OpenAi);
    }
    assert_eq!(chain.snapshot().providers[0].breaker, BreakerState::Closed);
}

#[tokio::test]
async fn a_provider_that_knows_no_schemas_is_followed_by_the_next() {
    let (first, second) = (StandIn::start(Dialect::OpenAi).await, StandIn::start(Dialect::Ollama).await);
    let chain = chain(&[&first, &second]);
    let refusal = json!({ "error": { "message": "response_format is not supported", "param": "response_format" } });
    first.always(Behaviour::Status(400, None, refusal));
    second.always(Behaviour::say(GOOD));
    let answer = chain.structured(&greeting(), &person()).await.unwrap();
    assert_eq!(answer.model.provider, LlmProvider::Ollama);
}
