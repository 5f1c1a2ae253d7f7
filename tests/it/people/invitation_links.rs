//! Links of invitations in the wrong hands, too late, or twice.

use chrono::TimeDelta;
use futures_util::future::join_all;
use rapport::auth::SystemRole;
use serde_json::{Value, json};

use super::{
    PASSWORD, Person, can_sign_in, delete_user, document, done,
    invitations::{NEW_PASSWORD, accept, dana, invite, token_of},
    is_known, refused, set_active, sign_in, system, text, wrong_fields,
};
use crate::support::{Client, TestApp};

async fn started() -> (TestApp, Client) {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    (app, admin)
}

/// Holds that a link is good for nothing, and says no more than that.
async fn is_no_good(app: &TestApp, token: &str) {
    let answer = accept(&app.anonymous(), token).await;
    let error = &answer["errors"][0];
    assert_eq!(error["extensions"]["code"], "BAD_INPUT", "{answer:#}");
    let problem = json!([{"path": "input.token",
                          "message": "This invitation is no longer valid; ask an administrator for a new one."}]);
    assert_eq!(error["extensions"]["fields"], problem);
}

async fn user_named(admin: &Client, email: &str) -> Value {
    let query = "query($e: String!) { users(filter: {email: {eq: $e}}) { nodes { id status } } }";
    admin.ok(query, json!({"e": email})).await["users"]["nodes"][0].take()
}

#[tokio::test]
async fn a_link_is_good_once() {
    let (app, admin) = started().await;
    let token = invite(&admin, dana()).await;
    assert!(accept(&app.anonymous(), &token).await.get("errors").is_none());
    is_no_good(&app, &token).await;
    // Whoever finds the link later cannot set another password.
    assert!(can_sign_in(&app, "dana@example.com", NEW_PASSWORD).await);
}

#[tokio::test]
async fn of_many_who_accept_at_the_same_moment_at_two_servers_one_comes_in() {
    let (app, admin) = started().await;
    let other = app.beside().await;
    let token = invite(&admin, dana()).await;
    let clients: Vec<_> = (0..6).map(|n| if n % 2 == 0 { app.anonymous() } else { other.anonymous() }).collect();
    let document = document("acceptInvitation", "accessToken");
    let accepted = join_all(clients.iter().enumerate().map(|(n, client)| {
        let password = format!("{NEW_PASSWORD} {n}");
        client.send(&document, json!({"input": {"token": token, "password": password}}))
    }));
    let accepted = accepted.await;
    let winners: Vec<_> = (0..6).filter(|n| accepted[*n].get("errors").is_none()).collect();
    assert_eq!(winners.len(), 1, "{accepted:#?}");
    for answer in accepted.iter().filter(|answer| answer.get("errors").is_some()) {
        assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_INPUT", "{answer:#}");
    }
    assert!(can_sign_in(&app, "dana@example.com", &format!("{NEW_PASSWORD} {}", winners[0])).await);
}

#[tokio::test]
async fn a_link_expires() {
    let app = TestApp::builder().quiet().set("INVITATION_DAYS", 2).start().await;
    let admin = app.admin().await;
    let token = invite(&admin, dana()).await;
    app.advance(TimeDelta::hours(48));
    is_no_good(&app, &token).await;
    // A new one is good again.
    let token = invite(&app.admin().await, dana()).await;
    app.advance(TimeDelta::hours(47));
    assert!(accept(&app.anonymous(), &token).await.get("errors").is_none());
}

#[tokio::test]
async fn the_link_of_a_user_who_was_deactivated_or_deleted_is_no_good() {
    let (app, admin) = started().await;
    let token = invite(&admin, dana()).await;
    let id = text(&user_named(&admin, "dana@example.com").await["id"]);
    assert_eq!(set_active(&admin, &id, false).await, "INACTIVE");
    is_no_good(&app, &token).await;
    // Activated, they wait for an invitation again; the old link stays taken back.
    assert_eq!(set_active(&admin, &id, true).await, "INVITED");
    is_no_good(&app, &token).await;
    let token = invite(&admin, dana()).await;
    delete_user(&admin, &id).await;
    is_no_good(&app, &token).await;
    let again = done(&admin, "inviteUser", dana(), "link user { id }").await;
    assert_ne!(text(&again["user"]["id"]), id);
    is_no_good(&app, &token).await;
    assert!(accept(&app.anonymous(), &token_of(&text(&again["link"]))).await.get("errors").is_none());
}

#[tokio::test]
async fn forged_links_are_no_good() {
    let (app, admin) = started().await;
    let token = invite(&admin, dana()).await;
    let other = json!({"email": "fox@example.com", "fullName": "Fox", "roleId": system(SystemRole::Admin)});
    let of_other = invite(&admin, other).await;
    let (id, proof) = token.rsplit_once('.').unwrap();
    let (other_id, _) = of_other.rsplit_once('.').unwrap();
    let user_id = text(&user_named(&admin, "dana@example.com").await["id"]);
    for forged in [
        format!("{other_id}.{proof}"),
        format!("{user_id}.{proof}"),
        format!("{id}.{}", "0".repeat(64)),
        format!("{id}."),
        id.to_owned(),
        proof.to_owned(),
        String::new(),
        "ü".repeat(100),
        format!("{token}.{proof}"),
    ] {
        is_no_good(&app, &forged).await;
    }
    assert!(accept(&app.anonymous(), &token).await.get("errors").is_none());
}

#[tokio::test]
async fn a_link_of_another_installation_is_no_good() {
    let (app, admin) = started().await;
    let other = TestApp::builder().quiet().on(&app.db).set("API_JWT_SECRET", "another secret of 32 characters or so");
    let other = other.start().await;
    is_no_good(&other, &invite(&admin, dana()).await).await;
}

#[tokio::test]
async fn links_and_refresh_tokens_do_not_stand_for_each_other() {
    let (app, admin) = started().await;
    let token = invite(&admin, dana()).await;
    let refresh = json!({"refreshToken": token});
    assert_eq!(refused(&app.anonymous(), "refreshToken", refresh).await, "UNAUTHENTICATED");
    assert!(!is_known(&app.anonymous().with_token(&token)).await);
    let signed_in = sign_in(&app.anonymous(), crate::support::ADMIN.0, crate::support::ADMIN.1).await;
    for token in ["refreshToken", "accessToken"] {
        is_no_good(&app, &text(&signed_in["data"]["login"][token])).await;
    }
}

#[tokio::test]
async fn an_invitation_shows_nothing_to_who_may_not_manage_users() {
    let (app, admin) = started().await;
    invite(&admin, dana()).await;
    let id = user_named(&admin, "dana@example.com").await["id"].clone();
    let manager = Person::manager(&app, &admin, "Walter Skinner").await;
    let query = "query($id: ID!) { user(id: $id) { id } }";
    assert_eq!(manager.client.ok(query, json!({"id": id})).await["user"], Value::Null);
    assert_eq!(refused(&manager.client, "inviteUser", dana()).await, "FORBIDDEN");
    assert_eq!(refused(&app.anonymous(), "inviteUser", dana()).await, "UNAUTHENTICATED");
}

#[tokio::test]
async fn nobody_impersonates_or_resets_by_an_invitation_who_is_a_user_already() {
    let (app, admin) = started().await;
    let person = Person::manager(&app, &admin, "Dana Scully").await;
    let again = json!({"email": person.email, "fullName": "X", "roleId": system(SystemRole::Viewer)});
    assert_eq!(refused(&admin, "inviteUser", again.clone()).await, "ALREADY_EXISTS");
    set_active(&admin, &person.id, false).await;
    assert_eq!(refused(&admin, "inviteUser", again).await, "ALREADY_EXISTS");
    set_active(&admin, &person.id, true).await;
    assert!(can_sign_in(&app, &person.email, PASSWORD).await);
    let wrong = json!({"token": person.id, "password": NEW_PASSWORD});
    assert_eq!(wrong_fields(&app.anonymous(), "acceptInvitation", wrong).await, ["input.token"]);
}
