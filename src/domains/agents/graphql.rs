//! GraphQL types and queries for the metrics of language models.

use std::time::Duration;

use async_graphql::{Context, Enum, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};

use super::service;
use crate::{
    clients::llm::{
        BreakerState, FailureKind, Histogram, LlmProvider, LlmSnapshot, ModelMetrics, Operation, ProviderState,
    },
    domains::ContextExt,
    graphql::{About, Requires, Timestamp, nullable},
};

/// Provider of language models.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "LlmProvider")]
pub enum ModelProvider {
    /// OpenAI, or a server that speaks its API.
    OpenAi,
    /// Ollama.
    Ollama,
    /// Hugging Face.
    HuggingFace,
}

/// State of a provider's circuit breaker.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "BreakerState")]
pub enum ModelBreaker {
    /// Calls are allowed.
    Closed,
    /// Calls are blocked for a pause, after several consecutive failures.
    Open,
    /// One trial call is running; all others are blocked.
    HalfOpen,
}

/// Kind of request to a model.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "Operation")]
pub enum ModelOperation {
    /// Answer in one piece.
    Chat,
    /// Answer streamed in pieces.
    Stream,
    /// Answer as JSON that matches a schema.
    Structured,
    /// Embedding vectors of texts.
    Embed,
}

/// Reason why a call to a model returned no usable answer.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "FailureKind")]
pub enum ModelFailureKind {
    /// A setting is missing.
    NotConfigured,
    /// The provider rejected a setting, such as the key or the model.
    SettingRefused,
    /// The provider does not support the request.
    Unsupported,
    /// The request was invalid.
    InvalidRequest,
    /// The request exceeds the model's context length.
    ContextTooLong,
    /// The model refused to answer.
    Refused,
    /// The provider's rate limit was exceeded.
    RateLimited,
    /// The paid quota is used up.
    QuotaUsedUp,
    /// The provider was unreachable or failed.
    Unavailable,
    /// The provider did not answer in time.
    Timeout,
    /// The answer was incomplete.
    Truncated,
    /// The answer could not be parsed.
    #[graphql(name = "UNREADABLE")]
    Garbage,
    /// The answer did not match the requested schema, twice.
    InvalidOutput,
    /// Every provider was skipped because of its circuit breaker.
    #[graphql(name = "CIRCUIT_OPEN")]
    Resting,
    /// Every provider failed.
    AllFailed,
}

/// Metrics of language model calls **in the process that answers**, since its start. Other server processes and workers
/// count separately.
#[derive(SimpleObject, Debug)]
pub struct ModelMetricsReport {
    /// Start of the process, from which calls are counted.
    #[graphql(skip, derived(name = "since", owned, into = "Timestamp", with = "Timestamp::of"))]
    pub since: DateTime<Utc>,
    /// Configured providers, in the order in which they are tried.
    #[graphql(directive = About::apply(4))]
    pub providers: Vec<ModelProviderStatus>,
    /// Metrics of every model that was called or skipped at least once, by provider, model and operation.
    #[graphql(directive = About::apply(5))]
    pub models: Vec<ModelUsage>,
}

/// State of a provider, as seen by the process that answers.
#[derive(SimpleObject, Debug)]
pub struct ModelProviderStatus {
    /// The provider.
    pub provider: ModelProvider,
    /// State of its circuit breaker.
    pub breaker: ModelBreaker,
}

/// Metrics of one operation of one model. A call and its internal retries count once.
#[derive(SimpleObject, Debug)]
pub struct ModelUsage {
    /// Provider of the model.
    pub provider: ModelProvider,
    /// Name of the model.
    pub model: String,
    /// Kind of request.
    pub operation: ModelOperation,
    /// Number of finished calls: the sum of `succeeded`, `failures` and `cancelled`.
    pub calls: u64,
    /// Number of calls with a complete answer.
    pub succeeded: u64,
    /// Failed calls by kind; kinds without failures are omitted.
    #[graphql(directive = About::apply(3))]
    pub failures: Vec<ModelFailures>,
    /// Number of calls that the caller cancelled.
    pub cancelled: u64,
    /// Number of times that the next provider was used instead.
    pub fallbacks: u64,
    /// Number of calls skipped because the circuit breaker was open.
    pub skipped: u64,
    /// Duration of succeeded and failed calls; null before the first.
    pub latency: Option<ModelLatency>,
    /// Time to the first token of streamed answers; null before the first.
    pub first_token: Option<ModelLatency>,
    /// Number of tokens in prompts, as far as the provider reports them.
    pub prompt_tokens: u64,
    /// Number of tokens in answers, as far as the provider reports them.
    pub completion_tokens: u64,
}

/// Number of failures of one kind.
#[derive(SimpleObject, Debug)]
pub struct ModelFailures {
    /// Kind of failure.
    pub kind: ModelFailureKind,
    /// Number of failures, at least 1.
    pub count: u64,
}

/// Latency statistics in milliseconds.
#[derive(SimpleObject, Debug)]
pub struct ModelLatency {
    /// Mean.
    pub mean_ms: f64,
    /// Median, estimated from a histogram.
    pub p50_ms: f64,
    /// 95th percentile, estimated from a histogram.
    pub p95_ms: f64,
    /// Maximum.
    pub max_ms: f64,
}

impl ModelLatency {
    fn of(histogram: &Histogram) -> Option<Self> {
        let millis = |duration: Duration| duration.as_secs_f64() * 1000.0;
        Some(Self {
            mean_ms: millis(histogram.mean()?),
            p50_ms: millis(histogram.quantile(0.5)?),
            p95_ms: millis(histogram.quantile(0.95)?),
            max_ms: millis(histogram.max),
        })
    }
}

impl From<ModelMetrics> for ModelUsage {
    fn from(model: ModelMetrics) -> Self {
        let failures = model.failures.into_iter().map(|(kind, count)| ModelFailures { kind: kind.into(), count });
        Self {
            provider: model.provider.into(),
            model: model.model,
            operation: model.operation.into(),
            calls: model.calls,
            succeeded: model.succeeded,
            failures: failures.collect(),
            cancelled: model.cancelled,
            fallbacks: model.fallbacks,
            skipped: model.skipped,
            latency: ModelLatency::of(&model.latency),
            first_token: ModelLatency::of(&model.first_token),
            prompt_tokens: model.prompt_tokens,
            completion_tokens: model.completion_tokens,
        }
    }
}

impl ModelMetricsReport {
    fn new(since: DateTime<Utc>, snapshot: LlmSnapshot) -> Self {
        let state = |ProviderState { provider, breaker }| ModelProviderStatus {
            provider: provider.into(),
            breaker: breaker.into(),
        };
        Self {
            since,
            providers: snapshot.providers.into_iter().map(state).collect(),
            models: snapshot.models.into_iter().map(ModelUsage::from).collect(),
        }
    }
}

/// Queries for the metrics of language models.
#[derive(Default, Debug)]
pub struct AgentsQuery;

#[Object]
impl AgentsQuery {
    /// Metrics of language model calls in the process that answers, since its start. Every server process and worker
    /// counts separately; `/metrics` serves the data to aggregate. Null without `metrics:read`.
    #[graphql(directive = Requires::apply(&["metrics:read"]))]
    async fn model_metrics(&self, ctx: &Context<'_>) -> Option<Result<ModelMetricsReport>> {
        nullable(async {
            let app = ctx.app()?;
            let snapshot = service::metrics(app, ctx.viewer()?)?;
            Ok(Some(ModelMetricsReport::new(app.ambient.metrics().started(), snapshot)))
        })
        .await
    }
}
