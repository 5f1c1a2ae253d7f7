//! Metrics of outgoing calls: by host for services, one label for web pages and one for the mail server.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use prometheus_client::{
    metrics::{family::Family, histogram::Histogram},
    registry::Registry,
};

use super::{
    instruments::{Counters, Histograms},
    names::Names,
};

/// Number of services with their own label: more than settings can name, except with many issuers.
const TARGETS: usize = 50;
const BOUNDS: [f64; 10] = [0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0];

/// The counts of calls. Each retry counts.
#[derive(Debug)]
pub struct Calls {
    names: Names,
    ended: Counters<2>,
    duration: Histograms<1>,
    failures: Mutex<HashMap<String, u32>>,
}

impl Calls {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let this = Self {
            names: Names::new(TARGETS),
            ended: Family::default(),
            duration: Family::new_with_constructor(|| Histogram::new(BOUNDS)),
            failures: Mutex::default(),
        };
        registry.register(
            "outgoing_calls",
            "Calls to outside services, by target (a host, web, mail) and outcome",
            this.ended.clone(),
        );
        registry.register(
            "outgoing_call_duration_seconds",
            "How long calls to outside services took until the answer was there or began, by target",
            this.duration.clone(),
        );
        this
    }

    /// Records the end of a call. `is_up` is true if the service answered, even with a refusal; `None` if the answer
    /// was not awaited.
    pub fn ended(&self, target: &str, outcome: &'static str, is_up: Option<bool>, took: Duration) {
        let target = self.names.fold(target, TARGETS);
        self.duration.get_or_create(&[("target", target.clone())]).observe(took.as_secs_f64());
        self.ended.get_or_create(&[("target", target.clone()), ("outcome", outcome.to_owned())]).inc();
        let Some(is_up) = is_up else { return };
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let failures = failures.entry(target).or_default();
        *failures = if is_up { 0 } else { failures.saturating_add(1) };
    }

    /// Returns the number of consecutive unanswered calls to `target`; `None` if it was never called.
    pub fn failures_in_a_row(&self, target: &str) -> Option<u32> {
        // Numbers are whole after any panic.
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).get(target).copied()
    }
}
