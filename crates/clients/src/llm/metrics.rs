//! Metrics of language model calls, counted in this process since its start.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::{BreakerState, FailureKind, LlmProvider, Usage};

/// Kind of request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operation {
    /// Answer in one piece.
    Chat,
    /// Streamed answer.
    Stream,
    /// Structured output.
    Structured,
    /// Embeddings.
    Embed,
}

impl Operation {
    /// Returns the name in logs and metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Stream => "stream",
            Self::Structured => "structured",
            Self::Embed => "embed",
        }
    }
}

/// A histogram of durations in Prometheus form: cumulative counts, sum and count
/// (<https://prometheus.io/docs/concepts/metric_types/#histogram>).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Histogram {
    /// Number of values up to each of [`Histogram::BOUNDS`], cumulative.
    pub buckets: [u64; Self::BOUNDS.len()],
    /// Number of values.
    pub count: u64,
    /// Sum of all values.
    pub sum: Duration,
    /// Maximum.
    pub max: Duration,
}

impl Histogram {
    /// Upper bounds, in seconds.
    pub const BOUNDS: [f64; 10] = [0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0];

    /// Returns the mean; `None` without values.
    pub fn mean(&self) -> Option<Duration> {
        (self.count > 0).then(|| Duration::from_secs_f64(self.sum.as_secs_f64() / self.count as f64))
    }

    /// Returns the quantile `q` (0 to 1); `None` without values. Interpolates linearly within a bucket, like
    /// Prometheus's `histogram_quantile`
    /// (<https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile>), up to the maximum.
    pub fn quantile(&self, q: f64) -> Option<Duration> {
        if self.count == 0 {
            return None;
        }
        let rank = q.clamp(0.0, 1.0) * self.count as f64;
        let (mut lower, mut below) = (0.0, 0);
        for (bound, count) in Self::BOUNDS.into_iter().zip(self.buckets) {
            if count as f64 >= rank && count > below {
                let share = (rank - below as f64) / (count - below) as f64;
                let estimate = lower + (bound - lower) * share.max(0.0);
                return Some(Duration::from_secs_f64(estimate).min(self.max));
            }
            (lower, below) = (bound, count);
        }
        Some(self.max)
    }

    fn add(&mut self, took: Duration) {
        for (bucket, bound) in self.buckets.iter_mut().zip(Self::BOUNDS) {
            *bucket += u64::from(took.as_secs_f64() <= bound);
        }
        self.count += 1;
        self.sum = self.sum.saturating_add(took);
        self.max = self.max.max(took);
    }
}

/// Metrics of one operation of one model. A call and its internal retries count once.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelMetrics {
    /// Provider of the model.
    pub provider: LlmProvider,
    /// Its name.
    pub model: String,
    /// Kind of request.
    pub operation: Operation,
    /// Number of finished calls: the sum of `succeeded`, `failures` and `cancelled`.
    pub calls: u64,
    /// Number of calls with a complete answer.
    pub succeeded: u64,
    /// Failed calls by kind.
    pub failures: BTreeMap<FailureKind, u64>,
    /// Number of calls that the caller cancelled.
    pub cancelled: u64,
    /// Number of times that the next provider was used instead.
    pub fallbacks: u64,
    /// Number of calls skipped because the breaker was open.
    pub skipped: u64,
    /// Duration of succeeded and failed calls. A streamed answer lasts until it is read.
    pub latency: Histogram,
    /// Time to the first token of streamed answers.
    pub first_token: Histogram,
    /// Number of tokens in prompts, as far as reported.
    pub prompt_tokens: u64,
    /// Number of tokens in answers, as far as reported.
    pub completion_tokens: u64,
}

/// State of a provider's breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProviderState {
    /// The provider.
    pub provider: LlmProvider,
    /// The state.
    pub breaker: BreakerState,
}

/// All metrics at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct LlmSnapshot {
    /// The configured providers, in order.
    pub providers: Vec<ProviderState>,
    /// Metrics of every model called or skipped at least once, by provider, model and operation.
    pub models: Vec<ModelMetrics>,
}

type Key = (LlmProvider, String, Operation);

/// The metrics. Clones share their counts.
#[derive(Clone, Default)]
pub struct LlmMetrics {
    models: Arc<Mutex<BTreeMap<Key, ModelMetrics>>>,
}

/// Outcome of a call.
pub(super) enum Outcome {
    Succeeded,
    Failed(FailureKind),
    Cancelled,
}

impl LlmMetrics {
    /// Returns the counts by provider, model and operation.
    pub fn snapshot(&self) -> Vec<ModelMetrics> {
        self.lock().values().cloned().collect()
    }

    pub(super) fn ended(&self, key: &Key, outcome: Outcome, took: Duration, first: Option<Duration>, usage: Usage) {
        self.update(key, |metrics| {
            metrics.calls += 1;
            match outcome {
                Outcome::Succeeded => metrics.succeeded += 1,
                Outcome::Failed(kind) => *metrics.failures.entry(kind).or_default() += 1,
                Outcome::Cancelled => metrics.cancelled += 1,
            }
            if !matches!(outcome, Outcome::Cancelled) {
                metrics.latency.add(took);
            }
            if let Some(first) = first {
                metrics.first_token.add(first);
            }
            metrics.prompt_tokens = metrics.prompt_tokens.saturating_add(usage.prompt_tokens);
            metrics.completion_tokens = metrics.completion_tokens.saturating_add(usage.completion_tokens);
        });
    }

    pub(super) fn skipped(&self, key: &Key) {
        self.update(key, |metrics| metrics.skipped += 1);
    }

    pub(super) fn fell_back(&self, key: &Key) {
        self.update(key, |metrics| metrics.fallbacks += 1);
    }

    fn update(&self, key: &Key, change: impl FnOnce(&mut ModelMetrics)) {
        let new = || ModelMetrics {
            provider: key.0,
            model: key.1.clone(),
            operation: key.2,
            calls: 0,
            succeeded: 0,
            failures: BTreeMap::new(),
            cancelled: 0,
            fallbacks: 0,
            skipped: 0,
            latency: Histogram::default(),
            first_token: Histogram::default(),
            prompt_tokens: 0,
            completion_tokens: 0,
        };
        change(self.lock().entry(key.clone()).or_insert_with(new));
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Key, ModelMetrics>> {
        // A panic elsewhere leaves counts that are at worst one short.
        self.models.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_lie_within_their_bucket_and_below_the_longest() {
        let mut histogram = Histogram::default();
        assert_eq!((histogram.quantile(0.5), histogram.mean()), (None, None));
        for millis in [600, 700, 800, 900] {
            histogram.add(Duration::from_millis(millis));
        }
        assert_eq!(histogram.mean(), Some(Duration::from_millis(750)));
        // Two of four, half of the way from 0.5 to 1 s.
        assert_eq!(histogram.quantile(0.5), Some(Duration::from_millis(750)));
        // 0.975 s by the bucket, but none took so long.
        assert_eq!(histogram.quantile(0.95), Some(Duration::from_millis(900)));
        histogram.add(Duration::from_secs(500));
        assert_eq!(histogram.quantile(1.0), Some(Duration::from_secs(500)));
    }

    #[test]
    fn a_duration_counts_in_its_bucket_and_all_above() {
        let mut histogram = Histogram::default();
        for millis in [50, 250, 3000, 500_000] {
            histogram.add(Duration::from_millis(millis));
        }
        assert_eq!(histogram.buckets, [1, 2, 2, 2, 2, 3, 3, 3, 3, 3]);
        assert_eq!((histogram.count, histogram.max), (4, Duration::from_secs(500)));
        assert_eq!(histogram.sum, Duration::from_millis(503_300));
    }
}
