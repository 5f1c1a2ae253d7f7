//! Metrics of signal extraction by a language model beside the rules.

use prometheus_client::{metrics::family::Family, registry::Registry};

use super::instruments::Counters;

/// The counts of extractions. Labels are names defined in code, never parts of a model's answer.
#[derive(Debug)]
pub struct Extraction {
    reports: Counters<1>,
    signals: Counters<1>,
    disagreements: Counters<2>,
}

impl Extraction {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let this = Self { reports: Family::default(), signals: Family::default(), disagreements: Family::default() };
        registry.register(
            "extraction_reports",
            "Reports that a strong model was to read for signals, by outcome: done, or why it did not",
            this.reports.clone(),
        );
        registry.register(
            "extraction_signals",
            "Signals of reports that a strong model has read, by who found them: rules, model, both",
            this.signals.clone(),
        );
        registry.register(
            "extraction_disagreements",
            "Where rules and the strong model differ, by kind and by reason: a field, or why a proposal was refused",
            this.disagreements.clone(),
        );
        this
    }

    /// Records the outcome of a report.
    pub fn report(&self, outcome: &'static str) {
        self.reports.get_or_create(&[("outcome", outcome.to_owned())]).inc();
    }

    /// Records a number of signals by the method that found them.
    pub fn signals(&self, found_by: &'static str, count: usize) {
        self.signals.get_or_create(&[("found_by", found_by.to_owned())]).inc_by(count as u64);
    }

    /// Records a disagreement by kind and reason.
    pub fn disagreement(&self, kind: String, reason: String) {
        self.disagreements.get_or_create(&[("kind", kind), ("reason", reason)]).inc();
    }
}
