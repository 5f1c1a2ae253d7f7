//! What the work of language models came to, as people see it.

use rapport::{
    auth::SystemRole,
    clients::llm::{ChatRequest, LanguageModel, Message},
};
use serde_json::{Value, json};

use crate::support::{
    TestApp,
    llm::{Behaviour, Dialect, KEY, StandIn},
    patience,
};

const METRICS: &str = "{ modelMetrics { since providers { provider breaker } models { provider model operation calls \
    succeeded failures { kind count } cancelled fallbacks skipped latency { meanMs p50Ms p95Ms maxMs } \
    firstToken { meanMs } promptTokens completionTokens } } }";

/// A server whose first provider is asked once and rests after one failure, and its two providers.
async fn server() -> (TestApp, StandIn, StandIn) {
    let (first, second) = (StandIn::start(Dialect::HuggingFace).await, StandIn::start(Dialect::Ollama).await);
    let builder = TestApp::builder().quiet().set("HUGGINGFACE_API_KEY", KEY).set("HUGGINGFACE_BASE_URL", first.url());
    let builder = builder.set("OLLAMA_HOST", second.url()).set("LLM_PROVIDERS", "huggingface,ollama");
    let builder = builder.set("LLM_MAX_ATTEMPTS", 1).set("LLM_BREAKER_FAILURES", 1);
    (builder.start().await, first, second)
}

async fn chat(app: &TestApp) {
    patience(app.app.clients.llm.chat(&ChatRequest::new(vec![Message::user("Hello?")]))).await.unwrap();
}

async fn metrics(app: &TestApp) -> Value {
    app.user(SystemRole::Manager).await.ok(METRICS, json!({})).await["modelMetrics"].take()
}

#[tokio::test]
async fn nothing_was_called_yet() {
    let (app, _first, _second) = server().await;
    let metrics = metrics(&app).await;
    assert_eq!(metrics["models"], json!([]));
    let closed = |provider| json!({"provider": provider, "breaker": "CLOSED"});
    assert_eq!(metrics["providers"], json!([closed("HUGGING_FACE"), closed("OLLAMA")]));
}

#[tokio::test]
async fn calls_are_told_by_provider_and_model_with_what_failed() {
    let (app, first, _second) = server().await;
    chat(&app).await;
    first.always(Behaviour::status(500));
    chat(&app).await;
    chat(&app).await;
    let metrics = metrics(&app).await;
    assert_eq!(metrics["providers"][0], json!({"provider": "HUGGING_FACE", "breaker": "OPEN"}));
    let failing = metrics["models"].as_array().unwrap().iter().find(|model| model["provider"] == "HUGGING_FACE");
    let failing = failing.unwrap();
    assert_eq!(failing["operation"], "CHAT");
    for (field, count) in [("calls", 2), ("succeeded", 1), ("cancelled", 0), ("fallbacks", 2), ("skipped", 1)] {
        assert_eq!(failing[field], count, "{field} in {failing:#}");
    }
    assert_eq!(failing["failures"], json!([{"kind": "UNAVAILABLE", "count": 1}]));
    let latency = |name: &str| failing["latency"][name].as_f64().unwrap();
    assert!(latency("p50Ms") <= latency("p95Ms") && latency("p95Ms") <= latency("maxMs"), "{failing:#}");
    assert!(latency("meanMs") <= latency("maxMs"), "{failing:#}");
    assert_eq!(failing["firstToken"], Value::Null);
    let well = metrics["models"].as_array().unwrap().iter().find(|model| model["provider"] == "OLLAMA").unwrap();
    assert_eq!((&well["calls"], &well["succeeded"]), (&json!(2), &json!(2)), "{well:#}");
    assert_eq!((&well["promptTokens"], &well["completionTokens"]), (&json!(14), &json!(6)), "{well:#}");
}
