//! Custom roles are made, changed and deleted.

use rapport::auth::SystemRole;
use serde_json::{Value, json};

use super::{
    Person, all_permissions, by_id, custom_role, delete_user, done, failed, give_role, paths, refused, system, text,
    wrong_fields,
};
use crate::support::{Client, TestApp};

const FIELDS: &str = "id name description permissions isSystem version";

async fn names(client: &Client) -> Vec<String> {
    let roles = client.ok("{ roles { name } }", json!({})).await;
    roles["roles"].as_array().unwrap().iter().map(|role| text(&role["name"])).collect()
}

async fn started() -> (TestApp, Client) {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    (app, admin)
}

#[tokio::test]
async fn the_catalogue_describes_every_permission() {
    let (app, admin) = started().await;
    let catalogue = admin.ok("{ permissions { name description } }", json!({})).await;
    let catalogue = catalogue["permissions"].as_array().unwrap().clone();
    let names: Vec<_> = catalogue.iter().map(|permission| text(&permission["name"])).collect();
    assert_eq!(names, all_permissions());
    let viewer = app.user(SystemRole::Viewer).await;
    assert_eq!(
        viewer.ok("{ permissions { name } }", json!({})).await["permissions"].as_array().unwrap().len(),
        names.len()
    );
}

#[tokio::test]
async fn a_role_gives_what_it_says_in_the_order_of_the_catalogue_and_once() {
    let (app, admin) = started().await;
    let input = json!({"name": " Support ", "description": " Helps. ",
                       "permissions": ["USERS_READ", "CUSTOMERS_READ", "USERS_READ"]});
    let mut role = done(&admin, "createRole", input, FIELDS).await;
    let id = text(&role["id"].take());
    let expected = json!({"id": null, "name": "Support", "description": "Helps.", "isSystem": false, "version": 1,
                          "permissions": ["CUSTOMERS_READ", "USERS_READ"]});
    assert_eq!(role, expected);
    let person = Person::of(&app, &admin, "Dana Scully", &id).await;
    let viewer = person.client.ok("{ viewer { permissions user { role { name } } } }", json!({})).await;
    let expected = json!({"permissions": ["CUSTOMERS_READ", "USERS_READ"], "user": {"role": {"name": "Support"}}});
    assert_eq!(viewer["viewer"], expected);
}

#[tokio::test]
async fn what_a_change_leaves_out_stays() {
    let (_app, admin) = started().await;
    let id = custom_role(&admin, "Support", &["customers:read"]).await;
    let change = json!({"id": id, "expectedVersion": 1, "description": "Helps."});
    let role = done(&admin, "updateRole", change, FIELDS).await;
    let expected = json!({"id": id, "name": "Support", "description": "Helps.", "isSystem": false, "version": 2,
                          "permissions": ["CUSTOMERS_READ"]});
    assert_eq!(role, expected);
    let change = json!({"id": id, "expectedVersion": 2, "name": "Help", "permissions": []});
    let role = done(&admin, "updateRole", change, FIELDS).await;
    assert_eq!((&role["name"], &role["permissions"]), (&json!("Help"), &json!([])));
    assert_eq!(role["description"], "Helps.");
    let null = json!({"id": id, "expectedVersion": 3, "name": null, "permissions": null, "description": null});
    let paths = wrong_fields(&admin, "updateRole", null).await;
    assert_eq!(paths, ["input.name", "input.description", "input.permissions"]);
}

#[tokio::test]
async fn roles_of_the_system_are_neither_changed_nor_deleted() {
    let (_app, admin) = started().await;
    for role in SystemRole::all() {
        let id = system(role);
        for change in [json!({"name": "Mine"}), json!({"permissions": []}), json!({"description": "x"})] {
            let mut input = json!({"id": id, "expectedVersion": 1});
            input.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            assert_eq!(refused(&admin, "updateRole", input).await, "CONFLICT");
        }
        assert_eq!(admin.code(&by_id("deleteRole"), json!({"id": id})).await, "CONFLICT");
    }
    assert_eq!(names(&admin).await, ["admin", "counselor", "manager", "viewer"]);
}

#[tokio::test]
async fn the_name_of_a_role_is_unique_whatever_its_case() {
    let (_app, admin) = started().await;
    let first = custom_role(&admin, "Überwachung", &[]).await;
    let second = custom_role(&admin, "Second", &[]).await;
    for taken in ["überwachung", " ÜBERWACHUNG ", "Admin", "VIEWER"] {
        assert_eq!(refused(&admin, "createRole", json!({"name": taken, "permissions": []})).await, "ALREADY_EXISTS");
        let change = json!({"id": second, "expectedVersion": 1, "name": taken});
        let error = failed(&admin, "updateRole", change).await;
        assert_eq!(error["extensions"]["code"], "ALREADY_EXISTS");
        assert_eq!(error["extensions"]["fields"][0]["path"], "input.name", "{error:#}");
    }
    let own = json!({"id": first, "expectedVersion": 1, "name": "ÜberWachung"});
    done(&admin, "updateRole", own, "id").await;
    admin.ok(&by_id("deleteRole"), json!({"id": second})).await;
    custom_role(&admin, "SECOND", &[]).await;
}

#[tokio::test]
async fn of_roles_of_one_name_made_at_the_same_time_one_is_made() {
    let (app, admin) = started().await;
    let other = app.beside().await;
    let document = super::document("createRole", "id");
    let clients: Vec<_> = (0..6).map(|n| if n % 2 == 0 { admin.clone() } else { admin.at(other.address) }).collect();
    let made = clients.iter().enumerate().map(|(n, client)| {
        let name = if n < 3 { "Support" } else { "SUPPORT" };
        client.send(&document, json!({"input": {"name": name, "permissions": []}}))
    });
    let answers = futures_util::future::join_all(made).await;
    assert_eq!(answers.iter().filter(|answer| answer.get("errors").is_none()).count(), 1, "{answers:#?}");
}

#[tokio::test]
async fn each_permission_that_is_not_there_is_named_by_its_index() {
    let (_app, admin) = started().await;
    let permissions = json!(["USERS_READ", "USERS_OWN", "CUSTOMERS_READ", "", "users:read", "*"]);
    let expected = ["input.permissions[1]", "input.permissions[3]", "input.permissions[4]", "input.permissions[5]"];
    let error = failed(&admin, "createRole", json!({"name": "", "permissions": permissions})).await;
    assert_eq!(paths(&error), expected);
    let id = custom_role(&admin, "Support", &[]).await;
    let change = json!({"id": id, "expectedVersion": 1, "name": "x".repeat(61), "permissions": permissions});
    assert_eq!(paths(&failed(&admin, "updateRole", change).await), expected);
}

#[tokio::test]
async fn who_changes_an_old_version_is_told_the_present_one() {
    let (_app, admin) = started().await;
    let id = custom_role(&admin, "Support", &[]).await;
    let change = |version: i32| json!({"id": id, "expectedVersion": version, "description": "Helps."});
    done(&admin, "updateRole", change(1), "id").await;
    let error = failed(&admin, "updateRole", change(1)).await;
    assert_eq!((&error["extensions"]["code"], &error["extensions"]["version"]), (&json!("CONFLICT"), &json!(2)));
}

#[tokio::test]
async fn a_role_that_somebody_has_is_not_deleted() {
    let (app, admin) = started().await;
    let role = custom_role(&admin, "Support", &["users:read"]).await;
    let person = Person::of(&app, &admin, "Dana Scully", &role).await;
    let delete = || admin.send("mutation($id: ID!) { deleteRole(id: $id) { id } }", json!({"id": role}));
    let code = |answer: Value| answer["errors"][0]["extensions"]["code"].clone();
    assert_eq!(code(delete().await), "CONFLICT");
    super::set_active(&admin, &person.id, false).await;
    assert_eq!(code(delete().await), "CONFLICT");
    give_role(&admin, &person.id, &system(SystemRole::Viewer)).await;
    let deleted = delete().await;
    assert_eq!(deleted["data"]["deleteRole"], json!({"id": role}));
    assert_eq!(code(delete().await), "NOT_FOUND");
}

#[tokio::test]
async fn a_role_that_an_invited_user_has_is_not_deleted() {
    let (_app, admin) = started().await;
    let role = custom_role(&admin, "Support", &[]).await;
    let invited = json!({"email": "new@example.com", "fullName": "New", "roleId": role});
    done(&admin, "inviteUser", invited, "link").await;
    assert_eq!(admin.code(&by_id("deleteRole"), json!({"id": role})).await, "CONFLICT");
}

#[tokio::test]
async fn a_role_that_only_deleted_users_had_is_deleted_and_they_still_show() {
    let (app, admin) = started().await;
    let role = custom_role(&admin, "Support", &["users:read"]).await;
    let person = Person::of(&app, &admin, "Dana Scully", &role).await;
    delete_user(&admin, &person.id).await;
    admin.ok(&by_id("deleteRole"), json!({"id": role})).await;
    let query = "query($id: ID!) { user(id: $id) { status role { name } } }";
    let user = admin.ok(query, json!({"id": person.id})).await;
    assert_eq!(user["user"], json!({"status": "DELETED", "role": {"name": "viewer"}}));
    let entries = "query($id: ID!) { auditLog(filter: {subjectId: {eq: $id}, action: {eq: USER_UPDATED}}) {
        nodes { action actor { email } changes { field before after } } } }";
    let entry = admin.ok(entries, json!({"id": person.id})).await["auditLog"]["nodes"][0].take();
    let expected = json!({
        "action": "USER_UPDATED", "actor": {"email": "admin@example.com"},
        "changes": [{"field": "role", "before": "Support", "after": "viewer"}]
    });
    assert_eq!(entry, expected);
}

#[tokio::test]
async fn a_role_that_is_given_and_deleted_at_the_same_time_does_one_of_both() {
    let (app, admin) = started().await;
    let other = app.beside().await;
    let person = Person::manager(&app, &admin, "Dana Scully").await;
    for n in 0..4 {
        let role = custom_role(&admin, &format!("Role {n}"), &[]).await;
        let change = json!({"id": person.id, "roleId": role,
                            "expectedVersion": super::version(&admin, &person.id).await});
        let there = admin.at(other.address);
        let (delete, give) = (by_id("deleteRole"), super::document("updateUser", "id"));
        let (deleted, _given) =
            tokio::join!(there.send(&delete, json!({"id": role})), admin.send(&give, json!({"input": change})),);
        let query = "query($id: ID!) { user(id: $id) { role { id } } }";
        let user = admin.ok(query, json!({"id": person.id})).await;
        let has_it = user["user"]["role"]["id"] == role.as_str();
        assert_eq!(has_it, deleted.get("errors").is_some(), "{user:#} {deleted:#}");
        assert!(user["user"]["role"].is_object(), "{user:#}");
    }
}
