//! Whether the server can serve, and what of that everybody may know.

use std::{net::SocketAddr, time::Duration};

use chrono::TimeDelta;
use rapport::{
    auth::SystemRole,
    clients::llm::{ChatRequest, LanguageModel, Message},
};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::support::{Client, TestApp, TestDb, patience, proxy::Proxy};

const HEALTH: &str = "{ health { status parts { name status detail } } }";

async fn ready(address: SocketAddr) -> (u16, Value) {
    let response = reqwest::get(format!("http://{address}/health/ready")).await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

/// Waits until the server says so, and returns what it says of its parts.
async fn until(address: SocketAddr, status: u16) -> Value {
    patience(async {
        loop {
            let (now, mut body) = ready(address).await;
            if now == status {
                return body["parts"].take();
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await
}

async fn health(client: &Client) -> Value {
    client.ok(HEALTH, json!({})).await["health"].take()
}

fn part<'a>(health: &'a Value, name: &str) -> &'a Value {
    let parts = health["parts"].as_array().unwrap();
    parts.iter().find(|part| part["name"] == name.to_uppercase()).unwrap()
}

#[expect(clippy::print_stdout, reason = "who reads the output of the tests should know")]
fn is_postgres() -> bool {
    if !TestDb::is_postgres() {
        println!("skipped: TEST_DATABASE_URL is not set; a SQLite file cannot be taken from who has it open");
    }
    TestDb::is_postgres()
}

#[tokio::test]
async fn a_server_whose_database_cannot_be_reached_lives_and_is_not_ready_until_it_can() {
    if !is_postgres() {
        return;
    }
    let db = TestDb::new().await;
    let (proxy, through) = Proxy::to_database(&db).await;
    let app = TestApp::builder().on(&through).start().await;
    assert_eq!(until(app.address, 200).await["database"], "up");
    proxy.cut();
    assert_eq!(until(app.address, 503).await["database"], "down");
    let live = reqwest::get(format!("http://{}/health/live", app.address)).await.unwrap();
    assert_eq!(live.status(), 200);
    let told = health(&app.anonymous()).await;
    assert_eq!((&told["status"], &part(&told, "database")["status"]), (&json!("DOWN"), &json!("DOWN")), "{told:#}");
    proxy.mend();
    assert_eq!(until(app.address, 200).await["database"], "up");
    app.admin().await.onboard("Brightloom Analytics").await;
}

#[tokio::test]
async fn events_that_are_held_back_make_a_server_not_ready_until_they_flow() {
    if !is_postgres() {
        return;
    }
    let app = TestApp::builder().without_worker().start().await;
    let admin = app.admin().await;
    let elsewhere = app.db.connect().await;
    let open = elsewhere.begin().await.unwrap();
    open.execute_unprepared("UPDATE event_log SET purged_id = purged_id").await.unwrap();
    admin.onboard("Brightloom Analytics").await;
    assert_eq!(ready(app.address).await.0, 200);
    app.advance(TimeDelta::seconds(11));
    assert_eq!(until(app.address, 503).await["events"], "down");
    open.commit().await.unwrap();
    assert_eq!(until(app.address, 200).await["events"], "up");
}

#[tokio::test]
async fn a_server_that_has_what_it_needs_is_ready() {
    let app = TestApp::builder().start().await;
    let parts = until(app.address, 200).await;
    let expected = json!({
        "database": "up", "events": "up", "consumers": "up", "worker": "up", "redis": "off", "knowledge": "up", "models": "off",
        "search": "off", "edgar": "off", "mail": "off"
    });
    patience(async {
        // The worker's first look may still be to come.
        while ready(app.address).await.1["parts"] != expected {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    assert_eq!(parts["database"], "up");
    assert_eq!(health(&app.anonymous()).await["status"], "UP");
}

#[tokio::test]
async fn a_model_that_fails_makes_the_server_degraded_and_leaves_it_ready() {
    let builder = TestApp::builder().quiet().set("OLLAMA_HOST", "http://127.0.0.1:1").set("LLM_BREAKER_FAILURES", 1);
    let app = builder.set("LLM_MAX_ATTEMPTS", 1).start().await;
    assert_eq!(health(&app.anonymous()).await["status"], "UP");
    let question = ChatRequest::new(vec![Message::user("Hello?")]);
    patience(app.app.clients.llm.chat(&question)).await.unwrap_err();
    let told = health(&app.anonymous()).await;
    assert_eq!((&told["status"], &part(&told, "models")["status"]), (&json!("DEGRADED"), &json!("DOWN")), "{told:#}");
    assert_eq!(ready(app.address).await.0, 200);
}

#[tokio::test]
async fn a_service_is_judged_by_the_last_calls_to_it() {
    let builder = TestApp::builder().quiet().set("EDGAR_BASE_URL", "http://127.0.0.1:1");
    let app = builder.set("EDGAR_USER_AGENT", "Acme Research admin@acme.example").start().await;
    let status = async || part(&health(&app.anonymous()).await, "edgar")["status"].clone();
    assert_eq!(status().await, "UNKNOWN");
    let calls = app.app.ambient.metrics().calls();
    for _ in 0..3 {
        calls.ended("127.0.0.1", "no_connection", Some(false), Duration::ZERO);
    }
    assert_eq!(status().await, "DOWN");
    calls.ended("127.0.0.1", "refused", Some(true), Duration::ZERO);
    assert_eq!(status().await, "UP");
}

#[tokio::test]
async fn knowledge_that_cannot_be_searched_makes_the_server_degraded_and_leaves_it_ready() {
    let app = TestApp::builder().quiet().start().await;
    let told = health(&app.admin().await).await;
    assert_eq!(
        (&told["status"], &part(&told, "knowledge")["detail"]),
        (&json!("UP"), &json!("2 documents can be searched."))
    );
    app.app.db.owner().execute_unprepared("ALTER TABLE knowledge_log RENAME TO gone_log").await.unwrap();
    let told = health(&app.anonymous()).await;
    assert_eq!((&told["status"], &part(&told, "knowledge")["status"]), (&json!("DEGRADED"), &json!("DOWN")));
    let (code, body) = ready(app.address).await;
    assert_eq!((code, &body["health"], &body["parts"]["knowledge"]), (200, &json!("degraded"), &json!("down")));
}

#[tokio::test]
async fn details_are_for_those_who_may_see_metrics() {
    let app = TestApp::builder().quiet().set("OLLAMA_HOST", "http://127.0.0.1:1").start().await;
    for client in [app.anonymous(), app.user(SystemRole::Viewer).await] {
        let told = health(&client).await;
        assert!(told["parts"].as_array().unwrap().iter().all(|part| part["detail"].is_null()), "{told:#}");
    }
    let told = health(&app.user(SystemRole::Manager).await).await;
    assert_eq!(part(&told, "models")["detail"], "ollama: breaker closed");
}

#[tokio::test]
async fn a_redis_that_is_down_makes_the_server_degraded_and_leaves_it_ready() {
    let app = TestApp::builder().quiet().set("REDIS_URL", "redis://127.0.0.1:1").start().await;
    assert_eq!(part(&health(&app.anonymous()).await, "redis")["status"], "DOWN");
    assert_eq!(ready(app.address).await.0, 200);
}

#[tokio::test]
async fn whoever_is_signed_in_sees_the_version_and_what_is_configured() {
    let query = "{ serverInfo { version features { research webSearch filings languageModels extraction mail } } }";
    let bare = TestApp::builder().quiet().start().await;
    let told = bare.user(SystemRole::Viewer).await.ok(query, json!({})).await["serverInfo"].take();
    assert_eq!(told["version"], env!("CARGO_PKG_VERSION"));
    assert!(told["features"].as_object().unwrap().values().all(|is_on| *is_on == json!(false)), "{told:#}");
    let refused = bare.anonymous().send(query, json!({})).await;
    assert_eq!((&refused["data"]["serverInfo"], error_code(&refused)), (&json!(null), "UNAUTHENTICATED"));
    let settings = [("OPENAI_API_KEY", "key"), ("EDGAR_USER_AGENT", "Acme admin@example.com")];
    let configured = settings.into_iter().fold(TestApp::builder().quiet(), |app, (name, value)| app.set(name, value));
    let told = configured.start().await.admin().await.ok(query, json!({})).await["serverInfo"]["features"].take();
    let expected = json!({
        "research": true, "webSearch": false, "filings": true, "languageModels": true, "extraction": false, "mail": false
    });
    assert_eq!(told, expected);
}

fn error_code(answer: &Value) -> &str {
    answer["errors"][0]["extensions"]["code"].as_str().unwrap()
}

#[tokio::test]
async fn events_to_which_nothing_reacts_make_the_server_degraded_and_leave_it_ready() {
    let app = TestApp::builder().without_worker().start().await;
    let admin = app.admin().await;
    assert_eq!(part(&health(&admin).await, "consumers")["status"], "UP");
    admin.onboard("Brightloom Analytics").await;
    let failed =
        "UPDATE event_consumers SET failures = 3, failing_since = moved_at, last_error = 'CONFLICT: It cannot be.'";
    app.app.db.owner().execute_unprepared(failed).await.unwrap();
    app.advance(TimeDelta::seconds(31));
    let told = health(&admin).await;
    let consumers = part(&told, "consumers");
    assert_eq!(consumers["status"], "DOWN", "{told:#}");
    let detail = consumers["detail"].as_str().unwrap();
    assert!(detail.starts_with("waits: ") && detail.ends_with("after 3 attempts: CONFLICT: It cannot be."), "{detail}");
    assert_eq!(part(&health(&app.anonymous()).await, "consumers")["detail"], Value::Null);
    let beside = TestApp::builder().on(&app.db).later(TimeDelta::seconds(31)).start().await;
    patience(async {
        while part(&health(&admin).await, "consumers")["status"] != "UP" {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    beside.stop().await;
}
