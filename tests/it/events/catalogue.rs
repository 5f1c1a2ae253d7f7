//! The catalogue of business events in the API.

use serde_json::json;

use crate::support::TestApp;

#[tokio::test]
async fn whoever_is_signed_in_sees_the_kinds_of_events() {
    let app = TestApp::start().await;
    let query = "{ eventTypes { type name description } }";
    let viewer = app.user(rapport::auth::SystemRole::Viewer).await;
    let types = viewer.ok(query, json!({})).await["eventTypes"].take();
    let lead = json!({"type": "LEAD_CREATED", "name": "lead.created", "description": "A lead was created."});
    assert!(types.as_array().unwrap().contains(&lead), "{types:#}");
    let refused = app.anonymous().send(query, json!({})).await;
    assert_eq!(refused["data"]["eventTypes"], json!(null));
    assert_eq!(refused["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
}
