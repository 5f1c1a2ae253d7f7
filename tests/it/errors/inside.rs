//! Errors of the server itself: the database is broken under it.

use rapport::db::Db;
use reqwest::StatusCode;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use super::error;
use crate::support::{TestApp, patience};

/// Takes a table away.
async fn break_table(db: &Db, table: &str) {
    db.owner().execute_unprepared(&format!("ALTER TABLE {table} RENAME TO {table}_taken_away")).await.unwrap();
}

/// What no client may ever read.
fn shows_nothing_of_the_inside(response: &Value) {
    let text = response.to_string().to_lowercase();
    for inside in ["taken_away", "select", "table", "relation", "sql", "postgres", "column", "0x", ".rs"] {
        assert!(!text.contains(inside), "{inside} in {response:#}");
    }
}

#[tokio::test]
async fn a_failure_inside_is_shown_by_its_request_id_alone() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    break_table(&app.app.db, "companies").await;
    break_table(&app.app.db, "jobs").await;
    for query in [
        "{ companies { totalCount } }",
        "{ companies { nodes { id } } }",
        "{ jobs { totalCount } }",
        r#"{ node(id: "job_00000000000000000000000000000000") { id } }"#,
        r#"mutation { onboardCompany(input: {companyName: "Fernhollow CRM"}) { id } }"#,
        r#"mutation { cancelJob(id: "job_00000000000000000000000000000000") { id } }"#,
    ] {
        let error = error(&admin, query).await;
        assert_eq!(error["extensions"]["code"], "INTERNAL", "{error:#}");
        assert_eq!(error["extensions"]["retryable"], true);
        shows_nothing_of_the_inside(&json!({"message": error["message"], "extensions": error["extensions"]}));
    }
}

#[tokio::test]
async fn a_subscription_that_fails_inside_ends_with_its_request_id() {
    let app = TestApp::builder().quiet().start().await;
    let mut ws = app.ws(&app.admin().await).await;
    break_table(&app.app.db, "jobs").await;
    let query = r#"subscription { jobProgress(jobId: "job_00000000000000000000000000000000") { occurredAt } }"#;
    ws.subscribe(query, json!({})).await;
    let message = ws.receive().await.unwrap();
    let errors = if message["type"] == "error" { &message["payload"] } else { &message["payload"]["errors"] };
    assert_eq!(errors[0]["extensions"]["code"], "INTERNAL", "{message:#}");
    assert!(errors[0]["extensions"]["requestId"].is_string(), "{message:#}");
    shows_nothing_of_the_inside(&errors[0]["message"]);
}

#[tokio::test]
async fn a_token_that_cannot_be_checked_is_no_bad_token() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    break_table(&app.app.db, "users").await;
    // The standing of the session is remembered for a moment.
    let response = patience(async {
        loop {
            let response = admin.request("{ companies { totalCount } }", json!({})).send().await.unwrap();
            if response.status() != StatusCode::OK {
                return response;
            }
        }
    })
    .await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    let response: Value = response.json().await.unwrap();
    let extensions = &response["errors"][0]["extensions"];
    assert_eq!((&extensions["code"], &extensions["retryable"]), (&json!("UNAVAILABLE"), &json!(true)), "{response:#}");
    shows_nothing_of_the_inside(&response);
}

#[tokio::test]
async fn a_nullable_field_that_fails_leaves_its_siblings() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    break_table(&app.app.db, "companies").await;
    let query = r#"{ viewer { user { email } } company(id: "com_00000000000000000000000000000000") { id }
                     node(id: "com_00000000000000000000000000000000") { id } }"#;
    let response = admin.send(query, json!({})).await;
    assert_eq!(
        response["data"],
        json!({"viewer": {"user": {"email": "admin@example.com"}}, "company": null, "node": null})
    );
    let paths: Vec<_> = response["errors"].as_array().unwrap().iter().map(|error| error["path"].clone()).collect();
    assert!(paths.contains(&json!(["company"])) && paths.contains(&json!(["node"])), "{response:#}");
}

#[tokio::test]
async fn a_nullable_field_that_fails_below_a_list_leaves_the_list() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let company = app.company("Acme");
    let customers = ["A", "B"].map(|name| app.customer(Some(&company), name));
    app.insert([company]).await;
    app.insert(customers).await;
    break_table(&app.app.db, "companies").await;
    let response = admin.send("{ customers { nodes { name company { id } } } }", json!({})).await;
    let nodes = json!([{"name": "A", "company": null}, {"name": "B", "company": null}]);
    assert_eq!(response["data"]["customers"]["nodes"], nodes, "{response:#}");
    assert_eq!(response["errors"].as_array().unwrap().len(), 2, "{response:#}");
    assert_eq!(response["errors"][0]["extensions"]["code"], "INTERNAL", "{response:#}");
}
