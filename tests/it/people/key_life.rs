//! How API keys are used over every transport, and how they end.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{Person, VIEWER, by_id, done, is_known, set_active, text, waiting_job};
use crate::support::{Client, Process, TestApp, WsClient};

const FOLLOW: &str = "subscription($id: ID!) { jobProgress(jobId: $id) { __typename } }";

/// A server, its administrator, and a key of theirs.
struct World {
    app: TestApp,
    admin: Client,
    id: Value,
    key: Client,
}

async fn world() -> World {
    let app = TestApp::builder().without_worker().start().await;
    let admin = app.admin().await;
    let (id, key) = made(&app, &admin, Value::Null).await;
    World { app, admin, id, key }
}

async fn made(app: &TestApp, owner: &Client, expires_at: Value) -> (Value, Client) {
    let input = json!({"name": "Importer", "scopes": ["CUSTOMERS_READ", "COMPANIES_READ"], "expiresAt": expires_at});
    let made = done(owner, "createApiKey", input, "secret apiKey { id }").await;
    (made["apiKey"]["id"].clone(), app.anonymous().with_token(&text(&made["secret"])))
}

impl World {
    async fn revoke(&self) -> Value {
        let query = "mutation($id: ID!) { revokeApiKey(id: $id) { revokedAt } }";
        self.admin.ok(query, json!({"id": self.id})).await["revokeApiKey"]["revokedAt"].take()
    }

    async fn last_used_at(&self) -> Value {
        self.admin.ok("{ apiKeys { nodes { lastUsedAt } } }", json!({})).await["apiKeys"]["nodes"][0]["lastUsedAt"]
            .take()
    }
}

/// Holds that a socket answers.
async fn answers(socket: &mut WsClient) {
    socket.subscribe(VIEWER, json!({})).await;
    let events = socket.events().await;
    assert!(events[0]["data"]["viewer"]["user"]["id"].is_string(), "{events:#?}");
}

#[tokio::test]
async fn a_key_works_over_websocket_and_event_streams() {
    let world = world().await;
    let job = waiting_job(&world.app, &world.admin).await;
    let mut socket = world.app.ws(&world.key).await;
    answers(&mut socket).await;
    socket.subscribe(FOLLOW, json!({"id": job})).await;
    assert_eq!(socket.event().await.unwrap()["data"]["jobProgress"]["__typename"], "JobState");
    let mut stream = world.app.sse(&world.key).subscribe(FOLLOW, json!({"id": job}), None).await;
    let event = stream.message().await.unwrap().data.unwrap();
    assert_eq!(event["data"]["jobProgress"]["__typename"], "JobState");
}

#[tokio::test]
async fn a_revoked_key_is_refused_by_the_very_next_request_at_every_server() {
    let world = world().await;
    let other = world.app.beside().await;
    let there = world.key.at(other.address);
    assert!(is_known(&world.key).await && is_known(&there).await);
    world.revoke().await;
    assert!(!is_known(&there).await);
    assert!(!is_known(&world.key).await);
    assert_eq!(WsClient::refused(other.address, there.token()).await, 4403);
    let response = there.request(VIEWER, json!({})).send().await.unwrap();
    assert_eq!(response.status(), 401);
    let body: Value = response.json().await.unwrap();
    let message = body["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("API key") && message.contains("revoked") && !message.contains("ign in"), "{message}");
}

#[tokio::test]
async fn the_sockets_and_streams_of_a_revoked_key_end_at_every_process() {
    let world = world().await;
    let process = Process::start(&world.app.db, &[]).await;
    let there = world.key.at(process.address);
    let mut here_socket = world.app.ws(&world.key).await;
    let mut there_socket = WsClient::connect(process.address, there.token()).await;
    answers(&mut there_socket).await;
    let job = waiting_job(&world.app, &world.admin).await;
    let mut stream = world.app.sse(&world.key).subscribe(FOLLOW, json!({"id": job}), None).await;
    assert!(stream.message().await.is_some());
    world.revoke().await;
    assert_eq!(here_socket.receive().await, Err(4403));
    assert_eq!(there_socket.receive().await, Err(4403));
    assert!(stream.message().await.is_none());
}

#[tokio::test]
async fn a_key_that_is_revoked_again_stays_as_it_is() {
    let world = world().await;
    let first = world.revoke().await;
    assert!(first.is_string());
    world.app.advance(TimeDelta::minutes(5));
    assert_eq!(world.revoke().await, first);
}

#[tokio::test]
async fn a_key_ends_when_it_expires() {
    let world = world().await;
    let end = world.app.app.ambient.now() + TimeDelta::hours(1);
    let (_, key) = made(&world.app, &world.admin, json!(end)).await;
    let expires = key.ok("{ viewer { expiresAt } }", json!({})).await["viewer"]["expiresAt"].clone();
    let expires: chrono::DateTime<chrono::Utc> = text(&expires).parse().unwrap();
    assert!((expires - end).abs() < TimeDelta::seconds(1));
    let mut socket = world.app.ws(&key).await;
    world.app.advance(TimeDelta::minutes(59));
    assert!(is_known(&key).await);
    world.app.advance(TimeDelta::minutes(2));
    assert!(!is_known(&key).await);
    assert_eq!(socket.receive().await, Err(4403));
    assert_eq!(WsClient::refused(world.app.address, key.token()).await, 4403);
    assert!(is_known(&world.key).await);
}

#[tokio::test]
async fn the_last_use_is_noted_to_the_minute() {
    let world = world().await;
    assert!(world.last_used_at().await.is_null());
    assert!(is_known(&world.key).await);
    let first = world.last_used_at().await;
    assert!(first.is_string());
    assert!(is_known(&world.key).await);
    assert_eq!(world.last_used_at().await, first);
    world.app.advance(TimeDelta::seconds(61));
    assert!(is_known(&world.key).await);
    let second = world.last_used_at().await;
    assert!(text(&second) > text(&first));
    world.revoke().await;
    world.app.advance(TimeDelta::seconds(61));
    assert!(!is_known(&world.key).await);
    assert_eq!(world.last_used_at().await, second);
}

#[tokio::test]
async fn a_key_rests_while_its_owner_is_deactivated() {
    let world = world().await;
    let other = world.app.beside().await;
    let owner = Person::manager(&world.app, &world.admin, "Dana Scully").await;
    let (_, key) = made(&world.app, &owner.client, Value::Null).await;
    let there = key.at(other.address);
    assert!(is_known(&there).await);
    set_active(&world.admin, &owner.id, false).await;
    assert!(!is_known(&there).await && !is_known(&key).await);
    set_active(&world.admin, &owner.id, true).await;
    assert!(is_known(&there).await && is_known(&key).await);
}

#[tokio::test]
async fn a_key_outlives_the_sign_in_that_made_it() {
    let world = world().await;
    let owner = Person::manager(&world.app, &world.admin, "Dana Scully").await;
    let (_, key) = made(&world.app, &owner.client, Value::Null).await;
    owner.client.ok("mutation { logoutEverywhere { sessionsEnded } }", json!({})).await;
    assert!(is_known(&key).await);
}

#[tokio::test]
async fn a_socket_takes_a_key_of_the_same_user_only() {
    let world = world().await;
    let owner = Person::manager(&world.app, &world.admin, "Dana Scully").await;
    let (_, key) = made(&world.app, &owner.client, Value::Null).await;
    let mut socket = world.app.ws(&world.admin).await;
    socket.send(json!({"type": "ping", "payload": {"token": world.key.token()}})).await;
    assert_eq!(socket.receive().await.unwrap()["type"], "pong");
    socket.send(json!({"type": "ping", "payload": {"token": key.token()}})).await;
    assert_eq!(socket.receive().await, Err(4403));
}

#[tokio::test]
async fn a_hundred_keys_are_enough_for_one_user() {
    let world = world().await;
    for _ in 1..100 {
        done(&world.admin, "createApiKey", json!({"name": "Next", "scopes": []}), "secret").await;
    }
    let more = json!({"name": "More", "scopes": []});
    assert_eq!(super::refused(&world.admin, "createApiKey", more.clone()).await, "CONFLICT");
    world.admin.ok(&by_id("revokeApiKey"), json!({"id": world.id})).await;
    done(&world.admin, "createApiKey", more, "secret").await;
}
