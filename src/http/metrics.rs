//! `/metrics`: counters and states in the Prometheus text format.

mod models;
mod states;

use std::sync::Arc;

use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::get,
};
use http::{HeaderMap, StatusCode, header};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use self::states::States;
use crate::{app::App, telemetry::metrics::CONTENT_TYPE};

#[derive(Clone)]
struct Reader {
    app: App,
    states: Arc<States>,
}

/// Returns the route for the public port, which exists only with a token. A request from this machine is not trusted,
/// since it may come from a proxy.
pub(super) fn public_router(app: App) -> Router {
    if app.config.metrics.token.is_some() { private_router(app) } else { Router::new() }
}

/// Returns the route for the metrics port, which requires the token only if one is set.
pub(super) fn private_router(app: App) -> Router {
    let reader = Reader { app, states: Arc::default() };
    Router::new().route("/metrics", get(metrics)).with_state(reader)
}

async fn metrics(State(reader): State<Reader>, headers: HeaderMap) -> Response {
    if !may_read(reader.app.config.metrics.token.as_ref(), &headers) {
        let challenge = [(header::WWW_AUTHENTICATE, "Bearer")];
        return (StatusCode::UNAUTHORIZED, challenge, "Send the token of METRICS_TOKEN.\n").into_response();
    }
    let states = reader.states.gather(&reader.app).await;
    match reader.app.ambient.metrics().render(states) {
        Ok(text) => ([(header::CONTENT_TYPE, CONTENT_TYPE)], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "the metrics could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn may_read(token: Option<&SecretString>, headers: &HeaderMap) -> bool {
    let Some(token) = token else { return true };
    let shown = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let shown = shown.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    // Of digests it may be seen how far they agree: that tells nothing about the token.
    Sha256::digest(shown.trim()) == Sha256::digest(token.expose_secret())
}
