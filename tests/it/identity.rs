//! Who somebody is, and what they may do.

mod matrix;
mod operations;
mod rights;
mod table;

use chrono::TimeDelta;
use rapport::{
    auth::SystemRole,
    domains::identity::{UserColumn, UserEntity, create_user},
};
use reqwest::{StatusCode, header};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use serde_json::{Value, json};

use crate::support::{Client, TestApp, WsClient, patience};

const LOGIN: &str = "mutation($email: String!, $password: String!) {
    login(input: {email: $email, password: $password}) { accessToken expiresAt viewer { user { email lastLoginAt } } } }";
const PASSWORD: &str = "a password of a test user";

/// Makes a user and returns the mail address.
async fn make_user(app: &TestApp, role: SystemRole) -> String {
    let email = format!("{}@example.com", uuid::Uuid::new_v4().simple());
    create_user(&app.app.db, &app.app.ambient, &email, "Test User", role, PASSWORD).await.unwrap();
    email
}

async fn deactivate(app: &TestApp, email: &str) {
    let tx = app.app.db.begin().await.unwrap();
    let update = UserEntity::update_many().col_expr(UserColumn::Status, Expr::value("INACTIVE"));
    update.filter(UserColumn::Email.eq(email)).exec(&*tx).await.unwrap();
    tx.commit().await.unwrap();
}

async fn log_in(client: &Client, email: &str, password: &str) -> Value {
    client.send(LOGIN, json!({"email": email, "password": password})).await
}

/// The HTTP status and the first error's code of a request of `client`.
async fn refusal(client: &Client) -> (StatusCode, Value) {
    let response = client.request("{ viewer { user { id } } }", json!({})).send().await.unwrap();
    let status = response.status();
    if status == StatusCode::UNAUTHORIZED {
        assert!(response.headers()[header::WWW_AUTHENTICATE].to_str().unwrap().starts_with("Bearer"));
    }
    let response: Value = response.json().await.unwrap();
    (status, response["errors"][0]["extensions"]["code"].clone())
}

#[tokio::test]
async fn a_sign_in_yields_a_token_that_names_its_user() {
    let app = TestApp::builder().quiet().start().await;
    let response = log_in(&app.anonymous(), "admin@example.com", "correct horse battery").await;
    let login = &response["data"]["login"];
    assert!(login["viewer"]["user"]["lastLoginAt"].is_string(), "{response:#}");
    let expires_at: chrono::DateTime<chrono::Utc> = login["expiresAt"].as_str().unwrap().parse().unwrap();
    assert!(expires_at > app.app.ambient.now());
    let client = app.anonymous().with_token(login["accessToken"].as_str().unwrap());
    let viewer = client.ok("{ viewer { user { email role { name } status } } }", json!({})).await;
    assert_eq!(
        viewer["viewer"]["user"],
        json!({"email": "admin@example.com", "role": {"name": "admin"}, "status": "ACTIVE"})
    );
}

#[tokio::test]
async fn a_mail_address_is_the_same_in_capitals_and_between_spaces() {
    let app = TestApp::builder().quiet().start().await;
    let response = log_in(&app.anonymous(), " Admin@EXAMPLE.com ", "correct horse battery").await;
    assert_eq!(response["data"]["login"]["viewer"]["user"]["email"], "admin@example.com", "{response:#}");
}

#[tokio::test]
async fn a_refused_sign_in_does_not_say_what_was_wrong() {
    let app = TestApp::builder().quiet().start().await;
    let inactive = make_user(&app, SystemRole::Manager).await;
    deactivate(&app, &inactive).await;
    let cases = [
        ("admin@example.com", "wrong horse battery"),
        ("nobody@example.com", "correct horse battery"),
        (&inactive, PASSWORD),
        ("admin@example.com", "CORRECT HORSE BATTERY"),
        ("admin@example.com", " correct horse battery"),
    ];
    let mut messages = Vec::new();
    for (email, password) in cases {
        let mut response = log_in(&app.anonymous(), email, password).await;
        let error = &mut response["errors"][0];
        assert_eq!(error["extensions"]["code"], "UNAUTHENTICATED", "{email}");
        error["extensions"]["requestId"].take();
        messages.push(error.take());
    }
    messages.dedup();
    assert_eq!(messages.len(), 1, "{messages:#?}");
}

#[tokio::test]
async fn nobody_is_the_viewer_of_an_anonymous_request() {
    let app = TestApp::builder().quiet().start().await;
    assert_eq!(app.anonymous().ok("{ viewer { user { id } } }", json!({})).await, json!({"viewer": null}));
}

#[tokio::test]
async fn an_expired_token_is_401() {
    let app = TestApp::builder().quiet().set("ACCESS_TOKEN_MINUTES", 5).start().await;
    let admin = app.admin().await;
    app.advance(TimeDelta::seconds(290));
    admin.ok("{ viewer { user { id } } }", json!({})).await;
    app.advance(TimeDelta::seconds(10));
    assert_eq!(refusal(&admin).await, (StatusCode::UNAUTHORIZED, json!("UNAUTHENTICATED")));
}

#[tokio::test]
async fn a_socket_with_an_expired_token_is_closed() {
    let app = TestApp::builder().quiet().set("ACCESS_TOKEN_MINUTES", 5).start().await;
    let admin = app.admin().await;
    let mut open = app.ws(&admin).await;
    app.advance(TimeDelta::minutes(5));
    assert_eq!(open.receive().await, Err(4403));
    assert_eq!(WsClient::refused(app.address, admin.token()).await, 4403);
}

#[tokio::test]
async fn a_token_of_another_secret_is_401() {
    let app = TestApp::builder().quiet().start().await;
    let other =
        TestApp::builder().quiet().on(&app.db).set("API_JWT_SECRET", "another secret of at least 32 characters");
    let other = other.start().await;
    let forged = other.admin().await.at(app.address);
    assert_eq!(refusal(&forged).await, (StatusCode::UNAUTHORIZED, json!("UNAUTHENTICATED")));
    assert_eq!(WsClient::refused(app.address, forged.token()).await, 4403);
}

#[tokio::test]
async fn a_token_that_was_changed_is_401() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let parts: Vec<_> = admin.token().unwrap().split('.').collect();
    let unsigned = format!("{}.{}.", parts[0], parts[1]);
    let swapped = format!("{}.{}.{}", parts[0], parts[1], parts[2].chars().rev().collect::<String>());
    for token in [unsigned.as_str(), &swapped, "nonsense", "a.b.c"] {
        let refused = refusal(&admin.with_token(token)).await;
        assert_eq!(refused, (StatusCode::UNAUTHORIZED, json!("UNAUTHENTICATED")), "{token}");
    }
}

#[tokio::test]
async fn the_tokens_of_a_user_who_is_deactivated_stop_working() {
    let app = TestApp::builder().quiet().start().await;
    let email = make_user(&app, SystemRole::Manager).await;
    let user = app.anonymous().sign_in(&email, PASSWORD).await;
    let mut socket = app.ws(&user).await;
    deactivate(&app, &email).await;
    // What is remembered of a user is forgotten within seconds.
    patience(async {
        while refusal(&user).await.0 != StatusCode::UNAUTHORIZED {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    })
    .await;
    assert_eq!(socket.receive().await, Err(4403));
}

#[tokio::test]
async fn a_second_start_makes_no_second_administrator() {
    let app = TestApp::builder().quiet().start().await;
    let again = TestApp::builder().quiet().on(&app.db).set("ADMIN_EMAIL", "second@example.com");
    let again = again.set("ADMIN_PASSWORD", "another password for it").start().await;
    let users = UserEntity::find().all(app.app.db.reader()).await.unwrap();
    let emails: Vec<_> = users.iter().map(|user| user.email.as_str()).collect();
    assert_eq!(emails, ["admin@example.com"]);
    let response = log_in(&again.anonymous(), "second@example.com", "another password for it").await;
    assert_eq!(response["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
}
