//! Operations on a WebSocket.

use rapport::http::transport::TransportConfig;
use serde_json::{Value, json};

use super::support::{Server, Socket, quick};

fn complete(id: &str) -> Value {
    json!({"type": "complete", "id": id})
}

fn next(id: &str, data: &Value) -> Value {
    json!({"type": "next", "id": id, "payload": {"data": data}})
}

#[tokio::test]
async fn a_subscription_is_a_next_per_event_and_a_complete() {
    let server = Server::start().await;
    let mut socket = Socket::anonymous(&server).await;
    socket.subscribe("a", "subscription { count(to: 2) }").await;
    assert_eq!(socket.next().await, next("a", &json!({"count": 1})));
    assert_eq!(socket.next().await, next("a", &json!({"count": 2})));
    assert_eq!(socket.next().await, complete("a"));
}

#[tokio::test]
async fn queries_and_mutations_are_served_too() {
    let server = Server::start().await;
    let mut socket = Socket::anonymous(&server).await;
    socket.subscribe("a", "{ hello }").await;
    assert_eq!(socket.next().await, next("a", &json!({"hello": "hello world"})));
    assert_eq!(socket.next().await, complete("a"));
    socket.subscribe("b", "mutation { bump }").await;
    assert_eq!(socket.next().await, next("b", &json!({"bump": 1})));
    assert_eq!(socket.next().await, complete("b"));
}

#[tokio::test]
async fn variables_and_the_operation_name_are_passed_on() {
    let server = Server::start().await;
    let mut socket = Socket::anonymous(&server).await;
    let payload = json!({
        "query": "query A { who } query B($n: String!) { hello(name: $n) }",
        "operationName": "B", "variables": {"n": "ann"}, "extensions": null,
    });
    socket.send(json!({"type": "subscribe", "id": "a", "payload": payload})).await;
    assert_eq!(socket.next().await, next("a", &json!({"hello": "hello ann"})));
}

#[tokio::test]
async fn an_invalid_document_is_an_error_and_nothing_after_it() {
    let server = Server::start().await;
    let mut socket = Socket::anonymous(&server).await;
    for query in ["{", "{ nothing }", "subscription { nothing }"] {
        socket.subscribe("a", query).await;
        let message = socket.next().await;
        assert_eq!((&message["type"], &message["id"]), (&json!("error"), &json!("a")));
        assert!(message["payload"][0]["message"].is_string(), "{message}");
        socket.settle().await;
    }
}

#[tokio::test]
async fn an_error_during_execution_is_a_next() {
    let server = Server::start().await;
    let mut socket = Socket::anonymous(&server).await;
    socket.subscribe("a", "{ fails }").await;
    let message = socket.next().await;
    assert_eq!(message["type"], "next");
    assert_eq!(message["payload"]["data"], Value::Null);
    assert_eq!(message["payload"]["errors"][0]["path"], json!(["fails"]));
    assert_eq!(socket.next().await, complete("a"));
}

#[tokio::test]
async fn a_complete_of_the_client_ends_the_operation_without_an_echo() {
    let server = Server::start().await;
    let mut socket = Socket::anonymous(&server).await;
    socket.subscribe("a", "subscription { silence }").await;
    server.live_streams(1).await;
    socket.complete("a").await;
    server.live_streams(0).await;
    socket.settle().await;
}

#[tokio::test]
async fn a_complete_ends_a_busy_operation_as_well() {
    let server = Server::start().await;
    let mut socket = Socket::anonymous(&server).await;
    socket.subscribe("a", "subscription { flood(bytes: 10) }").await;
    assert_eq!(socket.next().await["type"], "next");
    socket.complete("a").await;
    socket.subscribe("b", "{ hello }").await;
    // What was on its way still arrives, but once "b" speaks "a" is silent.
    while socket.next().await["id"] == "a" {}
    assert_eq!(socket.next().await, complete("b"));
    socket.settle().await;
}

#[tokio::test]
async fn an_id_may_be_used_again_after_its_operation() {
    let server = Server::start().await;
    let mut socket = Socket::anonymous(&server).await;
    socket.subscribe("a", "subscription { silence }").await;
    socket.complete("a").await;
    for _ in 0..2 {
        socket.subscribe("a", "{ hello }").await;
        assert_eq!(socket.next().await["type"], "next");
        assert_eq!(socket.next().await, complete("a"));
    }
}

#[tokio::test]
async fn a_complete_of_an_unknown_operation_is_ignored() {
    let server = Server::start().await;
    let mut socket = Socket::anonymous(&server).await;
    socket.complete("never-was").await;
    socket.settle().await;
}

#[tokio::test]
async fn an_operation_over_the_cap_is_an_error_and_the_others_go_on() {
    let config = TransportConfig { ws_max_operations: 2, ..quick() };
    let server = Server::with(config).await;
    let mut socket = Socket::anonymous(&server).await;
    for id in ["a", "b", "c"] {
        socket.subscribe(id, "subscription { silence }").await;
    }
    let message = socket.next().await;
    assert_eq!((&message["type"], &message["id"]), (&json!("error"), &json!("c")));
    let extensions = &message["payload"][0]["extensions"];
    assert_eq!(extensions["code"], "RATE_LIMITED");
    assert_eq!(extensions["retryable"], true);
    socket.complete("a").await;
    socket.subscribe("c", "{ hello }").await;
    assert_eq!(socket.next().await["type"], "next");
}

#[tokio::test]
async fn busy_operations_are_served_in_turn() {
    let server = Server::start().await;
    let mut socket = Socket::anonymous(&server).await;
    for id in ["a", "b"] {
        socket.subscribe(id, "subscription { flood(bytes: 10) }").await;
    }
    while socket.next().await["id"] != "b" {}
    let mut order = String::new();
    for _ in 0..6 {
        order.push_str(socket.next().await["id"].as_str().unwrap());
    }
    assert_eq!(order, "ababab");
}

#[tokio::test]
async fn a_slow_query_does_not_hold_up_the_others() {
    let server = Server::start().await;
    let mut socket = Socket::anonymous(&server).await;
    socket.subscribe("a", "{ slow(millis: 60000) }").await;
    socket.subscribe("b", "{ hello }").await;
    assert_eq!(socket.next().await["id"], "b");
}

#[tokio::test]
async fn a_bug_in_a_stream_ends_that_operation_alone() {
    let server = Server::start().await;
    let mut socket = Socket::anonymous(&server).await;
    socket.subscribe("a", "subscription { breaks }").await;
    assert_eq!(socket.next().await, next("a", &json!({"breaks": 1})));
    let message = socket.next().await;
    assert_eq!(message["type"], "error");
    assert_eq!(message["payload"][0]["extensions"]["code"], "INTERNAL");
    socket.settle().await;
}

#[tokio::test]
async fn each_operation_has_a_request_id_of_its_own() {
    let server = Server::start().await;
    let request = Socket::request(&server, &[("x-request-id", "r")]);
    let mut socket = Socket::open(request).await.unwrap().0;
    socket.send(json!({"type": "connection_init"})).await;
    socket.next().await;
    for (id, request_id) in [("a", "r-1"), ("b", "r-2")] {
        socket.subscribe(id, "{ requestId }").await;
        let data = json!({"requestId": request_id});
        assert_eq!(socket.next().await, next(id, &data));
        socket.next().await;
    }
}

#[tokio::test]
async fn an_upgrade_on_the_graphql_route_works_as_well() {
    let server = Server::start().await;
    let mut request = Socket::request(&server, &[]);
    *request.uri_mut() = format!("ws://{}/graphql", server.address).parse().unwrap();
    let (mut socket, response) = Socket::open(request).await.unwrap();
    let protocol = &response.headers()["sec-websocket-protocol"];
    assert_eq!(protocol, "graphql-transport-ws");
    socket.send(json!({"type": "connection_init"})).await;
    assert_eq!(socket.next().await, json!({"type": "connection_ack"}));
}

#[tokio::test]
async fn a_ping_is_answered_with_its_payload_even_before_the_connection_is_acknowledged() {
    let server = Server::start().await;
    let mut socket = Socket::connect(&server).await;
    socket.send(json!({"type": "ping"})).await;
    assert_eq!(socket.next().await, json!({"type": "pong"}));
    socket.send(json!({"type": "ping", "payload": {"n": 1}})).await;
    let pong = json!({"type": "pong", "payload": {"n": 1}});
    assert_eq!(socket.next().await, pong);
    socket.send(json!({"type": "pong"})).await;
    socket.settle().await;
}

#[tokio::test]
async fn a_client_that_says_goodbye_ends_its_operations() {
    let server = Server::start().await;
    let mut socket = Socket::anonymous(&server).await;
    socket.subscribe("a", "subscription { silence }").await;
    server.live_streams(1).await;
    socket.close().await;
    server.live_streams(0).await;
    server.all_closed().await;
}

#[tokio::test]
async fn a_client_that_vanishes_ends_its_operations() {
    let server = Server::start().await;
    let mut socket = Socket::anonymous(&server).await;
    socket.subscribe("a", "subscription { silence }").await;
    server.live_streams(1).await;
    drop(socket);
    server.live_streams(0).await;
    server.all_closed().await;
}
