//! Jobs, events, models and the process itself.

use chrono::TimeDelta;
use rapport::clients::llm::{ChatRequest, LanguageModel, Message};

use super::{builder, read, until};
use crate::support::{
    llm::{Behaviour, COST, Dialect, StandIn},
    patience,
};

#[tokio::test]
async fn what_waits_in_the_queue_is_counted_with_how_long_it_is_due() {
    let app = builder().without_worker().start().await;
    let admin = app.admin().await;
    admin.onboard("Brightloom Analytics").await;
    app.advance(TimeDelta::minutes(10));
    let metrics = read(&app).await;
    let kind = ("kind", "onboard_company");
    assert_eq!(metrics.get("rapport_jobs", &[kind, ("status", "queued")]), 1.0);
    let due = metrics.get("rapport_job_oldest_due_seconds", &[kind]);
    assert!((600.0..1200.0).contains(&due), "{due}");
}

#[tokio::test]
async fn attempts_at_jobs_are_counted_with_how_they_ended() {
    let app = builder().start().await;
    let admin = app.admin().await;
    let job = admin.onboard("Brightloom Analytics").await;
    assert_eq!(admin.finished(job["id"].as_str().unwrap()).await["status"], "COMPLETED");
    let kind = ("kind", "onboard_company");
    let labels = [kind, ("outcome", "completed")];
    let metrics = until(&app, |metrics| metrics.get("rapport_job_attempts_total", &labels) == 1.0).await;
    assert_eq!(metrics.get("rapport_job_attempt_duration_seconds_count", &[kind]), 1.0);
    assert_eq!(metrics.get("rapport_job_wait_seconds_count", &[kind]), 1.0);
    until(&app, |metrics| metrics.get("rapport_jobs_running", &[kind]) == 0.0).await;
}

#[tokio::test]
async fn calls_to_models_are_counted_by_what_they_came_to() {
    let model = StandIn::start(Dialect::Ollama).await;
    let server = builder().quiet().set("OLLAMA_HOST", model.url()).set("OLLAMA_MODEL", r#"a "model"\with marks"#);
    let app = server.set("LLM_MAX_ATTEMPTS", 1).start().await;
    let ask = || async { patience(app.app.clients.llm.chat(&ChatRequest::new(vec![Message::user("Hello?")]))).await };
    ask().await.unwrap();
    model.once(Behaviour::status(500));
    ask().await.unwrap_err();
    let metrics = read(&app).await;
    let of = |name, more: &[(&str, &str)]| {
        let labels = [("provider", "ollama"), ("model", r#"a "model"\with marks"#), ("operation", "chat")];
        metrics.get(name, &[&labels, more].concat())
    };
    assert_eq!(of("rapport_model_calls_total", &[("outcome", "ok")]), 1.0);
    assert_eq!(of("rapport_model_calls_total", &[("outcome", "unavailable")]), 1.0);
    assert_eq!(of("rapport_model_call_duration_seconds_count", &[]), 2.0);
    assert_eq!(of("rapport_model_tokens_total", &[("direction", "in")]), COST.0 as f64);
    assert_eq!(of("rapport_model_tokens_total", &[("direction", "out")]), COST.1 as f64);
    let breaker = [("provider", "ollama"), ("state", "closed")];
    assert_eq!(metrics.get("rapport_model_breaker", &breaker), 1.0);
    let call = |outcome| metrics.get("rapport_outgoing_calls_total", &[("target", "127.0.0.1"), ("outcome", outcome)]);
    assert_eq!((call("ok"), call("server_error")), (1.0, 1.0));
}

#[tokio::test]
async fn the_process_its_database_and_its_events_are_described() {
    let app = builder().start().await;
    app.app.events.register(&["somebody"]).await.unwrap();
    let metrics = read(&app).await;
    for name in ["process_resident_memory_bytes", "process_start_time_seconds", "process_open_fds", "process_threads"] {
        assert!(metrics.get(name, &[]) > 0.0, "{name}");
    }
    assert_eq!(metrics.types["process_cpu_seconds_total"], "counter");
    assert_eq!(metrics.get("rapport_build_info", &[("version", env!("CARGO_PKG_VERSION"))]), 1.0);
    assert_eq!(metrics.get("rapport_database_up", &[]), 1.0);
    assert!(metrics.get("rapport_database_connections_max", &[]) >= 8.0);
    assert!(metrics.get("rapport_database_connections", &[]) >= 1.0);
    assert_eq!(metrics.get("rapport_event_lag_events", &[]), 0.0);
    for what in ["lag_seconds", "lag_events", "failures", "losses"] {
        assert_eq!(metrics.get(&format!("rapport_event_consumer_{what}"), &[("consumer", "somebody")]), 0.0, "{what}");
    }
    assert!(metrics.types.contains_key("rapport_event_tail_silent_seconds"));
}
