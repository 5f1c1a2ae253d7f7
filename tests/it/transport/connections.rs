//! How long and how many connections are kept.

use std::time::Duration;

use rapport::http::listener::{ConnectionLimits, Timeouts};
use serde_json::Value;

use super::support::{Raw, Server, Socket, patience, quick};

const JSON: &str = "Content-Type: application/json\r\n";
const HELLO: &str = r#"{"query":"{ hello }"}"#;
const SHORT: Duration = Duration::from_millis(100);
const LONG: Duration = Duration::from_secs(3600);

/// A server with these limits of time; those that a test is not about are long.
async fn timed(timeouts: Timeouts) -> Server {
    Server::limited(quick(), ConnectionLimits { timeouts, ..ConnectionLimits::default() }).await
}

const PATIENT: Timeouts = Timeouts { header: LONG, idle: LONG, write: LONG };

#[tokio::test]
async fn a_connection_that_sends_no_whole_head_in_time_is_closed() {
    let server = timed(Timeouts { header: SHORT, ..PATIENT }).await;
    for begun in ["", "POST /graphql HTTP/1.1\r\nHost: x\r\n", "PRI * HTTP/2.0\r\n"] {
        let mut client = Raw::connect(server.address).await;
        client.send(begun).await;
        assert_eq!(client.closed().await, "", "{begun}");
    }
}

#[tokio::test]
async fn the_second_head_of_a_connection_has_no_more_time_than_the_first() {
    let server = timed(Timeouts { header: SHORT, ..PATIENT }).await;
    let mut client = Raw::connect(server.address).await;
    client.post(JSON, HELLO).await;
    assert!(client.answer().await.0.starts_with("HTTP/1.1 200"));
    client.send("POST /graphql HTTP/1.1\r\n").await;
    assert_eq!(client.closed().await, "");
}

#[tokio::test]
async fn a_connection_without_a_request_is_closed_when_it_idled_for_long() {
    let server = timed(Timeouts { idle: SHORT, ..PATIENT }).await;
    let mut client = Raw::connect(server.address).await;
    client.post(JSON, HELLO).await;
    assert!(client.answer().await.1.contains("hello world"));
    assert_eq!(client.closed().await, "");
}

#[tokio::test]
async fn a_request_that_is_worked_on_is_not_idle() {
    let server = timed(Timeouts { idle: SHORT, header: SHORT, write: SHORT }).await;
    let mut client = Raw::connect(server.address).await;
    client.post(JSON, r#"{"query":"{ slow(millis: 700) }"}"#).await;
    assert!(client.answer().await.1.contains("true"));
    let mut socket = Socket::anonymous(&server).await;
    tokio::time::sleep(Duration::from_millis(700)).await;
    socket.settle().await;
}

#[tokio::test]
async fn an_event_stream_to_a_client_that_reads_nothing_ends() {
    let server = timed(Timeouts { write: SHORT, ..PATIENT }).await;
    let mut client = Raw::connect(server.address).await;
    let body = r#"{"query":"subscription { flood(bytes: 100000) }"}"#;
    let length = body.len();
    let head = format!("POST /graphql/stream HTTP/1.1\r\nHost: x\r\n{JSON}Content-Length: {length}\r\n\r\n");
    client.send(&format!("{head}{body}")).await;
    server.live_streams(1).await;
    server.live_streams(0).await;
    server.all_closed().await;
}

#[tokio::test]
async fn an_event_stream_to_a_client_that_reads_goes_on() {
    let server = timed(Timeouts { write: SHORT, ..PATIENT }).await;
    let mut response = patience(server.stream("subscription { flood(bytes: 100000) }").send()).await.unwrap();
    for _ in 0..200 {
        assert!(patience(response.chunk()).await.unwrap().is_some());
    }
    server.live_streams(1).await;
}

async fn counted(total: Option<usize>, per_address: Option<usize>, forwarded_hops: usize) -> Server {
    let limits = ConnectionLimits { total, per_address, forwarded_hops, timeouts: PATIENT };
    Server::limited(quick(), limits).await
}

/// The code of an answer's error.
fn code(body: &str) -> Value {
    serde_json::from_str::<Value>(body).unwrap()["errors"][0]["extensions"]["code"].take()
}

#[tokio::test]
async fn an_address_has_so_many_connections_and_gets_one_back_for_each_that_it_closes() {
    let server = counted(None, Some(2), 0).await;
    let silent = Raw::connect(server.address).await;
    let socket = Socket::anonymous(&server).await;
    let mut third = Raw::connect(server.address).await;
    let (head, body) = third.answer().await;
    assert!(head.starts_with("HTTP/1.1 429") && head.contains("Connection: close\r\n"), "{head}");
    assert_eq!(code(&body), "RATE_LIMITED");
    drop(silent);
    patience(async {
        loop {
            let mut client = Raw::connect(server.address).await;
            // Refused connections are answered before they ask.
            client.post(JSON, HELLO).await;
            if client.answer().await.0.starts_with("HTTP/1.1 200") {
                break;
            }
        }
    })
    .await;
    socket.close().await;
}

#[tokio::test]
async fn a_server_with_all_its_connections_says_so_to_others() {
    let server = counted(Some(1), None, 0).await;
    let _silent = Raw::connect(server.address).await;
    let (head, body) = Raw::connect(server.address).await.answer().await;
    assert!(head.starts_with("HTTP/1.1 503"), "{head}");
    assert_eq!(code(&body), "UNAVAILABLE");
}

#[tokio::test]
async fn behind_a_proxy_an_address_is_the_clients_and_counts_its_open_requests() {
    let server = counted(None, Some(2), 1).await;
    let from = |client: &str| format!("{JSON}X-Forwarded-For: 6.6.6.6, {client}\r\n");
    let stream = server.stream("subscription { silence }").header("x-forwarded-for", "192.0.2.1");
    let stream = patience(stream.send()).await.unwrap();
    let socket = Socket::open(Socket::request(&server, &[("x-forwarded-for", "192.0.2.1")])).await.unwrap().0;
    let mut proxy = Raw::connect(server.address).await;
    proxy.post(&from("192.0.2.1"), HELLO).await;
    let (head, body) = proxy.answer().await;
    assert!(head.starts_with("HTTP/1.1 429") && head.contains("Retry-After: "), "{head}");
    assert!(!head.contains("Connection: close"), "the proxy's connection serves others too: {head}");
    assert_eq!(code(&body), "RATE_LIMITED");
    proxy.post(&from("192.0.2.2"), HELLO).await;
    assert!(proxy.answer().await.0.starts_with("HTTP/1.1 200"));
    for open in [drop_later(stream), Box::pin(socket.close())] {
        open.await;
        patience(async {
            loop {
                proxy.post(&from("192.0.2.1"), HELLO).await;
                if proxy.answer().await.0.starts_with("HTTP/1.1 200") {
                    break;
                }
            }
        })
        .await;
    }
}

fn drop_later(response: reqwest::Response) -> std::pin::Pin<Box<dyn Future<Output = ()>>> {
    Box::pin(async move { drop(response) })
}

#[tokio::test]
async fn names_of_headers_are_spelled_as_clients_expect_them() {
    let server = Server::start().await;
    let mut client = Raw::connect(server.address).await;
    client.post(JSON, HELLO).await;
    let (head, _) = client.answer().await;
    for name in ["Content-Type: ", "Cache-Control: ", "X-Content-Type-Options: nosniff"] {
        assert!(head.contains(&format!("\r\n{name}")), "{name} in {head}");
    }
    client.send("GET /graphql/ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n").await;
    client.send("Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n").await;
    client.send("Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n").await;
    let (head, _) = client.answer().await;
    assert!(head.starts_with("HTTP/1.1 101"), "{head}");
    // What Python's gql looks for, letter by letter.
    assert!(head.contains("\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n"), "{head}");
}
