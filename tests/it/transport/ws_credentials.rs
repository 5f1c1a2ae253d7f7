//! Who holds a WebSocket, and for how long.

use std::{sync::atomic::Ordering, time::Duration};

use rapport::http::transport::TransportConfig;
use serde_json::{Value, json};

use super::support::{Server, Socket, quick};

const PAST_THE_SHORT_TOKEN: Duration = Duration::from_millis(900);

async fn who(socket: &mut Socket) -> Value {
    socket.subscribe("who", "{ who }").await;
    let answer = socket.next().await["payload"]["data"]["who"].clone();
    assert_eq!(socket.next().await["type"], "complete");
    answer
}

async fn refused(server: &Server, init: Value) -> (u16, String) {
    let mut socket = Socket::connect(server).await;
    socket.send(json!({"type": "connection_init", "payload": init})).await;
    socket.closed().await
}

#[tokio::test]
async fn the_token_comes_in_connection_init_under_any_of_three_names() {
    let server = Server::start().await;
    for init in
        [json!({"Authorization": "Bearer ann"}), json!({"authorization": "Bearer ann"}), json!({"token": "ann"})]
    {
        let mut socket = Socket::ready(&server, init).await;
        assert_eq!(who(&mut socket).await, "ann");
    }
}

#[tokio::test]
async fn the_token_may_come_with_the_upgrade() {
    let server = Server::start().await;
    let request = Socket::request(&server, &[("authorization", "Bearer ann")]);
    let mut socket = Socket::open(request).await.unwrap().0;
    socket.send(json!({"type": "connection_init"})).await;
    assert_eq!(socket.next().await["type"], "connection_ack");
    assert_eq!(who(&mut socket).await, "ann");
}

#[tokio::test]
async fn the_token_of_connection_init_wins_over_that_of_the_upgrade() {
    let server = Server::start().await;
    let request = Socket::request(&server, &[("authorization", "Bearer bob")]);
    let mut socket = Socket::open(request).await.unwrap().0;
    let init = json!({"type": "connection_init", "payload": {"token": "ann"}});
    socket.send(init).await;
    assert_eq!(socket.next().await["type"], "connection_ack");
    assert_eq!(who(&mut socket).await, "ann");
}

#[tokio::test]
async fn no_token_is_an_anonymous_connection() {
    let server = Server::start().await;
    let mut socket = Socket::anonymous(&server).await;
    assert_eq!(who(&mut socket).await, "anonymous");
}

#[tokio::test]
async fn a_bad_token_in_connection_init_is_4403() {
    let server = Server::start().await;
    for init in [json!({"token": "forged"}), json!({"token": 7}), json!({"Authorization": "Basic ann"})] {
        assert_eq!(refused(&server, init).await.0, 4403);
    }
    let (code, reason) = refused(&server, json!({"token": "expired"})).await;
    assert_eq!(code, 4403);
    assert!(reason.contains("expired"), "{reason}");
}

#[tokio::test]
async fn a_bad_token_of_the_upgrade_is_4403() {
    let server = Server::start().await;
    let request = Socket::request(&server, &[("authorization", "Bearer forged")]);
    let mut socket = Socket::open(request).await.unwrap().0;
    socket.send(json!({"type": "connection_init"})).await;
    assert_eq!(socket.closed().await.0, 4403);
}

#[tokio::test]
async fn a_token_that_cannot_be_checked_is_1013_and_not_4403() {
    let server = Server::start().await;
    server.switches.down.store(true, Ordering::SeqCst);
    assert_eq!(refused(&server, json!({"token": "ann"})).await.0, 1013);
}

#[tokio::test]
async fn a_socket_is_closed_with_4403_when_its_token_expires() {
    let server = Server::start().await;
    let mut socket = Socket::ready(&server, json!({"token": "ann-short"})).await;
    socket.subscribe("a", "subscription { silence }").await;
    let reason = "Access has expired.";
    assert_eq!(socket.closed().await, (4403, reason.to_owned()));
    server.live_streams(0).await;
}

#[tokio::test]
async fn a_busy_socket_is_closed_too_when_its_token_expires() {
    let server = Server::start().await;
    let mut socket = Socket::ready(&server, json!({"token": "ann-short"})).await;
    socket.subscribe("a", "subscription { flood(bytes: 10) }").await;
    assert_eq!(socket.closed().await.0, 4403);
}

#[tokio::test]
async fn a_socket_is_closed_with_4403_when_its_caller_is_revoked() {
    let server = Server::start().await;
    let mut socket = Socket::ready(&server, json!({"token": "ann"})).await;
    server.switches.revoked.store(true, Ordering::SeqCst);
    let reason = "Access was revoked.";
    assert_eq!(socket.closed().await, (4403, reason.to_owned()));
}

#[tokio::test]
async fn subscriptions_go_on_while_their_caller_is_looked_at() {
    let server = Server::start().await;
    server.switches.checks_after_an_event.store(true, Ordering::SeqCst);
    let mut socket = Socket::ready(&server, json!({"token": "ann"})).await;
    socket.subscribe("a", "subscription { flood(bytes: 10) }").await;
    while server.switches.checks.load(Ordering::SeqCst) < 3 {
        assert_eq!(socket.next().await["type"], "next");
    }
}

#[tokio::test]
async fn a_caller_is_asked_for_only_once_per_interval() {
    let config = TransportConfig { revalidate_interval: Duration::from_hours(1), ..quick() };
    let server = Server::with(config).await;
    let mut socket = Socket::ready(&server, json!({"token": "ann"})).await;
    server.switches.revoked.store(true, Ordering::SeqCst);
    tokio::time::sleep(Duration::from_millis(100)).await;
    socket.settle().await;
}

#[tokio::test]
async fn a_fresh_token_in_a_ping_keeps_the_socket_open() {
    let server = Server::start().await;
    let mut socket = Socket::ready(&server, json!({"token": "ann-short"})).await;
    socket.subscribe("a", "subscription { silence }").await;
    socket.send(json!({"type": "ping", "payload": {"token": "ann"}})).await;
    // The token does not come back.
    assert_eq!(socket.next().await, json!({"type": "pong"}));
    tokio::time::sleep(PAST_THE_SHORT_TOKEN).await;
    socket.settle().await;
    server.live_streams(1).await;
}

#[tokio::test]
async fn a_ping_without_a_token_does_not_extend_anything() {
    let server = Server::start().await;
    let mut socket = Socket::ready(&server, json!({"token": "ann-short"})).await;
    socket.settle().await;
    assert_eq!(socket.closed().await.0, 4403);
}

#[tokio::test]
async fn a_bad_token_in_a_ping_is_4403() {
    let server = Server::start().await;
    let mut socket = Socket::ready(&server, json!({"token": "ann"})).await;
    let ping = json!({"type": "ping", "payload": {"Authorization": "Bearer forged"}});
    socket.send(ping).await;
    assert_eq!(socket.closed().await.0, 4403);
}

#[tokio::test]
async fn the_token_of_somebody_else_in_a_ping_is_4403() {
    let server = Server::start().await;
    let mut socket = Socket::ready(&server, json!({"token": "ann"})).await;
    socket.send(json!({"type": "ping", "payload": {"token": "bob"}})).await;
    let reason = "The token belongs to somebody else";
    assert_eq!(socket.closed().await, (4403, reason.to_owned()));
}

#[tokio::test]
async fn a_token_in_a_ping_that_cannot_be_checked_changes_nothing() {
    let server = Server::start().await;
    let mut socket = Socket::ready(&server, json!({"token": "ann"})).await;
    server.switches.down.store(true, Ordering::SeqCst);
    socket.send(json!({"type": "ping", "payload": {"token": "ann"}})).await;
    assert_eq!(socket.next().await, json!({"type": "pong"}));
    assert_eq!(who(&mut socket).await, "ann");
}
