//! A counselor sees their own leads, a manager the team's, an administrator all: in every field.

use rapport::auth::SystemRole;
use serde_json::{Value, json};

use super::id_of;
use crate::support::{Client, TestApp};

/// What somebody sees of two leads, in every way there is: the first is assigned to the counselor, the other to nobody.
async fn seen(client: &Client, ids: &[String; 2]) -> Value {
    let query = "query($one: ID!, $other: ID!) {
        one: lead(id: $one) { name } other: lead(id: $other) { name }
        node(id: $other) { ... on Lead { name } }
        nodes(ids: [$one, $other]) { ... on Lead { name } }
        leads(orderBy: {field: NAME, direction: ASC}) { totalCount nodes { name } edges { node { name } } }
        searched: leads(search: \"other\") { totalCount nodes { name } } }";
    client.ok(query, json!({"one": ids[0], "other": ids[1]})).await
}

struct World {
    app: TestApp,
    counselor: Client,
    ids: [String; 2],
}

async fn world() -> World {
    let app = TestApp::builder().quiet().start().await;
    let counselor = app.user(SystemRole::Counselor).await;
    let leads = [app.lead("One", Some(id_of(&counselor).await)), app.lead("Other", None)];
    let ids = leads.each_ref().map(|lead| lead.id.to_string());
    app.insert(leads).await;
    World { app, counselor, ids }
}

#[tokio::test]
async fn a_counselor_sees_only_what_is_assigned_to_them() {
    let world = world().await;
    let one = json!({"name": "One"});
    let expected = json!({
        "one": one, "other": null, "node": null, "nodes": [one, null],
        "leads": {"totalCount": 1, "nodes": [one], "edges": [{"node": one}]},
        "searched": {"totalCount": 0, "nodes": []},
    });
    assert_eq!(seen(&world.counselor, &world.ids).await, expected);
    let colleague = world.app.user(SystemRole::Counselor).await;
    assert_eq!(seen(&colleague, &world.ids).await["leads"]["totalCount"], 0);
}

#[tokio::test]
async fn managers_and_administrators_see_all() {
    let world = world().await;
    let (one, other) = (json!({"name": "One"}), json!({"name": "Other"}));
    let expected = json!({
        "one": one, "other": other, "node": other, "nodes": [one, other],
        "leads": {"totalCount": 2, "nodes": [one, other], "edges": [{"node": one}, {"node": other}]},
        "searched": {"totalCount": 1, "nodes": [other]},
    });
    for client in [world.app.user(SystemRole::Manager).await, world.app.admin().await] {
        assert_eq!(seen(&client, &world.ids).await, expected);
    }
}

#[tokio::test]
async fn who_lacks_the_right_is_told_so_in_whatever_way_they_ask() {
    let world = world().await;
    let viewer = world.app.user(SystemRole::Viewer).await;
    for way in [
        "query($id: ID!) { lead(id: $id) { name } }",
        "query($id: ID!) { leads(filter: {assignedToId: {eq: $id}}) { totalCount } }",
    ] {
        let id = if way.contains("leads(") { id_of(&viewer).await.to_string() } else { world.ids[0].clone() };
        let answer = viewer.send(way, json!({"id": id})).await;
        assert_eq!(answer["errors"][0]["extensions"]["permission"], "leads:read", "{way}\n{answer:#}");
    }
    let by_id = "query($id: ID!) { node(id: $id) { id } nodes(ids: [$id]) { id } }";
    let answer = viewer.ok(by_id, json!({"id": world.ids[0]})).await;
    assert_eq!(answer, json!({"node": null, "nodes": [null]}));
}

#[tokio::test]
async fn a_key_with_the_smaller_right_sees_what_is_its_owners() {
    let world = world().await;
    let admin = world.app.admin().await;
    let key =
        "mutation($scopes: [Permission!]!) { createApiKey(input: {name: \"a key\", scopes: $scopes}) { secret } }";
    for (scopes, count) in [(json!(["LEADS_READ"]), 0), (json!(["LEADS_READ_ALL"]), 2)] {
        let made = admin.ok(key, json!({"scopes": scopes})).await;
        let client = admin.with_token(made["createApiKey"]["secret"].as_str().unwrap());
        assert_eq!(client.ok("{ leads { totalCount } }", json!({})).await["leads"]["totalCount"], count);
    }
}

#[tokio::test]
async fn who_sees_a_lead_sees_who_looks_after_it_by_one_statement_for_all() {
    let world = world().await;
    let manager = world.app.user(SystemRole::Manager).await;
    let mine = id_of(&world.counselor).await;
    world.app.insert((0..20).map(|n| world.app.lead(&format!("More {n}"), Some(mine)))).await;
    let query = "{ leads(first: 50) { nodes { name assignedTo { userId fullName } } } }";
    let (data, statements) = world.app.statements.of(manager.ok(query, json!({}))).await;
    let nodes = data["leads"]["nodes"].as_array().unwrap();
    let assigned = nodes.iter().filter(|lead| lead["assignedTo"]["userId"] == mine.to_string()).count();
    assert_eq!((nodes.len(), assigned), (22, 21));
    let of_users = statements.iter().filter(|sql| sql.contains("FROM \"users\"") && sql.contains(" IN ")).count();
    assert_eq!(of_users, 1, "{statements:#?}");
}
