//! Who sees activities: those who see their lead or customer, in every field.

use rapport::auth::SystemRole;
use serde_json::{Value, json};

use super::{change, id_of, refused, subjects};
use crate::support::{Client, TestApp};

struct World {
    app: TestApp,
    /// A customer and a lead of nobody.
    ids: [String; 2],
    /// Interaction, task and note of each, customer first.
    made: Vec<[String; 3]>,
}

async fn world() -> World {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let ids = subjects(&app, None).await;
    let mut made = Vec::new();
    for subject in &ids {
        let call =
            json!({"subjectId": subject, "kind": "CALL", "summary": "Hello", "followUp": {"dueOn": "2027-01-01"}});
        let call = change(&admin, "logInteraction", call, "id followUps { nodes { id } }").await;
        let note = change(&admin, "addNote", json!({"subjectId": subject, "text": "Hm"}), "id").await;
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        made.push([text(&call["id"]), text(&call["followUps"]["nodes"][0]["id"]), text(&note["id"])]);
    }
    World { app, ids, made }
}

/// How many of the activities somebody sees in the lists, and which of those of the lead by their ids.
async fn seen(client: &Client, world: &World) -> (Vec<u64>, Vec<bool>) {
    let query = "query($ids: [ID!]!) { interactions { totalCount } tasks { totalCount } pendingFollowUps { totalCount }
        nodes(ids: $ids) { id } }";
    let data = client.ok(query, json!({"ids": world.made[1]})).await;
    let counts = ["interactions", "tasks", "pendingFollowUps"].map(|list| data[list]["totalCount"].as_u64().unwrap());
    (counts.into(), data["nodes"].as_array().unwrap().iter().map(|node| node["id"].is_string()).collect())
}

#[tokio::test]
async fn activities_are_seen_by_who_sees_their_lead_or_customer() {
    let world = world().await;
    for (role, all) in [
        (SystemRole::Viewer, false),
        (SystemRole::Counselor, false),
        (SystemRole::Manager, true),
        (SystemRole::Admin, true),
    ] {
        let client = world.app.user(role).await;
        let count = if all { 2 } else { 1 };
        assert_eq!(seen(&client, &world).await, (vec![count; 3], vec![all; 3]), "{role:?}");
    }
}

#[tokio::test]
async fn nobody_writes_to_a_lead_that_they_do_not_see() {
    let world = world().await;
    let counselor = world.app.user(SystemRole::Counselor).await;
    let lead = &world.ids[1];
    let [interaction, task, note] = &world.made[1];
    for (mutation, input) in [
        ("logInteraction", json!({"subjectId": lead, "kind": "CALL", "summary": "A"})),
        ("createTask", json!({"subjectId": lead, "title": "A"})),
        ("addNote", json!({"subjectId": lead, "text": "A"})),
        ("updateInteraction", json!({"id": interaction, "expectedVersion": 1, "summary": "A"})),
        ("updateTask", json!({"id": task, "expectedVersion": 1, "title": "A"})),
        ("updateNote", json!({"id": note, "expectedVersion": 1, "text": "A"})),
    ] {
        let error = refused(&counselor, mutation, input).await;
        assert_eq!(error["extensions"]["code"], "NOT_FOUND", "{mutation} {error:#}");
    }
    let delete = "mutation($id: ID!) { deleteTask(id: $id) { id } }";
    assert_eq!(counselor.code(delete, json!({"id": task})).await, "NOT_FOUND");
    // When it becomes theirs they may.
    let mine = world.app.lead("Wei", Some(id_of(&counselor).await));
    let subject = mine.id.to_string();
    world.app.insert([mine]).await;
    change(&counselor, "addNote", json!({"subjectId": subject, "text": "A"}), "id").await;
}

#[tokio::test]
async fn a_key_for_leads_alone_sees_the_activities_of_leads() {
    let world = world().await;
    let admin = world.app.admin().await;
    let key = "mutation($of: [Permission!]!) { createApiKey(input: {name: \"k\", scopes: $of}) { secret } }";
    for (scopes, expected) in
        [(json!(["LEADS_READ", "LEADS_READ_ALL"]), json!(["Lead"])), (json!(["CUSTOMERS_READ"]), json!(["Customer"]))]
    {
        let made = admin.ok(key, json!({"of": scopes})).await;
        let client = admin.with_token(made["createApiKey"]["secret"].as_str().unwrap());
        let data = client.ok("{ interactions { nodes { subject { __typename } } } }", json!({})).await;
        let nodes = data["interactions"]["nodes"].as_array().unwrap();
        let types: Vec<_> = nodes.iter().map(|node| node["subject"]["__typename"].clone()).collect();
        assert_eq!(json!(types), expected);
    }
}

/// Counts, not contents.
#[tokio::test]
async fn who_may_not_see_signals_sees_how_many_there_are() {
    let world = world().await;
    let app = &world.app;
    let company = app.company("Acme");
    let customer = app.customer(Some(&company), "Globex");
    let signal = app.signal(&customer, "one");
    let id = customer.id.to_string();
    app.insert([company]).await;
    app.insert([customer.clone()]).await;
    app.insert([signal.clone()]).await;
    app.insert([rapport::domains::activity::TimelineEntry {
        kind: rapport::domains::activity::TimelineKind::Signal,
        ref_id: signal.id.uuid(),
        ..app.timeline_entry(&app.interaction(customer.id.into(), "x"))
    }])
    .await;
    let query = "query($id: ID!) { customer(id: $id) { timeline { totalCount nodes { about { id } } } timelineCounts { kind count } } }";
    let counts = json!([{"kind": "SIGNAL", "count": 1}]);
    let admin = app.admin().await;
    let data = admin.ok(query, json!({"id": id})).await["customer"].take();
    let shown = json!({"totalCount": 1, "nodes": [{"about": {"id": signal.id.to_string()}}]});
    assert_eq!(data, json!({"timeline": shown, "timelineCounts": counts}));
    let key = "mutation { createApiKey(input: {name: \"k\", scopes: [CUSTOMERS_READ]}) { secret } }";
    let made = admin.ok(key, json!({})).await;
    let narrow = admin.with_token(made["createApiKey"]["secret"].as_str().unwrap());
    let data = narrow.ok(query, json!({"id": id})).await["customer"].take();
    assert_eq!(data, json!({"timeline": {"totalCount": 0, "nodes": []}, "timelineCounts": counts}));
}
