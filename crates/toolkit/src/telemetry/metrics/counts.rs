//! All metrics of a server.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use prometheus_client::{encoding::prometheus_text, registry::Registry};

use super::{
    calls::Calls, extraction::Extraction, jobs::Jobs, operations::Operations, rows::Rows, serving::Serving,
    waits::Waits,
};

/// Prefix of all metrics.
const PREFIX: &str = "rapport";

/// The metrics of a server. Cheap to clone; clones share their counts.
#[derive(Clone)]
pub struct Metrics(Arc<Inner>);

struct Inner {
    started: DateTime<Utc>,
    registry: Registry,
    operations: Operations,
    serving: Serving,
    jobs: Jobs,
    calls: Calls,
    extraction: Extraction,
    waits: Waits,
}

impl std::fmt::Debug for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Metrics")
    }
}

impl Metrics {
    /// Creates metrics for a program started at `started`.
    pub fn new(started: DateTime<Utc>) -> Self {
        let mut registry = Registry::with_prefix(PREFIX);
        let operations = Operations::new(&mut registry);
        let serving = Serving::new(&mut registry);
        let jobs = Jobs::new(&mut registry);
        let calls = Calls::new(&mut registry);
        let extraction = Extraction::new(&mut registry);
        let waits = Waits::new(&mut registry);
        Self(Arc::new(Inner { started, registry, operations, serving, jobs, calls, extraction, waits }))
    }

    /// Returns the start time.
    pub fn started(&self) -> DateTime<Utc> {
        self.0.started
    }

    /// Returns the metrics of GraphQL operations.
    pub fn operations(&self) -> &Operations {
        &self.0.operations
    }

    /// Returns the metrics of HTTP requests, sockets and event streams.
    pub fn serving(&self) -> &Serving {
        &self.0.serving
    }

    /// Returns the metrics of job attempts.
    pub fn jobs(&self) -> &Jobs {
        &self.0.jobs
    }

    /// Returns the metrics of outgoing calls.
    pub fn calls(&self) -> &Calls {
        &self.0.calls
    }

    /// Returns the metrics of signal extraction by language models.
    pub fn extraction(&self) -> &Extraction {
        &self.0.extraction
    }

    /// Returns the metrics of durable waits.
    pub fn waits(&self) -> &Waits {
        &self.0.waits
    }

    /// Renders all metrics and the present `states` in the Prometheus text format (version 0.0.4).
    ///
    /// # Errors
    /// Never: writing into memory does not fail.
    pub fn render(&self, states: Rows) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        prometheus_text::encode(&mut text, &self.0.registry)?;
        let mut registry = Registry::default();
        registry.register_collector(Box::new(states));
        prometheus_text::encode(&mut text, &registry)?;
        Ok(text)
    }
}
