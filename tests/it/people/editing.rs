//! Users are made and changed.

use rapport::auth::SystemRole;
use serde_json::{Value, json};

use super::{
    PASSWORD, Person, all_permissions, can_sign_in, custom_role, delete_user, done, failed, is_known, refused,
    set_active, system, text, wrong_fields,
};
use crate::support::TestApp;

const FIELDS: &str = "id email fullName phone status version role { name }";

fn dana() -> Value {
    json!({"email": " Dana@Example.com ", "fullName": " Dana Scully ", "phone": "+49 30 123456",
           "roleId": system(SystemRole::Counselor), "password": PASSWORD})
}

/// The same with another value of one field.
fn dana_with(field: &str, value: impl Into<Value>) -> Value {
    let mut input = dana();
    input[field] = value.into();
    input
}

#[tokio::test]
async fn a_user_who_is_made_can_sign_in_at_once() {
    let app = TestApp::builder().quiet().start().await;
    let mut user = done(&app.admin().await, "createUser", dana(), FIELDS).await;
    assert!(text(&user["id"].take()).starts_with("usr_"));
    let expected = json!({"id": null, "email": "Dana@Example.com", "fullName": "Dana Scully", "phone": "+49 30 123456",
                          "status": "ACTIVE", "version": 1, "role": {"name": "counselor"}});
    assert_eq!(user, expected);
    assert!(can_sign_in(&app, "dana@example.com", PASSWORD).await);
}

#[tokio::test]
async fn the_answer_to_a_sign_in_shows_the_role() {
    let app = TestApp::builder().quiet().start().await;
    let input = json!({"email": crate::support::ADMIN.0, "password": crate::support::ADMIN.1});
    let fields = "refreshToken viewer { user { role { name permissions } } }";
    let expected = json!({"role": {"name": "admin", "permissions": crate::support::spelled(&all_permissions())}});
    let login = done(&app.anonymous(), "login", input, fields).await;
    assert_eq!(login["viewer"]["user"], expected);
    let refresh = json!({"refreshToken": login["refreshToken"]});
    let refreshed = done(&app.anonymous(), "refreshToken", refresh, fields).await;
    assert_eq!(refreshed["viewer"]["user"], expected);
}

#[tokio::test]
async fn all_that_is_wrong_with_a_new_user_is_said_at_once() {
    let app = TestApp::builder().quiet().start().await;
    let input = json!({"email": "nobody", "fullName": " ", "phone": "call me", "password": "short",
                       "roleId": system(SystemRole::Viewer)});
    let wrong = wrong_fields(&app.admin().await, "createUser", input).await;
    assert_eq!(wrong, ["input.email", "input.fullName", "input.phone", "input.password"]);
}

#[tokio::test]
async fn passwords_that_are_guessed_first_are_not_given() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    for weak in ["password12345", "dana@example.com", "dana scully dana", "aaaaaaaaaaaaaaaa", &"x".repeat(2000)] {
        let wrong = wrong_fields(&admin, "createUser", dana_with("password", weak)).await;
        assert_eq!(wrong, ["input.password"], "{weak:.20}");
    }
}

#[tokio::test]
async fn an_address_belongs_to_one_user_whatever_its_case() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    for taken in ["admin@example.com", "ADMIN@Example.COM"] {
        let error = failed(&admin, "createUser", dana_with("email", taken)).await;
        assert_eq!(error["extensions"]["code"], "ALREADY_EXISTS");
        let field = json!({"path": "input.email", "message": "Another user has this mail address."});
        assert_eq!(error["extensions"]["fields"], json!([field]));
    }
    let create = || refused_or_done(&admin);
    let answers = futures_util::future::join_all([create(), create(), create(), create()]).await;
    assert_eq!(answers.iter().filter(|is_done| **is_done).count(), 1);
}

/// Whether one of several that make the same user did it; the others must be told why not.
async fn refused_or_done(admin: &crate::support::Client) -> bool {
    let response = admin.send(&super::document("createUser", "id"), json!({"input": dana()})).await;
    let code = &response["errors"][0]["extensions"]["code"];
    assert!(code.is_null() || code == "ALREADY_EXISTS", "{response:#}");
    code.is_null()
}

#[tokio::test]
async fn a_role_that_is_not_there_is_wrong_input() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    for role in ["rol_00000000000000000000000000000000", "usr_00000000000000000000000000000000", "admin"] {
        assert_eq!(refused(&admin, "createUser", dana_with("roleId", role)).await, "BAD_INPUT");
    }
}

#[tokio::test]
async fn what_a_change_leaves_out_stays_and_null_clears_the_telephone_number() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let user = done(&admin, "createUser", dana(), FIELDS).await;
    let id = &user["id"];
    let named = json!({"id": id, "expectedVersion": 1, "fullName": "Dana Mulder"});
    let after = done(&admin, "updateUser", named, FIELDS).await;
    let expected = json!({"id": id, "email": "Dana@Example.com", "fullName": "Dana Mulder", "phone": "+49 30 123456",
                          "status": "ACTIVE", "version": 2, "role": {"name": "counselor"}});
    assert_eq!(after, expected);
    let cleared = json!({"id": id, "expectedVersion": 2, "phone": null});
    let after = done(&admin, "updateUser", cleared, FIELDS).await;
    assert_eq!((&after["phone"], &after["fullName"]), (&Value::Null, &json!("Dana Mulder")));
    let wrong = json!({"id": id, "expectedVersion": 3, "email": "x", "fullName": "", "phone": "none"});
    let wrong = wrong_fields(&admin, "updateUser", wrong).await;
    assert_eq!(wrong, ["input.email", "input.fullName", "input.phone"]);
}

#[tokio::test]
async fn who_changes_an_old_version_is_told_the_present_one() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let id = done(&admin, "createUser", dana(), "id").await["id"].clone();
    let change = |version: i32, name: &str| json!({"id": id, "expectedVersion": version, "fullName": name});
    done(&admin, "updateUser", change(1, "First"), "id").await;
    for stale in [1, 3, -1] {
        let error = failed(&admin, "updateUser", change(stale, "Second")).await;
        assert_eq!((&error["extensions"]["code"], &error["extensions"]["version"]), (&json!("CONFLICT"), &json!(2)));
    }
    let user = admin.ok("query($id: ID!) { user(id: $id) { fullName } }", json!({"id": id})).await;
    assert_eq!(user["user"]["fullName"], "First");
}

#[tokio::test]
async fn of_changes_of_one_version_at_the_same_time_one_is_made() {
    let app = TestApp::builder().quiet().start().await;
    let (other, admin) = (app.beside().await, app.admin().await);
    let id = done(&admin, "createUser", dana(), "id").await["id"].clone();
    let document = super::document("updateUser", "version");
    let clients: Vec<_> = (0..6).map(|n| if n % 2 == 0 { admin.clone() } else { admin.at(other.address) }).collect();
    let changes = clients.iter().enumerate().map(|(n, client)| {
        client.send(&document, json!({"input": {"id": id, "expectedVersion": 1, "fullName": format!("Name {n}")}}))
    });
    let answers = futures_util::future::join_all(changes).await;
    let won = answers.iter().filter(|answer| answer.get("errors").is_none()).count();
    assert_eq!(won, 1, "{answers:#?}");
}

#[tokio::test]
async fn a_changed_address_is_the_one_to_sign_in_with() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let id = done(&admin, "createUser", dana(), "id").await["id"].clone();
    let taken = json!({"id": id, "expectedVersion": 1, "email": "ADMIN@example.com"});
    assert_eq!(refused(&admin, "updateUser", taken).await, "ALREADY_EXISTS");
    let same = json!({"id": id, "expectedVersion": 1, "email": "DANA@example.com"});
    assert_eq!(done(&admin, "updateUser", same, "email").await["email"], "DANA@example.com");
    let other = json!({"id": id, "expectedVersion": 2, "email": "Scully@Example.com"});
    done(&admin, "updateUser", other, "id").await;
    assert!(can_sign_in(&app, "scully@example.com", PASSWORD).await);
    assert!(!can_sign_in(&app, "dana@example.com", PASSWORD).await);
}

#[tokio::test]
async fn the_address_of_a_deleted_user_is_free_again() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let first = text(&done(&admin, "createUser", dana(), "id").await["id"]);
    delete_user(&admin, &first).await;
    let second = text(&done(&admin, "createUser", dana(), "id").await["id"]);
    assert_ne!(first, second);
    delete_user(&admin, &second).await;
    done(&admin, "createUser", dana(), "id").await;
}

#[tokio::test]
async fn who_was_deleted_can_be_changed_no_more() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let id = text(&done(&admin, "createUser", dana(), "id").await["id"]);
    delete_user(&admin, &id).await;
    let change = json!({"id": id, "expectedVersion": 2, "fullName": "Back"});
    assert_eq!(refused(&admin, "updateUser", change).await, "NOT_FOUND");
    assert_eq!(refused(&admin, "setUserActive", json!({"id": id, "isActive": true})).await, "NOT_FOUND");
    assert_eq!(refused(&admin, "impersonateUser", json!({"userId": id})).await, "NOT_FOUND");
    assert_eq!(admin.code(&super::by_id("deleteUser"), json!({"id": id})).await, "NOT_FOUND");
}

#[tokio::test]
async fn who_was_deleted_does_not_take_their_address_back_by_another_server() {
    let app = TestApp::builder().quiet().start().await;
    let (other, admin) = (app.beside().await, app.admin().await);
    let person = Person::manager(&app, &admin, "Dana Scully").await;
    let there = person.client.at(other.address);
    // The other server remembers from now on that the session is good.
    assert!(is_known(&there).await);
    delete_user(&admin, &person.id).await;
    let back = json!({"email": person.email, "fullName": "Dana"});
    assert_eq!(refused(&there, "updateProfile", back).await, "UNAUTHENTICATED");
    let input = json!({"email": person.email, "fullName": "New", "roleId": system(SystemRole::Viewer),
                       "password": PASSWORD});
    done(&admin, "createUser", input, "id").await;
}

#[tokio::test]
async fn a_new_role_acts_on_tokens_that_are_out() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let person = Person::manager(&app, &admin, "Dana Scully").await;
    let all = custom_role(&admin, "Everything", &all_permissions()).await;
    super::give_role(&admin, &person.id, &all).await;
    person.client.ok("{ users { totalCount } }", json!({})).await;
    super::give_role(&admin, &person.id, &system(SystemRole::Viewer)).await;
    assert_eq!(person.client.code("{ users { totalCount } }", json!({})).await, "FORBIDDEN");
}

#[tokio::test]
async fn a_user_is_deactivated_and_activated_as_often_as_one_likes() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let person = Person::manager(&app, &admin, "Dana Scully").await;
    for _ in 0..2 {
        assert_eq!(set_active(&admin, &person.id, false).await, "INACTIVE");
    }
    assert!(!can_sign_in(&app, &person.email, PASSWORD).await);
    for _ in 0..2 {
        assert_eq!(set_active(&admin, &person.id, true).await, "ACTIVE");
    }
    assert!(can_sign_in(&app, &person.email, PASSWORD).await);
    assert_eq!(super::version(&admin, &person.id).await, 3);
}
