//! The work of language models, as clients see it.

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

/// Who runs language models.
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

/// What the circuit breaker of a provider does with calls.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "BreakerState")]
pub enum ModelBreaker {
    /// Calls are made.
    Closed,
    /// The provider failed several times in a row: no call is made until a pause is over.
    Open,
    /// One call is being made as a trial, and no other.
    HalfOpen,
}

/// What a model was asked for.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "Operation")]
pub enum ModelOperation {
    /// An answer in one piece.
    Chat,
    /// An answer piece by piece.
    Stream,
    /// An answer as JSON of a schema.
    Structured,
    /// Vectors of texts.
    Embed,
}

/// Why a call to a model brought no usable answer.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "FailureKind")]
pub enum ModelFailureKind {
    /// A setting is missing.
    NotConfigured,
    /// The provider does not accept a setting, such as the key or the model.
    SettingRefused,
    /// The provider cannot do what was asked.
    Unsupported,
    /// The request was wrong.
    InvalidRequest,
    /// The request is longer than the model can read.
    ContextTooLong,
    /// The model refused to answer.
    Refused,
    /// Too many requests.
    RateLimited,
    /// What was paid for is used up.
    QuotaUsedUp,
    /// The provider could not be reached, or failed.
    Unavailable,
    /// No answer came in time.
    Timeout,
    /// The answer broke off.
    Truncated,
    /// The answer could not be understood.
    #[graphql(name = "UNREADABLE")]
    Garbage,
    /// The answer was not JSON of the schema, twice.
    InvalidOutput,
    /// Every provider was left alone because of its breaker.
    #[graphql(name = "CIRCUIT_OPEN")]
    Resting,
    /// Every provider failed.
    AllFailed,
}

/// What the calls to language models came to **in the process that answers**, since its start. Other copies of the server, and
/// workers, count for themselves.
#[derive(SimpleObject, Debug)]
pub struct ModelMetricsReport {
    /// Since when it was counted: the start of the process.
    #[graphql(skip, derived(name = "since", owned, into = "Timestamp", with = "Timestamp::of"))]
    pub since: DateTime<Utc>,
    /// The configured providers, in the order in which they are asked.
    #[graphql(directive = About::apply(4))]
    pub providers: Vec<ModelProviderState>,
    /// What was called or passed over at least once, by provider, model and operation.
    #[graphql(directive = About::apply(5))]
    pub models: Vec<ModelUsage>,
}

/// A provider of language models, as the process that answers sees it.
#[derive(SimpleObject, Debug)]
pub struct ModelProviderState {
    /// Which provider.
    pub provider: ModelProvider,
    /// Where its circuit breaker stands.
    pub breaker: ModelBreaker,
}

/// What the calls of one kind to one model came to. A call with repetitions within it is one.
#[derive(SimpleObject, Debug)]
pub struct ModelUsage {
    /// Who runs the model.
    pub provider: ModelProvider,
    /// The model's name.
    pub model: String,
    /// What was asked for.
    pub operation: ModelOperation,
    /// Calls that have ended: `succeeded`, all `failures` and `cancelled` together.
    pub calls: u64,
    /// Calls with a complete answer.
    pub succeeded: u64,
    /// Calls without one, by kind; kinds that never happened are left out.
    #[graphql(directive = About::apply(3))]
    pub failures: Vec<ModelFailures>,
    /// Calls that were given up by whoever had made them.
    pub cancelled: u64,
    /// How often the next provider was asked in place of this one.
    pub fallbacks: u64,
    /// How often it was not called because its breaker was open.
    pub skipped: u64,
    /// How long calls took that succeeded or failed; null before the first.
    pub latency: Option<ModelLatency>,
    /// How long streamed answers took to begin; null before the first.
    pub first_token: Option<ModelLatency>,
    /// Tokens of questions, as far as the provider tells.
    pub prompt_tokens: u64,
    /// Tokens of answers, as far as the provider tells.
    pub completion_tokens: u64,
}

/// How often a kind of failure happened.
#[derive(SimpleObject, Debug)]
pub struct ModelFailures {
    /// Which kind.
    pub kind: ModelFailureKind,
    /// How often, at least 1.
    pub count: u64,
}

/// How long something took, in milliseconds.
#[derive(SimpleObject, Debug)]
pub struct ModelLatency {
    /// The mean.
    pub mean_ms: f64,
    /// Half of all took at most this long; estimated from counts within bounds.
    pub p50_ms: f64,
    /// 95 of 100 took at most this long; estimated from counts within bounds.
    pub p95_ms: f64,
    /// The longest.
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
        let state = |ProviderState { provider, breaker }| ModelProviderState {
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

/// Queries for the work of language models.
#[derive(Default, Debug)]
pub struct AgentsQuery;

#[Object]
impl AgentsQuery {
    /// What the calls to language models came to in the process that answers, since its start: each copy of the server, and
    /// each worker, counts for itself; `/metrics` is there to add them up. Null without `metrics:read`.
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
