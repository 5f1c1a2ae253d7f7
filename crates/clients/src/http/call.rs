//! Metrics and traces of an outgoing call.

use tokio::time::Instant;
use tracing::{Span, field::Empty};

use rapport_toolkit::{ambient::Ambient, telemetry::Metrics};

/// A call in progress. Dropped before its end, it counts as cancelled.
pub(crate) struct Call {
    metrics: Metrics,
    target: String,
    started: Instant,
    span: Span,
    has_ended: bool,
}

impl Call {
    /// Begins a call of `target`: the host of a service, `web`, or `mail`.
    pub(crate) fn begin(ambient: &Ambient, method: &str, target: &str) -> Self {
        let span = tracing::info_span!(
            "outgoing_call",
            otel.name = [method, target].join(" ").trim(),
            otel.kind = "client",
            otel.status_code = Empty,
            server.address = target,
            outcome = Empty,
        );
        let metrics = ambient.metrics().clone();
        Self { metrics, target: target.to_owned(), started: Instant::now(), span, has_ended: false }
    }

    /// Returns the tracing span.
    pub(crate) fn span(&self) -> Span {
        self.span.clone()
    }

    /// Ends the call, with the kind of failure if any, and true if the failure means that the service is down.
    pub(crate) fn end(mut self, failure: Option<(&'static str, bool)>) {
        let (outcome, is_down) = failure.unwrap_or(("ok", false));
        if failure.is_some() {
            self.span.record("otel.status_code", "ERROR");
        }
        self.count(outcome, is_down);
    }

    fn count(&mut self, outcome: &'static str, is_down: bool) {
        self.has_ended = true;
        self.span.record("outcome", outcome);
        self.metrics.calls().ended(&self.target, outcome, Some(!is_down), self.started.elapsed());
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        if !self.has_ended {
            self.span.record("outcome", "cancelled");
            self.metrics.calls().ended(&self.target, "cancelled", None, self.started.elapsed());
        }
    }
}
