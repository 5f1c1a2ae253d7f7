//! An administrator acts in the place of a user: who may, in whose, and what for.

use chrono::{DateTime, TimeDelta, Utc};
use rapport::auth::SystemRole;
use serde_json::{Value, json};

use super::{PASSWORD, Person, done, failed, is_known, own_id, refused, set_active, system, text};
use crate::support::{Client, TestApp};

const WHO: &str = "{ viewer { user { email } impersonator { email } credential permissions expiresAt apiKey { id } } }";

/// Begins to act in the place of a user.
pub(super) async fn in_place_of(client: &Client, id: &str) -> Client {
    let begun = done(client, "impersonateUser", json!({"userId": id}), "accessToken").await;
    client.with_token(&text(&begun["accessToken"]))
}

/// A server, its administrator, and a manager.
pub(super) async fn started() -> (TestApp, Client, Person) {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let manager = Person::manager(&app, &admin, "Dana Scully").await;
    (app, admin, manager)
}

#[tokio::test]
async fn the_viewer_says_who_acts_in_whose_place() {
    let (app, admin, manager) = started().await;
    let input = json!({"userId": manager.id, "reason": "A call for help."});
    let begun = done(&admin, "impersonateUser", input, "accessToken expiresAt user { email }").await;
    assert_eq!(begun["user"]["email"], manager.email);
    let client = app.anonymous().with_token(&text(&begun["accessToken"]));
    let viewer = client.ok(WHO, json!({})).await["viewer"].take();
    let permissions = manager.client.ok(WHO, json!({})).await["viewer"]["permissions"].take();
    assert_eq!((&viewer["user"]["email"], &viewer["permissions"]), (&json!(manager.email), &permissions));
    assert_eq!(
        (&viewer["impersonator"]["email"], &viewer["credential"]),
        (&json!("admin@example.com"), &json!("IMPERSONATION"))
    );
    let ends = [&begun["expiresAt"], &viewer["expiresAt"]].map(|end| text(end).parse::<DateTime<Utc>>().unwrap());
    assert!((ends[0] - ends[1]).abs() <= TimeDelta::seconds(1));
    let own = manager.client.ok(WHO, json!({})).await["viewer"].take();
    assert_eq!((&own["impersonator"], &own["credential"]), (&Value::Null, &json!("SIGN_IN")));
}

#[tokio::test]
async fn what_is_done_is_the_users_and_within_their_rights() {
    let (_app, admin, manager) = started().await;
    let client = in_place_of(&admin, &manager.id).await;
    let job = client.onboard("Fernhollow CRM").await["id"].clone();
    let query = "query($id: ID!) { job(id: $id) { owner { email } } }";
    assert_eq!(admin.ok(query, json!({"id": job})).await["job"]["owner"]["email"], manager.email);
    for query in ["{ users { totalCount } }", "{ roles { id } }"] {
        assert_eq!(client.code(query, json!({})).await, "FORBIDDEN");
    }
}

#[tokio::test]
async fn nobody_acts_in_the_place_of_administrators_or_themselves() {
    let (app, admin, _) = started().await;
    let second = Person::admin(&app, &admin, "Walter Skinner").await;
    for id in [own_id(&admin).await, second.id] {
        let error = failed(&admin, "impersonateUser", json!({"userId": id})).await;
        assert_eq!(error["extensions"]["code"], "FORBIDDEN", "{error:#}");
        assert!(error["extensions"]["permission"].is_null(), "{error:#}");
    }
}

#[tokio::test]
async fn nobody_acts_in_the_place_of_who_is_not_active() {
    let (_app, admin, manager) = started().await;
    set_active(&admin, &manager.id, false).await;
    assert_eq!(refused(&admin, "impersonateUser", json!({"userId": manager.id})).await, "FORBIDDEN");
    let invited = json!({"email": "new@example.com", "fullName": "New", "roleId": system(SystemRole::Viewer)});
    let invited = done(&admin, "inviteUser", invited, "user { id }").await["user"]["id"].clone();
    assert_eq!(refused(&admin, "impersonateUser", json!({"userId": invited})).await, "FORBIDDEN");
    super::delete_user(&admin, &manager.id).await;
    for id in [manager.id.as_str(), "usr_00000000000000000000000000000000"] {
        assert_eq!(refused(&admin, "impersonateUser", json!({"userId": id})).await, "NOT_FOUND");
    }
}

#[tokio::test]
async fn credentials_are_not_changed_in_the_place_of_a_user() {
    let (_app, admin, manager) = started().await;
    let client = in_place_of(&admin, &manager.id).await;
    let key = done(&manager.client, "createApiKey", json!({"name": "Importer", "scopes": []}), "apiKey { id }").await;
    for (mutation, input) in [
        ("createApiKey", json!({"name": "Mine", "scopes": []})),
        ("changePassword", json!({"currentPassword": PASSWORD, "newPassword": "umbrellas in april rain"})),
        ("updateProfile", json!({"email": "mine@example.com"})),
        ("updateProfile", json!({"fullName": "Somebody Else"})),
    ] {
        assert_eq!(refused(&client, mutation, input).await, "FORBIDDEN", "{mutation}");
    }
    let revoke = json!({"id": key["apiKey"]["id"]});
    assert_eq!(client.code(&super::by_id("revokeApiKey"), revoke).await, "FORBIDDEN");
    let everywhere = "mutation { logoutEverywhere { sessionsEnded } }";
    assert_eq!(client.code(everywhere, json!({})).await, "FORBIDDEN");
    assert!(is_known(&manager.client).await && is_known(&client).await);
}

#[tokio::test]
async fn nobody_acts_in_somebodys_place_out_of_somebodys_place() {
    let (app, admin, manager) = started().await;
    let deputy = Person::with(&app, &admin, "Deputy", &super::all_permissions()).await;
    let client = in_place_of(&admin, &deputy.id).await;
    assert_eq!(refused(&client, "impersonateUser", json!({"userId": manager.id})).await, "FORBIDDEN");
    // The deputy in person may.
    let client = in_place_of(&deputy.client, &manager.id).await;
    assert_eq!(client.ok(WHO, json!({})).await["viewer"]["impersonator"]["email"], deputy.email);
}

#[tokio::test]
async fn the_right_to_impersonate_is_needed() {
    let (app, admin, manager) = started().await;
    let staff = Person::with(&app, &admin, "Staff", &["users:read", "users:manage"]).await;
    for client in [&manager.client, &staff.client] {
        let error = failed(client, "impersonateUser", json!({"userId": manager.id})).await;
        assert_eq!(error["extensions"]["permission"], "users:impersonate");
    }
    assert_eq!(refused(&app.anonymous(), "impersonateUser", json!({"userId": manager.id})).await, "UNAUTHENTICATED");
    let long = json!({"userId": manager.id, "reason": "x".repeat(501)});
    assert_eq!(super::wrong_fields(&admin, "impersonateUser", long).await, ["input.reason"]);
}

#[tokio::test]
async fn the_token_is_no_refresh_token_and_yields_none() {
    let (app, admin, manager) = started().await;
    let client = in_place_of(&admin, &manager.id).await;
    let refresh = json!({"refreshToken": client.token()});
    assert_eq!(refused(&app.anonymous(), "refreshToken", refresh).await, "UNAUTHENTICATED");
    let schema =
        app.anonymous().ok(r#"{ __type(name: "ImpersonateUserPayload") { fields { name } } }"#, json!({})).await;
    assert!(!schema.to_string().to_lowercase().contains("refresh"), "{schema}");
}

#[tokio::test]
async fn nothing_of_it_shows_in_the_users_own_sessions() {
    let (_app, admin, manager) = started().await;
    let client = in_place_of(&admin, &manager.id).await;
    assert!(is_known(&client).await);
    let user = manager.client.ok("{ viewer { user { lastLoginAt } } }", json!({})).await;
    let before = text(&user["viewer"]["user"]["lastLoginAt"]);
    in_place_of(&admin, &manager.id).await;
    let user = manager.client.ok("{ viewer { user { lastLoginAt } } }", json!({})).await;
    assert_eq!(text(&user["viewer"]["user"]["lastLoginAt"]), before);
}
