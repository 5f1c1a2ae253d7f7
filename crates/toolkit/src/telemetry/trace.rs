//! Traces of a request through its job, across processes (OpenTelemetry, W3C Trace Context).
//!
//! Spans are those of `tracing`. Without `OTEL_EXPORTER_OTLP_ENDPOINT` they only name the log lines, and this module
//! does nothing.

use std::{
    collections::HashMap,
    sync::atomic::{AtomicBool, Ordering},
};

use opentelemetry::{propagation::TextMapPropagator, trace::TraceContextExt};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// The header that names the trace of a request (<https://www.w3.org/TR/trace-context/>).
pub const TRACEPARENT: &str = "traceparent";

static IS_ACTIVE: AtomicBool = AtomicBool::new(false);

/// Enables sending spans to a collector.
pub(super) fn activate() {
    IS_ACTIVE.store(true, Ordering::Relaxed);
}

/// Returns true if spans of this process are sent to a collector.
pub fn is_active() -> bool {
    IS_ACTIVE.load(Ordering::Relaxed)
}

/// Returns the present span as a `traceparent`, to continue its trace later or elsewhere; `None` if not traced.
pub fn current() -> Option<String> {
    if !is_active() {
        return None;
    }
    let context = Span::current().context();
    let span = context.span();
    let span = span.span_context();
    let flags = span.trace_flags().to_u8();
    span.is_valid().then(|| format!("00-{}-{}-{flags:02x}", span.trace_id(), span.span_id()))
}

/// Makes `span`, which has not started, a child in the trace of `parent`. An invalid `traceparent` is ignored, as the
/// specification demands.
pub fn go_on(span: &Span, parent: Option<&str>) {
    let Some(parent) = parent.filter(|_| is_active()) else { return };
    let carrier = HashMap::from([(TRACEPARENT.to_owned(), parent.to_owned())]);
    // It fails for a span that nobody listens to, which is then not traced.
    let _ = span.set_parent(TraceContextPropagator::new().extract(&carrier));
}
