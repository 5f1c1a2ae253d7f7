//! Metrics of language models.

use crate::{
    clients::llm::{BreakerState, Histogram, LlmSnapshot, ModelMetrics},
    telemetry::metrics::{Distribution, Labels, Rows},
};

/// Adds the metrics of calls.
pub(super) fn add(rows: &mut Rows, snapshot: &LlmSnapshot) {
    breakers(rows, snapshot);
    counts(rows, &snapshot.models);
    durations(rows, &snapshot.models);
}

fn breakers(rows: &mut Rows, snapshot: &LlmSnapshot) {
    let breakers = snapshot.providers.iter().flat_map(|provider| {
        [BreakerState::Closed, BreakerState::HalfOpen, BreakerState::Open].map(|state| {
            let labels =
                vec![("provider", provider.provider.as_str().to_owned()), ("state", state.as_str().to_owned())];
            (labels, if provider.breaker == state { 1.0 } else { 0.0 })
        })
    });
    rows.gauge("rapport_model_breaker", "1 for the state in which the breaker of a provider is.", breakers);
}

fn counts(rows: &mut Rows, models: &[ModelMetrics]) {
    let calls = models.iter().flat_map(|model| {
        let failures = model.failures.iter().map(|(kind, count)| (kind.as_str(), *count));
        let outcomes = [("ok", model.succeeded), ("cancelled", model.cancelled)].into_iter().chain(failures);
        outcomes.map(|(outcome, count)| (with(model, "outcome", outcome), count as f64)).collect::<Vec<_>>()
    });
    rows.counter("rapport_model_calls", "Calls to language models, by provider, model, operation and outcome.", calls);
    let count = |of: fn(&ModelMetrics) -> u64| models.iter().map(move |model| (labels(model), of(model) as f64));
    rows.counter(
        "rapport_model_fallbacks",
        "How often the next provider was asked in place of this one.",
        count(|model| model.fallbacks),
    );
    rows.counter(
        "rapport_model_skipped",
        "How often a provider was not called because its breaker was open.",
        count(|model| model.skipped),
    );
    let tokens = models.iter().flat_map(|model| {
        let (prompt, completion) = (model.prompt_tokens as f64, model.completion_tokens as f64);
        [(with(model, "direction", "in"), prompt), (with(model, "direction", "out"), completion)]
    });
    rows.counter("rapport_model_tokens", "Tokens of questions (in) and answers (out), as far as told.", tokens);
}

fn durations(rows: &mut Rows, models: &[ModelMetrics]) {
    let spread =
        |of: fn(&ModelMetrics) -> &Histogram| models.iter().map(move |model| (labels(model), distribution(of(model))));
    rows.histogram(
        "rapport_model_call_duration_seconds",
        "How long calls to language models took that succeeded or failed.",
        spread(|model| &model.latency),
    );
    rows.histogram(
        "rapport_model_first_token_seconds",
        "How long streamed answers took to begin.",
        spread(|model| &model.first_token),
    );
}

fn labels(model: &ModelMetrics) -> Labels {
    vec![
        ("provider", model.provider.as_str().to_owned()),
        ("model", model.model.clone()),
        ("operation", model.operation.as_str().to_owned()),
    ]
}

fn with(model: &ModelMetrics, name: &'static str, value: &str) -> Labels {
    labels(model).into_iter().chain([(name, value.to_owned())]).collect()
}

/// Converts a cumulative histogram to counts per bucket.
fn distribution(histogram: &Histogram) -> Distribution {
    let bounds = Histogram::BOUNDS.into_iter().chain([f64::INFINITY]);
    let mut below = 0;
    let buckets = bounds.zip(histogram.buckets.into_iter().chain([histogram.count])).map(|(bound, count)| {
        let own = count.saturating_sub(below);
        below = count;
        (bound, own)
    });
    Distribution { buckets: buckets.collect(), sum: histogram.sum.as_secs_f64(), count: histogram.count }
}
