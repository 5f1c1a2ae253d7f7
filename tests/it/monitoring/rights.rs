//! Who sees signals: in lists, below customers and companies, by their ids, and as they are detected.

use rapport::auth::SystemRole;
use serde_json::{Value, json};

use super::{monitored, signals, with_customers};
use crate::support::{
    Client, TestApp, WsClient,
    edgar::{Edgar, made_up},
    patience, spelled,
};

/// A user of a role of their own with these permissions, and the role's id.
pub(super) async fn with_permissions(app: &TestApp, admin: &Client, permissions: &[&str]) -> (Client, String) {
    let make = "mutation($input: CreateRoleInput!) { createRole(input: $input) { id } }";
    let name = uuid::Uuid::new_v4().to_string();
    let role = admin.ok(make, json!({"input": {"name": name, "permissions": spelled(permissions)}})).await;
    let role = role["createRole"]["id"].as_str().unwrap().to_owned();
    let user = app.user(SystemRole::Viewer).await;
    let viewer = user.ok("{ viewer { user { id version } } }", json!({})).await;
    let (id, version) = (&viewer["viewer"]["user"]["id"], &viewer["viewer"]["user"]["version"]);
    let update = "mutation($input: UpdateUserInput!) { updateUser(input: $input) { id } }";
    admin.ok(update, json!({"input": {"id": id, "expectedVersion": version, "roleId": role}})).await;
    patience(async {
        loop {
            let data = user.ok("{ viewer { permissions } }", json!({})).await;
            if data["viewer"]["permissions"].as_array().unwrap().len() == permissions.len() {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    })
    .await;
    (user, role)
}

async fn world() -> (Edgar, TestApp, Client, Value, String, String) {
    let filers = made_up(1);
    let sec = Edgar::with_companies(&filers).await;
    let (app, admin, vendor, customers) = with_customers(&sec, &filers).await;
    let result = monitored(&admin, &vendor).await;
    let signal = signals(&result)[0].clone();
    (sec, app, admin, signal, vendor.id.to_string(), customers[0].id.to_string())
}

#[tokio::test]
async fn who_may_not_see_signals_sees_them_nowhere() {
    let (_sec, app, admin, signal, company, customer) = world().await;
    let (user, _) = with_permissions(&app, &admin, &["companies:read", "customers:read"]).await;
    let id = &signal["id"];
    for (query, variables) in [
        ("{ signals { totalCount } }", json!({})),
        ("query($id: ID!) { signal(id: $id) { id } }", json!({"id": id})),
        ("query($id: ID!) { company(id: $id) { signals { nodes { id } } } }", json!({"id": company})),
        ("query($id: ID!) { company(id: $id) { signals(first: 0) { totalCount } } }", json!({"id": company})),
        ("query($id: ID!) { customer(id: $id) { signals { nodes { id } } } }", json!({"id": customer})),
    ] {
        let answer = user.send(query, variables).await;
        let code = &answer["errors"][0]["extensions"]["code"];
        assert_eq!(code, "FORBIDDEN", "{query}: {answer:#}");
        assert!(!answer["data"].to_string().contains("sig_"), "{answer:#}");
    }
    let by_id = user.ok("query($id: ID!) { node(id: $id) { id } }", json!({"id": id})).await;
    assert!(by_id["node"].is_null());
    app.stop().await;
}

#[tokio::test]
async fn a_signal_shows_no_customer_to_who_may_not_see_customers() {
    let (_sec, app, admin, signal, ..) = world().await;
    let (user, _) = with_permissions(&app, &admin, &["signals:read"]).await;
    let query = "query($id: ID!) { signal(id: $id) { id kind customer { name } } }";
    let answer = user.send(query, json!({"id": signal["id"]})).await;
    assert_eq!(answer["data"]["signal"], json!({"id": signal["id"], "kind": signal["kind"], "customer": null}));
    assert_eq!(answer["errors"][0]["extensions"]["code"], "FORBIDDEN", "{answer:#}");
    app.stop().await;
}

#[tokio::test]
async fn signals_are_found_by_their_ids() {
    let (_sec, app, admin, signal, ..) = world().await;
    let query = "query($id: ID!) { node(id: $id) { __typename id } signal(id: $id) { id } }";
    let data = admin.ok(query, json!({"id": signal["id"]})).await;
    assert_eq!(data["node"], json!({"__typename": "Signal", "id": signal["id"]}));
    assert_eq!(data["signal"]["id"], signal["id"]);
    app.stop().await;
}

/// A user who follows signals, and what they heard when `lost` was taken away from them and another signal was detected.
async fn heard_after_losing(lost: &str) -> (TestApp, WsClient, Value) {
    let filers = made_up(1);
    let sec = Edgar::with_companies(&filers).await;
    let (app, admin, vendor, _) = with_customers(&sec, &filers).await;
    let all = ["companies:read", "customers:read", "signals:read"];
    let (user, role) = with_permissions(&app, &admin, &all).await;
    let mut ws = app.ws(&user).await;
    let follow = "subscription { signalDetected { cursor ... on SignalDetected { signal { id customer { name } } } } }";
    ws.subscribe(follow, json!({})).await;
    assert!(ws.event().await.unwrap()["errors"].is_null());
    let update = "mutation($input: UpdateRoleInput!) { updateRole(input: $input) { id } }";
    let left: Vec<_> = all.into_iter().filter(|name| *name != lost).collect();
    admin.ok(update, json!({"input": {"id": role, "expectedVersion": 1, "permissions": spelled(&left)}})).await;
    patience(async {
        loop {
            let data = user.ok("{ viewer { permissions } }", json!({})).await;
            if data["viewer"]["permissions"].as_array().unwrap().len() == left.len() {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    })
    .await;
    monitored(&admin, &vendor).await;
    let event = ws.event().await.unwrap();
    (app, ws, event)
}

#[tokio::test]
async fn a_follower_who_loses_the_right_gets_no_further_signal() {
    let (app, mut ws, event) = heard_after_losing("signals:read").await;
    assert!(!event["data"].to_string().contains("sig_"), "{event:#}");
    assert_eq!(event["errors"][0]["extensions"]["permission"], "signals:read");
    assert!(ws.event().await.is_none());
    app.stop().await;
}

#[tokio::test]
async fn a_follower_who_loses_what_a_signal_shows_gets_the_next_without_it() {
    let (app, _ws, event) = heard_after_losing("customers:read").await;
    let signal = &event["data"]["signalDetected"]["signal"];
    assert!(signal["id"].as_str().unwrap().starts_with("sig_") && signal["customer"].is_null(), "{event:#}");
    assert_eq!(event["errors"][0]["extensions"]["permission"], "customers:read");
    app.stop().await;
}
