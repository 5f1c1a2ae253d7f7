//! The main job, end to end.

use serde_json::json;

use crate::support::TestApp;

#[tokio::test]
async fn a_sample_company_is_onboarded_and_read_back() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let job = admin.onboard("Brightloom Analytics").await;
    let job = admin.finished(job["id"].as_str().unwrap()).await;
    assert_eq!(job["status"], "COMPLETED", "{job:#}");
    assert_eq!(job["progress"], 1.0);
    let query = "{ companies { totalCount nodes { name isSample customers(first: 50) { totalCount nodes { name ticker } } } } }";
    let data = admin.ok(query, json!({})).await;
    assert_eq!(data["companies"]["totalCount"], 1);
    let company = &data["companies"]["nodes"][0];
    assert_eq!(company["name"], "Brightloom Analytics");
    assert_eq!(company["isSample"], true);
    assert_eq!(company["customers"]["totalCount"], job["result"]["customersDiscovered"]);
    app.stop().await;
}
