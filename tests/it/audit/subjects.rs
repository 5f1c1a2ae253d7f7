//! What entries of the audit log are about, as it is now.

use rapport::{auth::SystemRole::Viewer, domains::audit::AuditEntry};
use serde_json::{Value, json};

use super::{
    World,
    mutations::{CREATE_ROLE, id_at},
    reading::{entry, with_permissions},
};
use crate::support::{Client, TestApp, today};

/// The subject of the newest entry that fits, with its id.
async fn subject(by: &Client, filter: &str) -> Value {
    let query = format!(
        "{{ auditLog(first: 1, filter: {{{filter}}}) {{ nodes {{ subjectId subject {{ __typename id
            ... on Role {{ name }} ... on User {{ fullName }} }} }} }} }}"
    );
    by.ok(&query, json!({})).await["auditLog"]["nodes"][0].take()
}

#[tokio::test]
async fn an_entry_leads_to_its_subject_as_long_as_there_is_one() {
    let world = World::start().await;
    let admin = &world.admin.client;
    let input = json!({"input": {"name": "Interns", "permissions": []}});
    let role = id_at("/createRole/id", &world.ok(admin, CREATE_ROLE, input).await);
    let created = "action: {eq: ROLE_CREATED}";
    let shown = subject(admin, created).await;
    assert_eq!(shown, json!({"subjectId": role, "subject": {"__typename": "Role", "id": role, "name": "Interns"}}));
    world.ok(admin, "mutation($id: ID!) { deleteRole(id: $id) { id } }", json!({"id": role})).await;
    assert_eq!(subject(admin, created).await, json!({"subjectId": role, "subject": null}));
    // Sessions are not in the schema.
    assert_eq!(subject(admin, "subjectType: {eq: SESSION}").await["subject"], Value::Null);
}

#[tokio::test]
async fn a_subject_is_shown_to_who_may_see_it_alone() {
    let world = World::start().await;
    let dana = world.user(Viewer).await;
    let input = json!({"input": {"id": dana.id, "expectedVersion": 1, "fullName": "Dana Katherine"}});
    world
        .ok(&world.admin.client, "mutation($input: UpdateUserInput!) { updateUser(input: $input) { id } }", input)
        .await;
    let auditor = with_permissions(&world, &["audit:read"]).await;
    let filter = format!("subjectId: {{eq: \"{}\"}}", dana.id);
    assert_eq!(subject(&world.admin.client, &filter).await["subject"]["fullName"], "Dana Katherine");
    assert_eq!(subject(&auditor, &filter).await, json!({"subjectId": dana.id, "subject": null}));
}

#[tokio::test]
async fn the_subjects_of_a_page_are_one_statement_a_type() {
    for count in [2, 20] {
        let app = TestApp::builder().quiet().start().await;
        let admin = app.admin().await;
        let leads: Vec<_> = (0..count).map(|n| app.lead(&format!("Lead {n}"), None)).collect();
        let customers: Vec<_> = (0..count).map(|n| app.customer(None, &format!("Customer {n}"))).collect();
        let leads_changed = leads.iter().map(|lead| entry(&app, "lead.updated", &lead.id.to_string()));
        let customers_changed = customers.iter().map(|row| entry(&app, "customer.updated", &row.id.to_string()));
        let entries: Vec<AuditEntry> =
            leads_changed.chain(customers_changed).map(|entry| AuditEntry { occurred_at: today(), ..entry }).collect();
        app.insert(leads).await;
        app.insert(customers).await;
        app.insert(entries).await;
        let query =
            "{ auditLog(first: 100, filter: {subjectType: {in: [LEAD, CUSTOMER]}}) { nodes { subject { __typename
            ... on Lead { name } ... on Customer { name } } } } }";
        let (data, statements) = app.statements.of(admin.ok(query, json!({}))).await;
        let nodes = data["auditLog"]["nodes"].as_array().unwrap();
        assert_eq!(nodes.iter().filter(|node| node["subject"]["name"].is_string()).count(), 2 * count, "{data:#}");
        assert_eq!(statements.len(), 3, "{statements:#?}");
    }
}
