//! Reading the audit log: who may, in pages, in order, and by how many statements.

use chrono::TimeDelta;
use rapport::{
    auth::SystemRole::{Counselor, Manager, Viewer},
    db::Id,
    domains::audit::AuditEntry,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    World,
    mutations::{CREATE_KEY, CREATE_ROLE, id_at},
};
use crate::support::{ADMIN, Client, TestApp, today};

/// An entry that nobody has written yet.
pub(super) fn entry(app: &TestApp, action: &str, subject: &str) -> AuditEntry {
    AuditEntry {
        id: Id::new(&app.app.ambient),
        occurred_at: today(),
        action: action.to_owned(),
        actor_id: None,
        on_behalf_of_id: None,
        api_key_id: None,
        subject_type: action.split('.').next().unwrap().to_owned(),
        subject_id: subject.to_owned(),
        subject_name: String::new(),
        before: None,
        after: None,
        reason: None,
        words: String::new(),
        sealed: None,
        person_key_id: None,
        request_id: String::new(),
        address: None,
        user_agent: None,
        via: None,
    }
}

/// The ids of users and keys, as rows have them.
pub(super) fn id<T: rapport::db::Identified>(text: &str) -> Option<Id<T>> {
    let (_, digits) = text.split_once('_').unwrap();
    Some(Id::from_uuid(Uuid::parse_str(digits).unwrap()))
}

/// A user whose role gives these permissions alone.
pub(super) async fn with_permissions(world: &World, permissions: &[&str]) -> Client {
    let dana = world.user(Viewer).await;
    let input = json!({"input": {"name": Uuid::new_v4(), "permissions": crate::support::spelled(permissions)}});
    let role = id_at("/createRole/id", &world.ok(&world.admin.client, CREATE_ROLE, input).await);
    let query = "mutation($input: UpdateUserInput!) { updateUser(input: $input) { id } }";
    let input = json!({"input": {"id": dana.id, "expectedVersion": 1, "roleId": role}});
    world.ok(&world.admin.client, query, input).await;
    dana.client
}

#[tokio::test]
async fn the_log_is_read_with_the_right_to_and_by_nobody_else() {
    let world = World::start().await;
    let query = "{ auditLog { totalCount nodes { id } } }";
    assert_eq!(world.app.anonymous().code(query, json!({})).await, "UNAUTHENTICATED");
    for role in [Manager, Counselor, Viewer] {
        let error = world.user(role).await.client.fail(query, json!({})).await;
        assert_eq!(error["extensions"]["permission"], "audit:read", "{error:#}");
    }
    let auditor = with_permissions(&world, &["audit:read"]).await;
    let data = auditor.ok(query, json!({})).await;
    assert_eq!(data["auditLog"]["totalCount"], world.entries().await.len());
}

#[tokio::test]
async fn an_auditor_sees_who_did_it_though_they_may_not_see_users() {
    let world = World::start().await;
    let auditor = with_permissions(&world, &["audit:read"]).await;
    let query = r#"{ auditLog(filter: {action: {eq: ROLE_CREATED}}) { nodes { actor { email } } } }"#;
    let data = auditor.ok(query, json!({})).await;
    assert_eq!(data["auditLog"]["nodes"][0]["actor"]["email"], ADMIN.0);
    assert_eq!(auditor.code("{ users { totalCount } }", json!({})).await, "FORBIDDEN");
}

#[tokio::test]
async fn an_entry_is_found_by_its_id_only_with_the_right_to_read_the_log() {
    let world = World::start().await;
    let data = world.ok(&world.admin.client, "{ auditLog(first: 1) { nodes { id } } }", json!({})).await;
    let id = json!({"id": data["auditLog"]["nodes"][0]["id"]});
    let query = "query($id: ID!) { node(id: $id) { __typename id } nodes(ids: [$id]) { id } }";
    let found = world.admin.client.ok(query, id.clone()).await;
    assert_eq!(found["node"], json!({"__typename": "AuditEntry", "id": id["id"]}));
    assert_eq!(found["nodes"][0]["id"], id["id"]);
    let manager = world.user(Manager).await.client;
    assert_eq!(manager.ok(query, id.clone()).await, json!({"node": null, "nodes": [null]}));
    let none = json!({"id": "aud_00000000000000000000000000000000"});
    assert_eq!(world.admin.client.ok(query, none).await, json!({"node": null, "nodes": [null]}));
    let data = world.app.anonymous().send(query, id).await;
    assert_eq!(data["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
}

/// A server whose log holds `count` entries of other people each, beside those of the fixtures.
async fn filled(count: usize) -> World {
    let world = World::start().await;
    let (mut actors, mut keys) = (vec![world.admin.id.clone()], Vec::new());
    for role in [Manager, Viewer] {
        actors.push(world.user(role).await.id);
    }
    for name in ["a", "b"] {
        let input = json!({"input": {"name": name, "scopes": []}});
        keys.push(id_at("/createApiKey/apiKey/id", &world.ok(&world.admin.client, CREATE_KEY, input).await));
    }
    let row = |n: usize| AuditEntry {
        occurred_at: today() - TimeDelta::seconds(i64::try_from(n / 3).unwrap()),
        actor_id: id(&actors[n % 3]),
        on_behalf_of_id: id(&actors[(n + 1) % 3]),
        api_key_id: id(&keys[n % 2]),
        before: Some(r#"{"status":"ACTIVE"}"#.to_owned()),
        ..entry(&world.app, "user.linked", &format!("tst_{n}"))
    };
    world.app.insert((0..count).map(row)).await;
    world
}

#[tokio::test]
async fn whoever_did_fifty_things_is_loaded_by_one_statement_each() {
    let query = r#"{ auditLog(first: 50, filter: {action: {eq: USER_LINKED}}) { totalCount nodes { subjectId
        actor { email fullName } onBehalfOf { email } apiKey { name owner { email } } changes { field } } } }"#;
    for count in [3, 50] {
        let world = filled(count).await;
        let (data, statements) = world.app.statements.of(world.admin.client.ok(query, json!({}))).await;
        let nodes = data["auditLog"]["nodes"].as_array().unwrap();
        assert_eq!(nodes.len(), count);
        assert!(nodes.iter().all(|node| node["apiKey"]["owner"]["email"].is_string()), "{data:#}");
        // The page, its count, the users, their roles and the keys; the owner of a key is a user who is known by then,
        // or one statement more, as it comes.
        assert!((5..=6).contains(&statements.len()), "{statements:#?}");
    }
}

#[tokio::test]
async fn entries_by_their_ids_are_one_statement() {
    let world = filled(50).await;
    let ids: Vec<_> = world.entries().await.iter().map(|entry| entry.id.to_string()).collect();
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on AuditEntry { action } } }";
    let (data, statements) = world.app.statements.of(world.admin.client.ok(query, json!({"ids": ids}))).await;
    assert!(data["nodes"].as_array().unwrap().iter().all(|node| node["action"].is_string()), "{data:#}");
    assert_eq!(statements.len(), 1, "{statements:#?}");
}

/// The subjects of all entries of the test, read in pages of 7.
async fn in_pages(world: &World, order: &str, forward: bool) -> Vec<String> {
    let (mut subjects, mut cursor) = (Vec::new(), Value::Null);
    let (count, place) = if forward { ("first", "after") } else { ("last", "before") };
    let query = format!(
        r#"query($cursor: String) {{ auditLog({count}: 7, {place}: $cursor, orderBy: {{field: OCCURRED_AT, direction: {order}}},
            filter: {{action: {{eq: USER_LINKED}}}}) {{ totalCount nodes {{ subjectId }}
            pageInfo {{ startCursor endCursor hasNextPage hasPreviousPage }} }} }}"#
    );
    loop {
        let data = world.admin.client.ok(&query, json!({"cursor": cursor})).await;
        let page = &data["auditLog"];
        assert_eq!(page["totalCount"], 20);
        let nodes = page["nodes"].as_array().unwrap().iter();
        let mut found: Vec<_> = nodes.map(|node| node["subjectId"].as_str().unwrap().to_owned()).collect();
        let info = &page["pageInfo"];
        let (end, more) = if forward { ("endCursor", "hasNextPage") } else { ("startCursor", "hasPreviousPage") };
        if !forward {
            found.reverse();
        }
        subjects.append(&mut found);
        if info[more] == false {
            return subjects;
        }
        cursor = info[end].clone();
    }
}

#[tokio::test]
async fn pages_hold_every_entry_once_in_order_also_of_one_moment() {
    let world = filled(20).await;
    let newest_first = in_pages(&world, "DESC", true).await;
    let number = |subject: &String| subject["tst_".len()..].parse::<usize>().unwrap() / 3;
    assert!(newest_first.is_sorted_by_key(number), "{newest_first:?}");
    assert_eq!(newest_first.len(), 20);
    let mut oldest_first = in_pages(&world, "ASC", true).await;
    oldest_first.reverse();
    assert_eq!(oldest_first, newest_first);
    let mut from_behind = in_pages(&world, "DESC", false).await;
    from_behind.reverse();
    assert_eq!(from_behind, newest_first);
    let query = "{ auditLog(first: 1, after: \"garbage\") { nodes { id } } }";
    assert_eq!(world.admin.client.code(query, json!({})).await, "BAD_CURSOR");
}
