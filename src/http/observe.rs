//! Metrics and traces of HTTP requests.

use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::Response,
};
use http::Method;
use tokio::time::Instant;
use tracing::{Instrument, Span, field::Empty};

use crate::telemetry::{Metrics, trace};

/// Route label of requests without a route.
const NO_ROUTE: &str = "none";

pub(super) async fn observe(State(metrics): State<Metrics>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let route = request.extensions().get::<MatchedPath>().map_or(NO_ROUTE, MatchedPath::as_str).to_owned();
    let method = method(request.method());
    let span = span(method, &route, &request);
    let response = next.run(request).instrument(span.clone()).await;
    let status = response.status();
    span.record("http.response.status_code", status.as_u16());
    if status.is_server_error() {
        span.record("otel.status_code", "ERROR");
    }
    metrics.serving().answered(method, &route, status.as_u16(), started.elapsed());
    response
}

/// Returns the method as one of a fixed set of labels.
fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// Returns the span of a request, in the trace of its `traceparent`. Requests for health and metrics are not traced.
fn span(method: &'static str, route: &str, request: &Request) -> Span {
    if route.starts_with("/health") || route.starts_with("/metrics") {
        return Span::none();
    }
    let span = tracing::info_span!(
        "http_request",
        otel.name = format!("{method} {route}"),
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = method,
        http.route = route,
        http.response.status_code = Empty,
    );
    let parent = request.headers().get(trace::TRACEPARENT).and_then(|value| value.to_str().ok());
    trace::go_on(&span, parent);
    span
}
