//! One call to one provider, counted once regardless of its outcome.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::super::breaker::Permit;
use super::super::error::Verdict;
use super::super::metrics::Outcome;
use super::super::{LanguageModel, LlmError, LlmMetrics, LlmProvider, Operation, Usage};
use super::link::Link;

/// A started call. Dropped before its end, it counts as cancelled.
pub(super) struct Call {
    key: (LlmProvider, String, Operation),
    client: Arc<dyn LanguageModel>,
    timeout: Duration,
    permit: Permit,
    metrics: LlmMetrics,
    started: Instant,
    first_token: Option<Duration>,
    ended: bool,
    /// Tokens used so far.
    pub(super) usage: Usage,
}

impl Call {
    pub(super) fn new(link: &Link, operation: Operation, permit: Permit, metrics: LlmMetrics) -> Self {
        Self {
            key: link.key(operation),
            client: Arc::clone(&link.client),
            timeout: link.timeout,
            permit,
            metrics,
            started: Instant::now(),
            first_token: None,
            ended: false,
            usage: Usage::default(),
        }
    }

    pub(super) fn client(&self) -> Arc<dyn LanguageModel> {
        Arc::clone(&self.client)
    }

    pub(super) fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Records the first token.
    pub(super) fn began(&mut self) {
        self.first_token = Some(self.started.elapsed());
        self.permit.began();
    }

    pub(super) fn succeeded(&mut self) {
        self.end(Outcome::Succeeded, Verdict::Alive);
    }

    pub(super) fn failed(&mut self, error: &LlmError) {
        self.end(Outcome::Failed(error.kind()), error.verdict());
    }

    fn end(&mut self, outcome: Outcome, verdict: Verdict) {
        if !self.ended {
            self.ended = true;
            self.permit.settle(verdict);
            self.metrics.ended(&self.key, outcome, self.started.elapsed(), self.first_token, self.usage);
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.end(Outcome::Cancelled, Verdict::Unknown);
    }
}
