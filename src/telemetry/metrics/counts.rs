//! All counts of a server.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use prometheus_client::{encoding::prometheus_text, registry::Registry};

use super::{calls::Calls, extraction::Extraction, jobs::Jobs, operations::Operations, rows::Rows, serving::Serving};

/// What every metric of ours begins with.
const PREFIX: &str = "rapport";

/// The counts of a server. Cheap to clone; clones count together.
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
}

impl std::fmt::Debug for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Metrics")
    }
}

impl Metrics {
    /// Counts from nothing, of a program that was started at `started`.
    pub fn new(started: DateTime<Utc>) -> Self {
        let mut registry = Registry::with_prefix(PREFIX);
        let operations = Operations::new(&mut registry);
        let serving = Serving::new(&mut registry);
        let jobs = Jobs::new(&mut registry);
        let calls = Calls::new(&mut registry);
        let extraction = Extraction::new(&mut registry);
        Self(Arc::new(Inner { started, registry, operations, serving, jobs, calls, extraction }))
    }

    /// When the counting began.
    pub fn started(&self) -> DateTime<Utc> {
        self.0.started
    }

    /// GraphQL operations.
    pub fn operations(&self) -> &Operations {
        &self.0.operations
    }

    /// HTTP requests, sockets and event streams.
    pub fn serving(&self) -> &Serving {
        &self.0.serving
    }

    /// Attempts at jobs.
    pub fn jobs(&self) -> &Jobs {
        &self.0.jobs
    }

    /// Calls to the outside.
    pub fn calls(&self) -> &Calls {
        &self.0.calls
    }

    /// The reading of reports by a strong model.
    pub fn extraction(&self) -> &Extraction {
        &self.0.extraction
    }

    /// All counts, and the `states` that were asked for now, in the text format of Prometheus (version 0.0.4).
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
