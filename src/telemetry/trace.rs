//! Traces: what one request set off, through its job and in whichever process (OpenTelemetry, W3C Trace Context).
//!
//! Spans are those of `tracing`. Without `OTEL_EXPORTER_OTLP_ENDPOINT` they only name the lines of the log, and nothing of
//! what is here does anything.

use std::{
    collections::HashMap,
    sync::atomic::{AtomicBool, Ordering},
};

use opentelemetry::{propagation::TextMapPropagator, trace::TraceContextExt};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// The header in which a request names the trace that it belongs to (<https://www.w3.org/TR/trace-context/>).
pub const TRACEPARENT: &str = "traceparent";

static IS_ACTIVE: AtomicBool = AtomicBool::new(false);

/// Says that spans are sent to a collector from now on.
pub(super) fn activate() {
    IS_ACTIVE.store(true, Ordering::Relaxed);
}

/// Whether spans of this process are sent to a collector.
pub fn is_active() -> bool {
    IS_ACTIVE.load(Ordering::Relaxed)
}

/// The present span as a `traceparent`, for who goes on with its trace later or elsewhere; `None` when none is traced.
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

/// Makes `span`, which has not begun yet, a part of the trace that `parent` names. One that is not a `traceparent` counts as
/// none, as the specification has it.
pub fn go_on(span: &Span, parent: Option<&str>) {
    let Some(parent) = parent.filter(|_| is_active()) else { return };
    let carrier = HashMap::from([(TRACEPARENT.to_owned(), parent.to_owned())]);
    // It fails for a span that nobody listens to, which is then not traced.
    let _ = span.set_parent(TraceContextPropagator::new().extract(&carrier));
}
