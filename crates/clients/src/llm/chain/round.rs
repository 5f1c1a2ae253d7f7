//! The sequence of providers tried for one request.

use std::sync::Arc;

use super::super::{LlmError, LlmMetrics, Operation};
use super::call::Call;
use super::link::Link;
use rapport_toolkit::config::LLM_SETTINGS;

/// Yields calls to one provider after the other, and collects their failures.
pub(super) struct Round {
    links: Arc<[Link]>,
    metrics: LlmMetrics,
    operation: Operation,
    /// True if the request itself limits the length of the answer.
    capped: bool,
    /// Index of the next provider.
    place: usize,
    /// The failed providers by index, with their errors.
    failures: Vec<(usize, LlmError)>,
    /// Number of failures counted as fallbacks.
    counted: usize,
}

impl Round {
    pub(super) fn new(links: Arc<[Link]>, metrics: LlmMetrics, operation: Operation, capped: bool) -> Self {
        Self { links, metrics, operation, capped, place: 0, failures: Vec::new(), counted: 0 }
    }

    /// Returns a call to the next available provider.
    ///
    /// # Errors
    /// With all failures, if there is none.
    pub(super) fn next(&mut self) -> Result<Call, LlmError> {
        loop {
            let place = self.place;
            let Some(link) = self.links.get(place).cloned() else { return Err(self.over()) };
            self.place += 1;
            if !link.can(self.operation) {
                let reason = "no embedding model is set".to_owned();
                self.failures.push((place, LlmError::Unsupported { reason }));
                continue;
            }
            match link.breaker.admit() {
                Ok(permit) => {
                    self.fell_back_to(&link);
                    return Ok(Call::new(&link, self.operation, permit, self.metrics.clone()));
                }
                Err(retry_after) => {
                    self.metrics.skipped(&link.key(self.operation));
                    self.failures.push((place, LlmError::Resting { retry_after }));
                }
            }
        }
    }

    /// Records a failure.
    ///
    /// # Errors
    /// The failure, if no other provider should be tried.
    pub(super) fn failed(&mut self, mut call: Call, error: LlmError) -> Result<(), LlmError> {
        call.failed(&error);
        if error.is_final(self.capped) {
            return Err(error);
        }
        self.failures.push((self.place - 1, error));
        Ok(())
    }

    /// Counts the fallbacks to `next`.
    fn fell_back_to(&mut self, next: &Link) {
        let operation = self.operation;
        for (place, error) in &self.failures[self.counted..] {
            let Some(link) = self.links.get(*place).filter(|link| link.can(operation)) else { continue };
            self.metrics.fell_back(&link.key(operation));
            // That it is left alone was told when it began.
            if !matches!(error, LlmError::Resting { .. }) {
                let (provider, next, operation) = (link.provider, next.provider, operation.as_str());
                tracing::warn!(%provider, %next, operation, %error, "a language model failed; the next is asked");
            }
        }
        self.counted = self.failures.len();
    }

    fn over(&mut self) -> LlmError {
        let mut failures = std::mem::take(&mut self.failures);
        match failures.len() {
            0 => LlmError::NotConfigured { settings: LLM_SETTINGS },
            1 => failures.remove(0).1,
            _ => {
                let provider = |place: usize| self.links.get(place).map(|link| link.provider);
                let named = failures.into_iter().filter_map(|(place, error)| Some((provider(place)?, error)));
                LlmError::AllFailed { failures: named.collect() }
            }
        }
    }
}
