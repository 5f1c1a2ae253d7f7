//! The catalogue of business events in the API.

use serde_json::json;

use crate::support::TestApp;

#[tokio::test]
async fn everybody_sees_the_kinds_of_events() {
    let app = TestApp::start().await;
    let types =
        app.anonymous().ok("{ eventTypes { eventType name description } }", json!({})).await["eventTypes"].take();
    let lead = json!({"eventType": "LEAD_CREATED", "name": "lead.created", "description": "A lead was created."});
    assert!(types.as_array().unwrap().contains(&lead), "{types:#}");
}
