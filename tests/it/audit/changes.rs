//! How it was before and how it is since: only what was changed, as `changes` shows it.

use rapport::auth::SystemRole::{Counselor, Viewer};
use serde_json::{Value, json};

use super::{
    PASSWORD, World,
    mutations::{CREATE_ROLE, asked, id_at, invited, role},
};
use crate::support::Client;

/// The changes of the newest entry, as `[field, before, after]` each, with its action and the name of its subject.
async fn newest(world: &World) -> (String, String, Value) {
    let query = "{ auditLog(first: 1) { nodes { action subjectName changes { field before after } } } }";
    let mut data = world.ok(&world.admin.client, query, json!({})).await;
    let entry = data["auditLog"]["nodes"][0].take();
    let changes = entry["changes"].as_array().unwrap().iter();
    let changes = changes.map(|change| json!([change["field"], change["before"], change["after"]])).collect();
    let text = |name: &str| entry[name].as_str().unwrap().to_owned();
    (text("action"), text("subjectName"), changes)
}

/// Does what must succeed, and checks what was changed by it.
async fn shows(world: &World, by: &Client, query: &str, variables: Value, action: &str, expected: Value) {
    world.ok(by, query, variables).await;
    let (written, _, changes) = newest(world).await;
    assert_eq!((written.as_str(), &changes), (action, &expected));
}

const UPDATE: &str = "mutation($input: UpdateUserInput!) { updateUser(input: $input) { id } }";

#[tokio::test]
async fn a_change_of_a_user_shows_what_was_changed_and_no_more() {
    let world = World::start().await;
    let (dana, admin) = (world.user(Counselor).await, &world.admin.client);
    let manager = role(&world, "manager").await;
    let input = json!({"id": dana.id, "expectedVersion": 1, "fullName": "Dana Mulder", "email": dana.email,
        "phone": "+49 30 123456", "roleId": manager});
    let changes = json!([
        ["fullName", "Dana Scully", "Dana Mulder"],
        ["phone", null, "+49 30 123456"],
        ["role", "counselor", "manager"]
    ]);
    shows(&world, admin, UPDATE, json!({"input": input}), "USER_UPDATED", changes).await;
    let input = json!({"id": dana.id, "expectedVersion": 2, "phone": null});
    let changes = json!([["phone", "+49 30 123456", null]]);
    shows(&world, admin, UPDATE, json!({"input": input}), "USER_UPDATED", changes).await;
    assert_eq!(newest(&world).await.1, dana.email);
}

#[tokio::test]
async fn a_change_of_ones_own_profile_shows_what_was_changed() {
    let world = World::start().await;
    let dana = world.user(Viewer).await;
    let query = "mutation($input: UpdateProfileInput!) { updateProfile(input: $input) { id } }";
    let input = json!({"input": {"email": "dana.\"x\"@example.com", "fullName": "Dana Scully"}});
    assert_eq!(world.send(&dana.client, query, input, "r").await["errors"][0]["extensions"]["code"], "BAD_INPUT");
    let input = json!({"input": {"email": "Dana@example.com", "fullName": "Dana Scully"}});
    let changes = json!([["email", dana.email, "Dana@example.com"]]);
    shows(&world, &dana.client, query, input, "USER_UPDATED", changes).await;
    // What it was called then.
    assert_eq!(newest(&world).await.1, dana.email);
}

#[tokio::test]
async fn a_new_user_shows_all_of_them() {
    let world = World::start().await;
    let query = "mutation($input: CreateUserInput!) { createUser(input: $input) { id } }";
    let input = json!({"email": "walter@example.com", "fullName": "Walter \"Skinman\" Skinner", "password": PASSWORD,
        "roleId": role(&world, "viewer").await});
    let changes = json!([
        ["email", null, "walter@example.com"],
        ["fullName", null, "Walter \"Skinman\" Skinner"],
        ["role", null, "viewer"],
        ["status", null, "ACTIVE"]
    ]);
    shows(&world, &world.admin.client, query, json!({"input": input}), "USER_CREATED", changes).await;
}

#[tokio::test]
async fn a_status_shows_before_and_after() {
    let world = World::start().await;
    let (dana, admin) = (world.user(Viewer).await, &world.admin.client);
    let query = "mutation($input: SetUserActiveInput!) { setUserActive(input: $input) { id } }";
    let status = |before: &str, after: &str| json!([["status", before, after]]);
    let input = |is_active: bool| json!({"input": {"id": dana.id, "isActive": is_active}});
    shows(&world, admin, query, input(false), "USER_DEACTIVATED", status("ACTIVE", "INACTIVE")).await;
    shows(&world, admin, query, input(true), "USER_ACTIVATED", status("INACTIVE", "ACTIVE")).await;
    let query = "mutation($id: ID!) { deleteUser(id: $id) { id } }";
    shows(&world, admin, query, json!({"id": dana.id}), "USER_DELETED", status("ACTIVE", "DELETED")).await;
    assert_eq!(newest(&world).await.1, dana.email);
}

#[tokio::test]
async fn an_accepted_invitation_shows_the_new_status_and_name() {
    let world = World::start().await;
    let (token, _) = invited(&world).await;
    let query =
        "mutation($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { viewer { user { id } } } }";
    let input = json!({"token": token, "password": PASSWORD, "fullName": "W. Skinner"});
    world.ok(&world.app.anonymous(), query, json!({"input": input})).await;
    let query = r#"{ auditLog(first: 1, filter: {action: {eq: USER_INVITATION_ACCEPTED}}) {
        nodes { changes { field before after } } } }"#;
    let data = world.ok(&world.admin.client, query, json!({})).await;
    let expected = json!([{"field": "fullName", "before": "Walter Skinner", "after": "W. Skinner"},
        {"field": "status", "before": "INVITED", "after": "ACTIVE"}]);
    assert_eq!(data["auditLog"]["nodes"][0]["changes"], expected);
}

#[tokio::test]
async fn a_role_shows_its_permissions_as_a_list() {
    let world = World::start().await;
    let admin = &world.admin.client;
    let input = json!({"name": "Auditor", "permissions": ["AUDIT_READ"]});
    let changes = json!([["description", null, ""], ["name", null, "Auditor"], ["permissions", null, ["audit:read"]]]);
    shows(&world, admin, CREATE_ROLE, json!({"input": input}), "ROLE_CREATED", changes).await;
    let data = world.ok(admin, "{ auditLog(first: 1) { nodes { subjectId } } }", json!({})).await;
    let id = id_at("/auditLog/nodes/0/subjectId", &data);
    let query = "mutation($input: UpdateRoleInput!) { updateRole(input: $input) { id } }";
    let input =
        json!({"id": id, "expectedVersion": 1, "name": "Auditors", "permissions": ["AUDIT_READ", "USERS_READ"]});
    let changes =
        json!([["name", "Auditor", "Auditors"], ["permissions", ["audit:read"], ["users:read", "audit:read"]]]);
    shows(&world, admin, query, json!({"input": input}), "ROLE_UPDATED", changes).await;
    let query = "mutation($id: ID!) { deleteRole(id: $id) { id } }";
    let changes = json!([
        ["description", "", null],
        ["name", "Auditors", null],
        ["permissions", ["users:read", "audit:read"], null]
    ]);
    shows(&world, admin, query, json!({"id": id}), "ROLE_DELETED", changes).await;
}

#[tokio::test]
async fn a_revoked_key_shows_when() {
    let world = World::start().await;
    let asked = asked(&world, "revokeApiKey").await;
    world.ok(&asked.by, &asked.query, asked.variables).await;
    let (action, name, changes) = newest(&world).await;
    assert_eq!((action.as_str(), name.as_str()), ("API_KEY_REVOKED", "Nightly import"));
    assert_eq!(changes.as_array().unwrap().len(), 1, "{changes}");
    assert_eq!((&changes[0][0], &changes[0][1]), (&json!("revokedAt"), &Value::Null));
    assert!(changes[0][2].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().is_ok(), "{changes}");
}

#[tokio::test]
async fn a_job_shows_what_was_asked_and_what_was_steered() {
    let world = World::start().await;
    let admin = &world.admin.client;
    let query = r#"mutation { onboardCompany(input: {companyName: "Fernhollow CRM", website: "fernhollow.example",
        deepResearch: false}) { id } }"#;
    let changes = json!([
        ["companyName", null, "Fernhollow CRM"],
        ["deepResearch", null, false],
        ["website", null, "fernhollow.example"]
    ]);
    shows(&world, admin, query, json!({}), "JOB_CREATED", changes).await;
    let data = world.ok(admin, "{ jobs { nodes { id } } }", json!({})).await;
    let id = json!({"id": data["jobs"]["nodes"][0]["id"]});
    let query = "mutation($id: ID!) { cancelJob(id: $id) { id } }";
    shows(&world, admin, query, id.clone(), "JOB_CANCELLED", json!([["status", "QUEUED", "CANCELLED"]])).await;
    let query = "mutation($id: ID!) { retryJob(id: $id) { id } }";
    shows(&world, admin, query, id, "JOB_RETRIED", json!([["status", "CANCELLED", "QUEUED"]])).await;
}

#[tokio::test]
async fn a_sign_out_and_a_new_password_show_how_many_sessions_ended() {
    let world = World::start().await;
    let dana = world.user(Viewer).await;
    let (second, _) = (world.sign_in(&dana.email, PASSWORD).await, world.sign_in(&dana.email, PASSWORD).await);
    let query = "mutation { logout { sessionsEnded } }";
    let ended = |count: i32| json!([["sessionsEnded", null, count]]);
    shows(&world, &second.client, query, json!({}), "USER_SIGNED_OUT", ended(1)).await;
    let query = "mutation($input: ChangePasswordInput!) { changePassword(input: $input) { id } }";
    let input = json!({"currentPassword": PASSWORD, "newPassword": "walruses on a velvet sofa"});
    shows(&world, &dana.client, query, json!({"input": input}), "USER_PASSWORD_CHANGED", ended(1)).await;
}
