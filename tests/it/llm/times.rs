//! Providers that take too long.

use rapport::clients::llm::{Phase, Truncation};

use super::*;
use crate::support::llm::Behaviour;

const SHORT: Duration = Duration::from_millis(200);

async fn hurried(dialect: Dialect, change: impl FnOnce(&mut LlmLimits)) -> (StandIn, LlmChain) {
    let server = StandIn::start(dialect).await;
    let chain = chain_with(&[&server], |config| change(&mut config.limits));
    (server, chain)
}

#[tokio::test]
async fn an_answer_that_does_not_come_is_given_up() {
    for dialect in Dialect::ALL {
        let (server, chain) = hurried(dialect, |limits| limits.timeout = SHORT).await;
        server.always(Behaviour::Hang);
        assert_eq!(greet(&chain).await, Err(LlmError::Timeout(Phase::Answer)), "{dialect:?}");
    }
}

#[tokio::test]
async fn the_limit_holds_for_all_attempts_together() {
    let (server, chain) = hurried(Dialect::OpenAi, |limits| {
        limits.timeout = SHORT;
        limits.max_attempts = 10;
    })
    .await;
    server.always(Behaviour::busy("9"));
    assert_eq!(greet(&chain).await, Err(LlmError::Timeout(Phase::Answer)));
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn a_stream_that_does_not_begin_is_given_up() {
    for dialect in Dialect::ALL {
        for behaviour in [Behaviour::Hang, Behaviour::Silence(String::new())] {
            let (server, chain) = hurried(dialect, |limits| limits.first_token = SHORT).await;
            server.always(behaviour);
            let (text, end) = stream(&chain).await;
            assert_eq!((text.as_str(), end), ("", Err(LlmError::Timeout(Phase::FirstToken))), "{dialect:?}");
        }
    }
}

#[tokio::test]
async fn a_stream_that_falls_silent_is_given_up() {
    for dialect in Dialect::ALL {
        let (server, chain) = hurried(dialect, |limits| limits.idle = SHORT).await;
        server.always(Behaviour::Silence("Hello, I am".to_owned()));
        let (text, end) = stream(&chain).await;
        let cause = Box::new(LlmError::Timeout(Phase::NextToken));
        assert_eq!(text, "Hello, I am");
        assert_eq!(end, Err(LlmError::Truncated(Truncation::BrokeOff { cause })), "{dialect:?}");
    }
}

#[tokio::test]
async fn a_stream_may_last_longer_than_a_whole_answer() {
    let (server, chain) = hurried(Dialect::Ollama, |limits| limits.timeout = SHORT).await;
    server.always(Behaviour::Held("Hello, ".to_owned(), "I am here.".to_owned()));
    let mut deltas = chain.stream(&greeting());
    patience(deltas.next()).await.unwrap().unwrap();
    tokio::time::sleep(2 * SHORT).await;
    server.release();
    let (text, end) = read(deltas).await;
    assert_eq!(text, "I am here.");
    end.unwrap();
}

#[tokio::test]
async fn a_slow_reader_is_not_taken_for_a_slow_provider() {
    let (server, chain) = hurried(Dialect::OpenAi, |limits| limits.idle = SHORT).await;
    server.always(Behaviour::Held("Hello, ".to_owned(), "I am here.".to_owned()));
    let mut deltas = chain.stream(&greeting());
    patience(deltas.next()).await.unwrap().unwrap();
    tokio::time::sleep(2 * SHORT).await;
    // Nothing has come yet when the reader asks again.
    let rest = tokio::join!(read(deltas), async { server.release() }).0;
    rest.1.unwrap();
}

#[tokio::test]
async fn a_model_that_thinks_has_begun() {
    for dialect in Dialect::ALL {
        let (server, chain) = hurried(dialect, |limits| limits.first_token = SHORT).await;
        server.always(Behaviour::Held(String::new(), "Hello.".to_owned()));
        let release = async {
            tokio::time::sleep(2 * SHORT).await;
            server.release();
        };
        let (text, end) = tokio::join!(stream(&chain), release).0;
        assert_eq!(text, "Hello.", "{dialect:?}");
        end.unwrap();
    }
}
