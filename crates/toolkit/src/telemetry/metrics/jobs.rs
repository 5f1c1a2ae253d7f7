//! Metrics of job attempts.

use std::time::Duration;

use prometheus_client::{
    metrics::{family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};

use super::instruments::{Counters, Gauges, Histograms};

const BOUNDS: [f64; 10] = [0.05, 0.25, 1.0, 2.5, 10.0, 30.0, 60.0, 300.0, 900.0, 3600.0];

/// Outcome of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptOutcome {
    /// Completed with a result.
    Completed,
    /// Failed permanently.
    Failed,
    /// Failed, to be retried.
    Retried,
    /// Cancelled by a user.
    Cancelled,
    /// Returned to the queue by a stopping server.
    GivenBack,
    /// Taken over by another worker, or its end could not be written.
    Lost,
}

impl AttemptOutcome {
    /// Returns the name in logs and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Retried => "retried",
            Self::Cancelled => "cancelled",
            Self::GivenBack => "given_back",
            Self::Lost => "lost",
        }
    }
}

/// The counts of attempts.
#[derive(Debug)]
pub struct Jobs {
    ended: Counters<2>,
    duration: Histograms<1>,
    wait: Histograms<1>,
    running: Gauges<1>,
}

impl Jobs {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let histograms = || Family::new_with_constructor((|| Histogram::new(BOUNDS)) as fn() -> Histogram);
        let (duration, wait) = (histograms(), histograms());
        let this = Self { ended: Family::default(), duration, wait, running: Family::default() };
        registry.register(
            "job_attempts",
            "Attempts at jobs that this process ended, by kind and outcome",
            this.ended.clone(),
        );
        registry.register(
            "job_attempt_duration_seconds",
            "How long attempts at jobs took, by kind",
            this.duration.clone(),
        );
        registry.register(
            "job_wait_seconds",
            "How long jobs that were due waited for a worker, by kind",
            this.wait.clone(),
        );
        registry.register("jobs_running", "Jobs that this process is at now, by kind", this.running.clone());
        this
    }

    /// Counts a job as running until the result is dropped. `waited` is the time since it was due.
    pub fn running(&self, kind: &str, waited: Duration) -> RunningJob {
        let labels = [("kind", kind.to_owned())];
        self.wait.get_or_create(&labels).observe(waited.as_secs_f64());
        let gauge = self.running.get_or_create_owned(&labels);
        gauge.inc();
        RunningJob(gauge)
    }

    /// Records the end of an attempt.
    pub fn ended(&self, kind: &str, outcome: AttemptOutcome, took: Duration) {
        self.duration.get_or_create(&[("kind", kind.to_owned())]).observe(took.as_secs_f64());
        self.ended.get_or_create(&[("kind", kind.to_owned()), ("outcome", outcome.as_str().to_owned())]).inc();
    }
}

/// A running job, counted until dropped.
#[derive(Debug)]
pub struct RunningJob(Gauge);

impl Drop for RunningJob {
    fn drop(&mut self) {
        self.0.dec();
    }
}
