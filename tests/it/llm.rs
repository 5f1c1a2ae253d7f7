//! Language models against stand-ins on real sockets.

mod breaker;
mod cancelling;
mod chain;
mod chat;
mod embedding;
mod refusing;
mod secrets;
mod streaming;
mod structured;
mod times;

use std::time::Duration;

use chrono::TimeDelta;
use futures_util::StreamExt;
use rapport::ambient::Ambient;
use rapport::clients::llm::{
    BreakerState, ChatReply, ChatRequest, Delta, Deltas, End, FailureKind, LanguageModel, LlmChain, LlmConfig,
    LlmError, LlmProvider, Message, ModelMetrics, Operation, ProviderConfig,
};
use rapport::config::{HostedConfig, LlmLimits, OllamaConfig};

use crate::support::llm::{Dialect, KEY, StandIn};
use crate::support::{HandClock, ambient, patience, today};

const SECOND: Duration = Duration::from_secs(1);

/// One attempt each, and more time than a test takes.
fn config(servers: &[&StandIn]) -> LlmConfig {
    LlmConfig {
        providers: servers.iter().map(|server| provider(server)).collect(),
        extraction: None,
        limits: LlmLimits { timeout: 50 * SECOND, first_token: 50 * SECOND, idle: 50 * SECOND, max_attempts: 1 },
        breaker_failures: 3,
        breaker_pause: 30 * SECOND,
    }
}

fn provider(server: &StandIn) -> ProviderConfig {
    let url = server.url().parse().unwrap();
    let (model, embedding_model) = ("test-model".to_owned(), Some("test/embedder".to_owned()));
    let hosted = |base_url| HostedConfig {
        api_key: KEY.into(),
        base_url,
        model: model.clone(),
        embedding_model: embedding_model.clone(),
    };
    match server.dialect {
        Dialect::OpenAi => ProviderConfig::OpenAi(hosted(url)),
        Dialect::HuggingFace => ProviderConfig::HuggingFace(hosted(url)),
        Dialect::Ollama => ProviderConfig::Ollama(OllamaConfig {
            host: url,
            model,
            embedding_model,
            temperature: 0.5,
            keep_alive: "10m".to_owned(),
        }),
    }
}

fn chain(servers: &[&StandIn]) -> LlmChain {
    chain_with(servers, |_| {})
}

fn chain_with(servers: &[&StandIn], change: impl FnOnce(&mut LlmConfig)) -> LlmChain {
    let mut config = config(servers);
    change(&mut config);
    LlmChain::new(&config, ambient()).unwrap()
}

/// A stand-in and the chain of it alone.
async fn alone(dialect: Dialect) -> (StandIn, LlmChain) {
    let server = StandIn::start(dialect).await;
    let chain = chain(&[&server]);
    (server, chain)
}

fn greeting() -> ChatRequest {
    ChatRequest::new(vec![Message::system("Be brief."), Message::user("Say hello.")])
}

async fn greet(chain: &LlmChain) -> Result<ChatReply, LlmError> {
    patience(chain.chat(&greeting())).await
}

/// What a stream brings to its end: the text and how it ended.
async fn read(deltas: Deltas) -> (String, Result<End, LlmError>) {
    let items: Vec<_> = patience(deltas.collect()).await;
    let (mut text, mut ended) = (String::new(), None);
    for item in items {
        assert!(ended.is_none(), "something follows the end");
        match item {
            Ok(Delta::Text(piece)) => text.push_str(&piece),
            Ok(Delta::End(end)) => ended = Some(Ok(end)),
            Err(error) => ended = Some(Err(error)),
        }
    }
    (text, ended.expect("a stream ends with its end or an error"))
}

async fn stream(chain: &LlmChain) -> (String, Result<End, LlmError>) {
    read(chain.stream(&greeting())).await
}

/// The counts of a provider's chat, or of another operation.
fn counts(chain: &LlmChain, provider: LlmProvider, operation: Operation) -> ModelMetrics {
    let models = chain.snapshot().models;
    let mut found = models.into_iter().filter(|model| model.provider == provider && model.operation == operation);
    found.next().unwrap_or_else(|| panic!("{provider} was never asked to {}", operation.as_str()))
}

fn failures(counts: &ModelMetrics) -> Vec<(FailureKind, u64)> {
    counts.failures.iter().map(|(kind, count)| (*kind, *count)).collect()
}
