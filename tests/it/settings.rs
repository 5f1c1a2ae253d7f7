//! Settings of the business.

use rapport::auth::SystemRole;
use serde_json::{Value, json};

use crate::support::{Client, TestApp};

const SETTINGS: &str = "{ settings { id businessName timeZone currency weekStart locale version } }";
const UPDATE: &str = "mutation($input: UpdateSettingsInput!) { updateSettings(input: $input) {
    id businessName timeZone currency weekStart locale version } }";

async fn settings(client: &Client) -> Value {
    client.ok(SETTINGS, json!({})).await["settings"].take()
}

#[tokio::test]
async fn the_first_settings_are_those_of_the_environment_and_later_ones_those_of_people() {
    let app = TestApp::builder().quiet().set("DEFAULT_TIME_ZONE", "asia/kolkata").start().await;
    let first = settings(&app.admin().await).await;
    let expected = json!({"id": first["id"], "businessName": null, "timeZone": "Asia/Kolkata", "currency": "USD",
        "weekStart": "MONDAY", "locale": "en", "version": 1});
    assert_eq!(first, expected);
    // Everybody who is signed in reads them.
    let viewer = app.user(SystemRole::Viewer).await;
    assert_eq!(settings(&viewer).await, first);
    let node = "query($id: ID!) { node(id: $id) { ... on Settings { timeZone } } }";
    assert_eq!(viewer.ok(node, json!({"id": first["id"]})).await["node"], json!({"timeZone": "Asia/Kolkata"}));
    let other = "set_00000000000000000000000000000002";
    assert_eq!(viewer.ok(node, json!({"id": other})).await, json!({"node": null}));
    let again = TestApp::builder().quiet().on(&app.db).set("DEFAULT_TIME_ZONE", "Europe/Berlin").start().await;
    assert_eq!(settings(&again.admin().await).await, first);
}

#[tokio::test]
async fn administrators_change_settings_and_the_audit_log_tells_how_they_were() {
    let app = TestApp::builder().quiet().start().await;
    let (admin, manager) = (app.admin().await, app.user(SystemRole::Manager).await);
    let change = json!({"input": {"expectedVersion": 1, "businessName": " Acme  & Søn ", "timeZone": "europe/berlin",
        "currency": "EUR", "weekStart": "SUNDAY", "locale": "de-AT"}});
    let error = manager.fail(UPDATE, change.clone()).await;
    assert_eq!(error["extensions"]["code"], "FORBIDDEN");
    assert_eq!(error["extensions"]["permission"], "settings:manage");
    let changed = admin.ok(UPDATE, change).await["updateSettings"].take();
    let expected = json!({"id": changed["id"], "businessName": "Acme  & Søn", "timeZone": "Europe/Berlin",
        "currency": "EUR", "weekStart": "SUNDAY", "locale": "de-AT", "version": 2});
    assert_eq!(changed, expected);
    let log = r#"{ auditLog(filter: {action: {eq: SETTINGS_UPDATED}}) { nodes { changes { field before after } } } }"#;
    let log = admin.ok(log, json!({})).await;
    let changes = log["auditLog"]["nodes"][0]["changes"].as_array().unwrap().clone();
    assert_eq!(changes.len(), 5, "{changes:#?}");
    assert!(changes.contains(&json!({"field": "timeZone", "before": "UTC", "after": "Europe/Berlin"})), "{changes:#?}");
    // Null clears the name, and what is as it was is no change.
    let same = json!({"input": {"expectedVersion": 2, "timeZone": "Europe/Berlin"}});
    assert_eq!(admin.ok(UPDATE, same).await["updateSettings"]["version"], 2);
    let cleared = admin.ok(UPDATE, json!({"input": {"expectedVersion": 2, "businessName": null}})).await;
    assert_eq!(cleared["updateSettings"]["businessName"], Value::Null);
    assert_eq!(cleared["updateSettings"]["version"], 3);
}

#[tokio::test]
async fn of_two_who_change_the_same_version_the_second_is_told() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    admin.ok(UPDATE, json!({"input": {"expectedVersion": 1, "locale": "fr"}})).await;
    let error = admin.fail(UPDATE, json!({"input": {"expectedVersion": 1, "locale": "de"}})).await;
    assert_eq!((&error["extensions"]["code"], &error["extensions"]["version"]), (&json!("CONFLICT"), &json!(2)));
    assert!(error["message"].as_str().unwrap().starts_with("Somebody changed the settings"), "{error:#}");
    assert_eq!(settings(&admin).await["locale"], "fr");
}

#[tokio::test]
async fn all_that_is_wrong_is_told_at_once() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let wrong = json!({"input": {"expectedVersion": 1, "businessName": "", "timeZone": "Europe/Berln",
        "currency": null, "weekStart": null, "locale": "German"}});
    let error = admin.fail(UPDATE, wrong).await;
    assert_eq!(error["extensions"]["code"], "BAD_INPUT", "{error:#}");
    let fields = error["extensions"]["fields"].as_array().unwrap();
    let paths: Vec<_> = fields.iter().map(|field| field["path"].as_str().unwrap()).collect();
    let all = ["input.businessName", "input.timeZone", "input.currency", "input.weekStart", "input.locale"];
    assert_eq!(paths, all);
    assert_eq!(fields[1]["message"], "There is no time zone of this name; did you mean Europe/Berlin?");
    let currency = json!({"input": {"expectedVersion": 1, "currency": "XYZ"}});
    let error = admin.fail(UPDATE, currency).await;
    assert!(error["message"].as_str().unwrap().contains("not a currency of ISO 4217"), "{error:#}");
    for zone in ["+02:00", "CEST", "", "Mars/Olympus"] {
        let error = admin.fail(UPDATE, json!({"input": {"expectedVersion": 1, "timeZone": zone}})).await;
        let message = error["extensions"]["fields"][0]["message"].as_str().unwrap();
        assert!(message.contains("such as Europe/Berlin"), "{zone}: {message}");
    }
    assert_eq!(settings(&admin).await["version"], 1);
}
