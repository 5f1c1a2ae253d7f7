//! Sessions: refresh, logout, and what users change of themselves.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::{ADMIN, Client, TestApp, patience};

const VIEWER: &str = "{ viewer { user { email fullName } } }";

async fn login(client: &Client, password: &str) -> Value {
    let query = "mutation($input: LoginInput!) { login(input: $input) { accessToken refreshToken refreshExpiresAt } }";
    client.ok(query, json!({"input": {"email": ADMIN.0, "password": password}})).await["login"].take()
}

const REFRESH: &str =
    "mutation($token: String!) { refreshToken(input: {refreshToken: $token}) { accessToken refreshToken } }";

async fn refresh(client: &Client, token: &Value) -> Value {
    client.ok(REFRESH, json!({"token": token})).await["refreshToken"].take()
}

async fn refusal(client: &Client, token: &Value) -> String {
    client.code(REFRESH, json!({"token": token})).await
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

#[tokio::test]
async fn a_refresh_token_yields_new_tokens_that_work() {
    let app = TestApp::start().await;
    let first = login(&app.anonymous(), ADMIN.1).await;
    let second = refresh(&app.anonymous(), &first["refreshToken"]).await;
    assert_ne!(first["refreshToken"], second["refreshToken"]);
    let client = app.anonymous().with_token(text(&second["accessToken"]));
    assert_eq!(client.ok(VIEWER, json!({})).await["viewer"]["user"]["email"], ADMIN.0);
    refresh(&app.anonymous(), &second["refreshToken"]).await;
}

#[tokio::test]
async fn fifty_refreshes_at_the_same_moment_get_one_successor_over_two_servers() {
    let app = TestApp::start().await;
    let other = app.beside().await;
    let first = login(&app.anonymous(), ADMIN.1).await;
    let clients: Vec<_> = (0..50).map(|n| if n % 2 == 0 { app.anonymous() } else { other.anonymous() }).collect();
    let refreshed = join_all(clients.iter().map(|client| refresh(client, &first["refreshToken"]))).await;
    let successors: BTreeSet<_> = refreshed.iter().map(|tokens| text(&tokens["refreshToken"])).collect();
    assert_eq!(successors.len(), 1);
}

#[tokio::test]
async fn a_refresh_token_that_comes_back_late_ends_the_session() {
    let app = TestApp::start().await;
    let first = login(&app.anonymous(), ADMIN.1).await;
    let second = refresh(&app.anonymous(), &first["refreshToken"]).await;
    app.advance(TimeDelta::seconds(31));
    assert_eq!(refusal(&app.anonymous(), &first["refreshToken"]).await, "UNAUTHENTICATED");
    assert_eq!(refusal(&app.anonymous(), &second["refreshToken"]).await, "UNAUTHENTICATED");
    let client = app.anonymous().with_token(text(&second["accessToken"]));
    patience(async { while client.send(VIEWER, json!({})).await["errors"].is_null() {} }).await;
}

#[tokio::test]
async fn a_refresh_token_that_comes_back_soon_yields_the_one_that_is_good_now_however_often_it_was_replaced() {
    let app = TestApp::start().await;
    let first = login(&app.anonymous(), ADMIN.1).await;
    let second = refresh(&app.anonymous(), &first["refreshToken"]).await;
    app.advance(TimeDelta::seconds(20));
    let third = refresh(&app.anonymous(), &second["refreshToken"]).await;
    for used in [&first, &second] {
        assert_eq!(refresh(&app.anonymous(), &used["refreshToken"]).await["refreshToken"], third["refreshToken"]);
    }
    // The first was used more than 30 seconds ago then, the second not.
    app.advance(TimeDelta::seconds(15));
    refresh(&app.anonymous(), &second["refreshToken"]).await;
    assert_eq!(refusal(&app.anonymous(), &first["refreshToken"]).await, "UNAUTHENTICATED");
    assert_eq!(refusal(&app.anonymous(), &third["refreshToken"]).await, "UNAUTHENTICATED");
}

#[tokio::test]
async fn a_forged_refresh_token_is_refused_and_harms_nobody() {
    let app = TestApp::start().await;
    let first = login(&app.anonymous(), ADMIN.1).await;
    let token = text(&first["refreshToken"]);
    let (body, proof) = token.rsplit_once('.').unwrap();
    let (session, _) = body.split_once('.').unwrap();
    for forged in [format!("{session}.0.{proof}"), format!("{session}.2.{proof}"), format!("{body}."), "é".repeat(99)]
    {
        assert_eq!(refusal(&app.anonymous(), &json!(forged)).await, "UNAUTHENTICATED");
    }
    refresh(&app.anonymous(), &first["refreshToken"]).await;
}

#[tokio::test]
async fn a_session_that_is_not_refreshed_ends() {
    let app = TestApp::start().await;
    let first = login(&app.anonymous(), ADMIN.1).await;
    app.advance(TimeDelta::days(29));
    let second = refresh(&app.anonymous(), &first["refreshToken"]).await;
    app.advance(TimeDelta::days(29));
    let third = refresh(&app.anonymous(), &second["refreshToken"]).await;
    app.advance(TimeDelta::days(31));
    assert_eq!(refusal(&app.anonymous(), &third["refreshToken"]).await, "UNAUTHENTICATED");
}

#[tokio::test]
async fn logout_ends_this_session_and_its_sockets_and_no_other() {
    let app = TestApp::start().await;
    let (one, two) = (app.admin().await, app.admin().await);
    let mut socket = app.ws(&one).await;
    let data = one.ok("mutation { logout { sessionsEnded } }", json!({})).await;
    assert_eq!(data["logout"]["sessionsEnded"], 1);
    assert_eq!(socket.receive().await, Err(4403));
    assert_eq!(one.code(VIEWER, json!({})).await, "UNAUTHENTICATED");
    assert_eq!(two.ok(VIEWER, json!({})).await["viewer"]["user"]["email"], ADMIN.0);
}

#[tokio::test]
async fn logout_everywhere_ends_all_sessions_on_every_server() {
    let app = TestApp::start().await;
    let other = app.beside().await;
    let (one, two) = (app.admin().await, other.admin().await);
    let mut socket = other.ws(&two).await;
    let data = one.ok("mutation { logoutEverywhere { sessionsEnded } }", json!({})).await;
    assert_eq!(data["logoutEverywhere"]["sessionsEnded"], 2);
    assert_eq!(socket.receive().await, Err(4403));
}

const CHANGE: &str = "mutation($input: ChangePasswordInput!) { changePassword(input: $input) { email } }";

#[tokio::test]
async fn a_new_password_ends_the_other_sessions_and_keeps_this_one() {
    let app = TestApp::start().await;
    let (one, two) = (app.admin().await, app.admin().await);
    let new = "umbrellas in april rain";
    one.ok(CHANGE, json!({"input": {"currentPassword": ADMIN.1, "newPassword": new}})).await;
    assert_eq!(one.ok(VIEWER, json!({})).await["viewer"]["user"]["email"], ADMIN.0);
    assert_eq!(two.code(VIEWER, json!({})).await, "UNAUTHENTICATED");
    login(&app.anonymous(), new).await;
}

#[tokio::test]
async fn a_password_is_changed_only_by_who_knows_it_and_only_to_a_good_one() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let change = |present: &str, new: &str| {
        let (admin, input) = (admin.clone(), json!({"currentPassword": present, "newPassword": new}));
        async move { admin.fail(CHANGE, json!({"input": input})).await["extensions"]["fields"][0]["path"].clone() }
    };
    assert_eq!(change("wrong", "umbrellas in april rain").await, "input.currentPassword");
    for bad in ["short", "password12345", "admin@example.com"] {
        assert_eq!(change(ADMIN.1, bad).await, "input.newPassword");
    }
}

#[tokio::test]
async fn a_profile_is_changed_and_an_address_belongs_to_one_user() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let counselor = app.user(rapport::auth::SystemRole::Counselor).await;
    let query = "mutation($input: UpdateProfileInput!) { updateProfile(input: $input) { fullName email } }";
    let changed = counselor.ok(query, json!({"input": {"fullName": " Dana Scully "}})).await;
    assert_eq!(changed["updateProfile"]["fullName"], "Dana Scully");
    let taken = json!({"input": {"email": "ADMIN@example.com"}});
    let error = counselor.fail(query, taken).await;
    assert_eq!(error["extensions"]["code"], "ALREADY_EXISTS");
    assert_eq!(error["extensions"]["fields"][0]["path"], "input.email", "{error:#}");
    let wrong = counselor.fail(query, json!({"input": {"email": "nobody", "fullName": ""}})).await;
    assert_eq!(wrong["extensions"]["fields"].as_array().unwrap().len(), 2);
    let same = json!({"input": {"email": "Admin@Example.com"}});
    assert_eq!(admin.ok(query, same).await["updateProfile"]["email"], "Admin@Example.com");
    login(&app.anonymous(), ADMIN.1).await;
}

#[tokio::test]
async fn what_cannot_be_cleared_is_not_set_to_null() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let query = "mutation($input: UpdateProfileInput!) { updateProfile(input: $input) { phone } }";
    let refused = admin.fail(query, json!({"input": {"fullName": null, "email": null, "phone": null}})).await;
    assert_eq!(refused["extensions"]["code"], "BAD_INPUT");
    let paths: Vec<_> =
        refused["extensions"]["fields"].as_array().unwrap().iter().map(|field| &field["path"]).collect();
    assert_eq!(paths, ["input.email", "input.fullName"]);
    assert!(admin.ok(query, json!({"input": {"phone": null}})).await["updateProfile"]["phone"].is_null());
}

#[tokio::test]
async fn a_password_is_the_same_however_the_keyboard_composes_it() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let (composed, decomposed) = ("gr\u{fc}ne \u{e4}pfel im winter", "gru\u{308}ne a\u{308}pfel im winter");
    admin.ok(CHANGE, json!({"input": {"currentPassword": ADMIN.1, "newPassword": composed}})).await;
    login(&app.anonymous(), decomposed).await;
    login(&app.anonymous(), composed).await;
}
