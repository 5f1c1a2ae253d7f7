//! What users of other issuers may do of what concerns credentials.

use chrono::{DateTime, TimeDelta, Utc};
use rapport::auth::SystemRole::{self, Counselor};
use serde_json::{Value, json};

use super::{VIEWER, World, is_refused, viewer};
use crate::support::{ADMIN, Client};

#[tokio::test]
async fn the_viewer_shows_by_what_they_came_what_is_left_and_until_when() {
    let world = World::with(json!({"defaultRole": "manager"})).await;
    let claims = world.claims_with("dana", json!({"scope": "openid customers:read"}));
    let shown = viewer(&world.client(&claims)).await;
    assert_eq!(shown["credential"], "EXTERNAL_TOKEN");
    assert_eq!(shown["permissions"], json!(["CUSTOMERS_READ"]));
    let until: DateTime<Utc> = shown["expiresAt"].as_str().unwrap().parse().unwrap();
    let expiry = DateTime::from_timestamp(claims["exp"].as_i64().unwrap(), 0).unwrap();
    assert_eq!(until, expiry + TimeDelta::seconds(30));
    let others = "{ viewer { impersonator { userId } apiKey { id } } }";
    let data = world.client(&claims).ok(others, json!({})).await;
    assert_eq!(data["viewer"], json!({"impersonator": null, "apiKey": null}));
}

#[tokio::test]
async fn who_has_no_password_here_is_told_so() {
    let world = World::start().await;
    let query = "mutation($input: ChangePasswordInput!) { changePassword(input: $input) { id } }";
    let input = json!({"input": {"currentPassword": "none", "newPassword": "umbrellas in april rain"}});
    let refused = world.subject("dana").fail(query, input.clone()).await;
    assert_eq!(refused["extensions"]["code"], "FORBIDDEN");
    assert!(refused["message"].as_str().unwrap().contains("another service"), "{refused:#}");
    // Also where the user has a password: the token of another is not the password.
    world.user("fox@example.com", Counselor).await;
    let fox = world.subject("fox");
    assert_eq!(fox.code(query, input).await, "FORBIDDEN");
}

#[tokio::test]
async fn nobody_signs_in_by_a_password_that_was_never_set() {
    let world = World::start().await;
    viewer(&world.subject("dana")).await;
    let query = "mutation($input: LoginInput!) { login(input: $input) { accessToken } }";
    for password in ["nobody has this password", "dana@example.com"] {
        let input = json!({"input": {"email": "dana@example.com", "password": password}});
        assert_eq!(world.app.anonymous().code(query, input).await, "UNAUTHENTICATED");
    }
}

async fn in_place_of(client: &Client, user: &Value) -> Client {
    let query = "mutation($id: ID!) { impersonateUser(input: {userId: $id}) { accessToken } }";
    let data = client.ok(query, json!({"id": user})).await;
    client.with_token(data["impersonateUser"]["accessToken"].as_str().unwrap())
}

const IMPERSONATOR: &str = "{ viewer { credential impersonator { email } user { email } } }";

#[tokio::test]
async fn an_administrator_acts_in_the_place_of_a_user_of_another_issuer() {
    let world = World::start().await;
    let dana = viewer(&world.subject("dana")).await["user"]["id"].take();
    let borrowed = in_place_of(&world.app.admin().await, &dana).await;
    let data = borrowed.ok(IMPERSONATOR, json!({})).await;
    let expected = json!({"credential": "IMPERSONATION", "impersonator": {"email": ADMIN.0},
        "user": {"email": "dana@example.com"}});
    assert_eq!(data["viewer"], expected);
    for mutation in
        ["mutation { logoutEverywhere { sessionsEnded } }", r#"mutation { updateProfile(input: {}) { id } }"#]
    {
        assert_eq!(borrowed.code(mutation, json!({})).await, "FORBIDDEN");
    }
    // The user's own token goes on.
    viewer(&world.subject("dana")).await;
}

#[tokio::test]
async fn an_administrator_of_another_issuer_acts_in_the_place_of_a_user_until_they_sign_out() {
    let world = World::with(json!({"roles": {"boss": "admin"}})).await;
    let boss = world.client(&world.claims_with("boss", json!({"role": "boss"})));
    let user = world.user("dana@example.com", SystemRole::Manager).await;
    let borrowed = in_place_of(&boss, &json!(user.id)).await;
    assert_eq!(borrowed.ok(IMPERSONATOR, json!({})).await["viewer"]["impersonator"]["email"], "boss@example.com");
    boss.ok("mutation { logout { sessionsEnded } }", json!({})).await;
    is_refused(&world.app, &borrowed, "the administrator has signed out").await;
}

#[tokio::test]
async fn nobody_acts_in_the_place_of_an_administrator_of_another_issuer() {
    let world = World::with(json!({"roles": {"boss": "admin"}})).await;
    let boss = world.client(&world.claims_with("boss", json!({"role": "boss"})));
    let id = viewer(&boss).await["user"]["id"].take();
    let query = "mutation($id: ID!) { impersonateUser(input: {userId: $id}) { accessToken } }";
    assert_eq!(world.app.admin().await.code(query, json!({"id": id})).await, "FORBIDDEN");
}

#[tokio::test]
async fn a_user_of_another_issuer_changes_their_profile_and_stays_who_they_are() {
    let world = World::start().await;
    let dana = world.subject("dana");
    let query = "mutation($input: UpdateProfileInput!) { updateProfile(input: $input) { email } }";
    dana.ok(query, json!({"input": {"email": "d.scully@example.com"}})).await;
    let data = world.subject("dana").ok(VIEWER, json!({})).await;
    assert_eq!(data["viewer"]["user"]["email"], "d.scully@example.com");
    assert_eq!(world.users().await.len(), 2);
}
