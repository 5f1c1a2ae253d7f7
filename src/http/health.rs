//! Liveness and readiness routes.

use axum::{Json, Router, extract::State, http::StatusCode, routing::get};
use serde_json::{Map, Value, json};

use crate::{
    app::App,
    domains::{
        knowledge::Knowledge,
        system::{HealthStatus, check_health, hanging},
    },
};

/// Returns the routes `/health/live`, which fails if a part of the process hangs, and `/health/ready`, which also
/// requires that it can serve.
pub(super) fn router(app: App, knowledge: Knowledge) -> Router {
    Router::new().route("/health/live", get(live)).route("/health/ready", get(ready)).with_state((app, knowledge))
}

async fn live(State((app, _)): State<(App, Knowledge)>) -> (StatusCode, Json<Value>) {
    let hanging = hanging(&app);
    if hanging.is_empty() {
        return (StatusCode::OK, Json(json!({"status": "live"})));
    }
    (StatusCode::SERVICE_UNAVAILABLE, Json(json!({"status": "hanging", "parts": hanging})))
}

async fn ready(State((app, knowledge)): State<(App, Knowledge)>) -> (StatusCode, Json<Value>) {
    let report = check_health(&app, &knowledge).await;
    let (code, status) =
        if report.is_ready() { (StatusCode::OK, "ready") } else { (StatusCode::SERVICE_UNAVAILABLE, "not ready") };
    let parts = report.parts.iter().map(|part| (part.name.as_str().to_owned(), part.status.as_str().into()));
    let parts: Map<String, Value> = parts.collect();
    let health: HealthStatus = report.status();
    (code, Json(json!({"status": status, "health": health.as_str(), "parts": parts})))
}
