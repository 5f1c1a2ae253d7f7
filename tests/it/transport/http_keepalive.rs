//! Connections that are used again after a request was turned down.

use rapport::http::transport::TransportConfig;

use super::support::{Raw, Server, patience, quick};

const JSON: &str = "Content-Type: application/json\r\n";
const HELLO: &str = r#"{"query":"{ hello }"}"#;

/// A valid query of so many bytes.
fn long(bytes: usize) -> String {
    format!(r#"{{"query":"{{ hello }} #{}"}}"#, "x".repeat(bytes))
}

#[tokio::test]
async fn a_request_that_is_refused_before_its_body_is_read_leaves_the_connection_for_the_next() {
    let server = Server::start().await;
    let mut client = Raw::connect(server.address).await;
    for (headers, path, status) in [
        ("Content-Type: application/json\r\nAuthorization: Bearer forged\r\n", "/graphql", 401),
        ("Content-Type: application/json\r\nAccept: text/html\r\n", "/graphql", 406),
        ("Content-Type: text/plain\r\n", "/graphql", 415),
        ("Content-Type: application/json\r\nAccept: application/json\r\n", "/graphql/stream", 406),
        ("Content-Type: application/json\r\n", "/graphql/ws", 426),
        ("Content-Type: application/json\r\n", "/nothing", 404),
    ] {
        let body = long(100_000);
        let head = format!("POST {path} HTTP/1.1\r\nHost: x\r\n{headers}Content-Length: {}\r\n\r\n", body.len());
        client.send(&head).await;
        // The answer must not depend on how the body comes.
        for piece in body.as_bytes().chunks(30_000) {
            client.send(std::str::from_utf8(piece).unwrap()).await;
            tokio::task::yield_now().await;
        }
        let (head, _) = client.answer().await;
        assert!(head.starts_with(&format!("HTTP/1.1 {status}")), "{path} {headers} {head}");
        assert!(!head.contains("Connection: close"), "{head}");
        client.post(JSON, HELLO).await;
        assert!(client.answer().await.1.contains("hello world"), "after {status}");
    }
}

#[tokio::test]
async fn a_body_a_little_too_large_leaves_the_connection_for_the_next() {
    let config = TransportConfig { max_body_bytes: 1000, ..quick() };
    let server = Server::with(config).await;
    let mut client = Raw::connect(server.address).await;
    client.post(JSON, &long(2000)).await;
    assert!(client.answer().await.0.starts_with("HTTP/1.1 413"));
    client.post(JSON, HELLO).await;
    assert!(client.answer().await.1.contains("hello world"));
}

#[tokio::test]
async fn a_connection_that_closes_after_a_refusal_says_so() {
    let server = Server::start().await;
    let mut waits = Raw::connect(server.address).await;
    waits.send("POST /graphql HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n").await;
    let (head, _) = waits.answer().await;
    assert!(head.starts_with("HTTP/1.1 415") && head.contains("\r\nConnection: close\r\n"), "{head}");
    assert_eq!(waits.closed().await, "");
    let mut announces = Raw::connect(server.address).await;
    announces.send("POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999\r\n\r\n").await;
    let (head, _) = announces.answer().await;
    assert!(head.starts_with("HTTP/1.1 415") && head.contains("\r\nConnection: close\r\n"), "{head}");
}

#[tokio::test]
async fn a_client_that_sends_all_of_a_huge_body_first_still_reads_the_refusal() {
    let server = Server::start().await;
    let mut client = Raw::connect(server.address).await;
    client.post(JSON, &long(8_000_000)).await;
    let (head, body) = client.answer().await;
    assert!(head.starts_with("HTTP/1.1 413") && head.contains("\r\nConnection: close\r\n"), "{head}");
    assert!(body.contains("QUERY_TOO_COMPLEX"), "{body}");
}

#[tokio::test]
async fn a_pool_of_connections_loses_no_request_to_refusals() {
    let server = Server::start().await;
    let body = long(100_000);
    for _ in 0..50 {
        let refused =
            server.client.post(server.url("/graphql")).header("content-type", "text/plain").body(body.clone());
        assert_eq!(patience(refused.send()).await.unwrap().status(), 415);
        let next = server.client.post(server.url("/graphql")).header("content-type", "application/json");
        assert_eq!(patience(next.body(body.clone()).send()).await.unwrap().status(), 200);
    }
}
