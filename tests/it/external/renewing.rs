//! A fresh token in a `ping` keeps a socket open.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{SHARED, World, viewer};
use crate::support::{Client, WsClient};

/// A socket whose token is good for a minute, and half a minute for clocks that differ.
async fn short_lived(world: &World) -> WsClient {
    let now = world.app.app.ambient.now().timestamp();
    let claims = world.claims_with("dana", json!({"exp": now + 60}));
    world.app.ws(&world.client(&claims)).await
}

async fn ping(socket: &mut WsClient, client: &Client) -> Result<Value, u16> {
    socket.send(json!({"type": "ping", "payload": {"token": client.token()}})).await;
    socket.receive().await
}

async fn who(socket: &mut WsClient) -> Value {
    socket.subscribe("{ viewer { user { email } expiresAt } }", json!({})).await;
    let answer = socket.event().await.unwrap()["data"]["viewer"].take();
    assert_eq!(socket.event().await, None);
    answer
}

#[tokio::test]
async fn a_fresh_token_in_a_ping_goes_on() {
    let world = World::start().await;
    let mut socket = short_lived(&world).await;
    let before = who(&mut socket).await;
    assert_eq!(ping(&mut socket, &world.subject("dana")).await, Ok(json!({"type": "pong"})));
    world.app.advance(TimeDelta::minutes(10));
    let after = who(&mut socket).await;
    assert_eq!(after["user"]["email"], "dana@example.com");
    assert_ne!(before["expiresAt"], after["expiresAt"]);
    world.app.advance(TimeDelta::minutes(60));
    assert_eq!(socket.receive().await, Err(4403));
}

#[tokio::test]
async fn a_token_of_another_issuer_for_the_same_user_goes_on_too() {
    let world = World::start().await;
    let mut socket = short_lived(&world).await;
    let other = world.client(&world.claims_with("d-4711", json!({"iss": SHARED, "email": "dana@example.com"})));
    assert_eq!(ping(&mut socket, &other).await, Ok(json!({"type": "pong"})));
    assert_eq!(who(&mut socket).await["user"]["email"], "dana@example.com");
}

#[tokio::test]
async fn a_token_of_somebody_else_in_a_ping_closes_the_socket() {
    let world = World::start().await;
    for other in [world.subject("fox"), world.app.admin().await] {
        let mut socket = short_lived(&world).await;
        assert_eq!(ping(&mut socket, &other).await, Err(4403));
    }
    // Also where the address is the same and nobody proved it.
    viewer(&world.subject("dana")).await;
    let claims = json!({"iss": SHARED, "email": "dana@example.com", "email_verified": false});
    let mut socket = short_lived(&world).await;
    assert_eq!(ping(&mut socket, &world.client(&world.claims_with("forger", claims))).await, Err(4403));
}

#[tokio::test]
async fn a_bad_token_in_a_ping_closes_the_socket() {
    let world = World::start().await;
    let now = world.app.app.ambient.now().timestamp();
    for claims in [json!({"aud": "another service"}), json!({"exp": now - 60})] {
        let mut socket = short_lived(&world).await;
        let bad = world.client(&world.claims_with("dana", claims));
        assert_eq!(ping(&mut socket, &bad).await, Err(4403));
    }
}

/// What was begun by a token ends with it, though the socket goes on by another one.
#[tokio::test]
async fn what_a_token_began_ends_with_its_sign_out_and_the_socket_goes_on_by_a_newer_one() {
    let world = World::with(json!({"defaultRole": "manager"})).await;
    let old = world.subject("dana");
    let mut socket = world.app.ws(&old).await;
    let job = json!({"id": old.onboard("Fernhollow CRM").await["id"]});
    socket.subscribe("subscription($id: ID!) { jobProgress(jobId: $id) { __typename } }", job.clone()).await;
    assert!(socket.event().await.is_some());
    old.ok("mutation { logout { sessionsEnded } }", json!({})).await;
    world.app.advance(TimeDelta::seconds(2));
    let new = world.subject("dana");
    assert_eq!(ping(&mut socket, &new).await, Ok(json!({"type": "pong"})));
    new.ok("mutation($id: ID!) { cancelJob(id: $id) { id } }", job).await;
    let last = socket.receive().await.unwrap();
    let errors = if last["type"] == "next" { &last["payload"]["errors"] } else { &last["payload"] };
    assert_eq!(errors[0]["extensions"]["code"], "UNAUTHENTICATED", "{last:#}");
}
