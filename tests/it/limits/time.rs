//! The time an operation may take.

use rapport::db::WriteTx;
use reqwest::{StatusCode, header};
use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::support::{TestApp, TestDb};

const ONBOARD: &str = "mutation($name: String!) { onboardCompany(input: {companyName: $name}) { id } }";

/// Keeps everybody else from writing jobs until it is dropped.
async fn hold_jobs(app: &TestApp) -> WriteTx {
    let tx = app.db.connect().await.begin().await.unwrap();
    // SQLite has one writer, and that is we now.
    if TestDb::is_postgres() {
        tx.execute_unprepared("LOCK TABLE jobs IN EXCLUSIVE MODE").await.unwrap();
    }
    tx
}

#[tokio::test]
async fn an_operation_that_takes_too_long_is_stopped_and_changes_nothing() {
    let app = TestApp::builder().quiet().set("OPERATION_TIMEOUT_SECONDS", 1).start().await;
    let admin = app.admin().await;
    let held = hold_jobs(&app).await;
    let response = admin.send(ONBOARD, json!({"name": "Brightloom Analytics"})).await;
    let error = &response["errors"][0];
    assert_eq!(error["extensions"]["code"], "TIMEOUT", "{response:#}");
    assert_eq!(error["extensions"]["retryable"], true);
    assert!(error["message"].as_str().unwrap().contains("1 s"), "{response:#}");
    assert!(response.get("data").is_none(), "{response:#}");
    drop(held);
    // The next writer comes after whatever was left of the first.
    admin.ok(ONBOARD, json!({"name": "Fernhollow CRM"})).await;
    let jobs = admin.ok("{ jobs { totalCount } }", json!({})).await;
    assert_eq!(jobs["jobs"]["totalCount"], 1);
}

#[tokio::test]
async fn a_timeout_is_a_504_for_clients_that_ask_for_the_new_media_type() {
    let app = TestApp::builder().quiet().set("OPERATION_TIMEOUT_SECONDS", 1).start().await;
    let admin = app.admin().await;
    let held = hold_jobs(&app).await;
    let request = admin.request(ONBOARD, json!({"name": "Brightloom Analytics"}));
    let response = request.header(header::ACCEPT, "application/graphql-response+json").send().await.unwrap();
    assert_eq!(response.status(), StatusCode::GATEWAY_TIMEOUT);
    drop(held);
}

#[tokio::test]
async fn a_mutation_on_a_socket_is_stopped_too_and_the_socket_lives_on() {
    let app = TestApp::builder().quiet().set("OPERATION_TIMEOUT_SECONDS", 1).start().await;
    let mut ws = app.ws(&app.admin().await).await;
    let held = hold_jobs(&app).await;
    ws.subscribe(ONBOARD, json!({"name": "Brightloom Analytics"})).await;
    let message = ws.receive().await.unwrap();
    assert_eq!(message["type"], "error", "{message:#}");
    assert_eq!(message["payload"][0]["extensions"]["code"], "TIMEOUT", "{message:#}");
    drop(held);
    ws.subscribe("{ jobs { totalCount } }", json!({})).await;
    assert_eq!(ws.event().await, Some(json!({"data": {"jobs": {"totalCount": 0}}})));
}
