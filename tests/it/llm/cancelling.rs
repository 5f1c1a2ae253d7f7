//! Calls that are given up by whoever made them.

use super::*;
use crate::support::llm::Behaviour;

#[tokio::test]
async fn a_call_that_is_dropped_counts_as_cancelled_and_not_as_a_failure() {
    let (server, chain) = alone(Dialect::OpenAi).await;
    server.always(Behaviour::Hang);
    for round in 1..=4 {
        let call = tokio::spawn({
            let chain = chain.clone();
            async move { chain.chat(&greeting()).await }
        });
        server.has_got(round).await;
        call.abort();
        assert!(patience(call).await.unwrap_err().is_cancelled());
    }
    let counts = counts(&chain, LlmProvider::OpenAi, Operation::Chat);
    assert_eq!((counts.calls, counts.cancelled, counts.failures.len(), counts.latency.count), (4, 4, 0, 0));
    assert_eq!(chain.snapshot().providers[0].breaker, BreakerState::Closed);
}

#[tokio::test]
async fn a_stream_that_is_dropped_counts_as_cancelled() {
    for dialect in Dialect::ALL {
        let (server, chain) = alone(dialect).await;
        server.always(Behaviour::Silence("Hello, I am".to_owned()));
        let mut deltas = chain.stream(&greeting());
        patience(deltas.next()).await.unwrap().unwrap();
        drop(deltas);
        let provider = chain.snapshot().providers[0].provider;
        let counts = counts(&chain, provider, Operation::Stream);
        assert_eq!((counts.calls, counts.cancelled, counts.first_token.count), (1, 1, 1), "{dialect:?}");
    }
}

#[tokio::test]
async fn a_stream_that_is_dropped_after_its_end_has_succeeded() {
    let (_server, chain) = alone(Dialect::Ollama).await;
    let mut deltas = chain.stream(&greeting());
    while !matches!(patience(deltas.next()).await.unwrap().unwrap(), Delta::End(_)) {}
    drop(deltas);
    let counts = counts(&chain, LlmProvider::Ollama, Operation::Stream);
    assert_eq!((counts.calls, counts.succeeded, counts.cancelled), (1, 1, 0));
}

#[tokio::test]
async fn a_wrong_first_answer_is_paid_for_even_when_the_second_is_not_waited_for() {
    let (server, chain) = alone(Dialect::OpenAi).await;
    server.once(Behaviour::say("no JSON"));
    server.always(Behaviour::Hang);
    let schema = rapport::clients::llm::JsonSchema::new("any", serde_json::json!({ "type": "object" })).unwrap();
    let call = tokio::spawn({
        let chain = chain.clone();
        async move { chain.structured(&greeting(), &schema).await }
    });
    server.has_got(2).await;
    call.abort();
    assert!(patience(call).await.is_err());
    let counts = counts(&chain, LlmProvider::OpenAi, Operation::Structured);
    assert_eq!((counts.cancelled, counts.prompt_tokens), (1, crate::support::llm::COST.0));
}
