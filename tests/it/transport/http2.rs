//! HTTP/2 without TLS, as proxies speak it.

use std::time::Duration;

use bytes::Bytes;
use h2::client::SendRequest;
use http::Request;
use rapport::http::listener::{ConnectionLimits, Timeouts};
use tokio::net::TcpStream;

use super::support::{Server, patience, quick};

async fn connect(server: &Server) -> SendRequest<Bytes> {
    let stream = TcpStream::connect(server.address).await.unwrap();
    // A stream that is not read uses up the window of its connection too, unless that is larger.
    let mut builder = h2::client::Builder::new();
    let handshake = builder.initial_connection_window_size(1 << 20).handshake(stream);
    let (client, connection) = patience(handshake).await.unwrap();
    tokio::spawn(connection);
    patience(client.ready()).await.unwrap()
}

/// Sends a request with a body and returns the answer with its unread body.
async fn post(client: &mut SendRequest<Bytes>, path: &str, kind: &str, body: String) -> http::Response<h2::RecvStream> {
    let request = Request::post(format!("http://x{path}")).header("content-type", kind).body(()).unwrap();
    let (answer, mut sending) = client.send_request(request, false).unwrap();
    sending.send_data(body.into(), true).unwrap();
    patience(answer).await.unwrap()
}

async fn text(mut body: h2::RecvStream) -> String {
    let mut text = Vec::new();
    while let Some(chunk) = patience(body.data()).await {
        let chunk = chunk.unwrap();
        body.flow_control().release_capacity(chunk.len()).unwrap();
        text.extend_from_slice(&chunk);
    }
    String::from_utf8(text).unwrap()
}

#[tokio::test]
async fn requests_share_a_connection_also_after_one_is_refused() {
    let server = Server::start().await;
    let mut client = connect(&server).await;
    let json = "application/json";
    let refused = post(&mut client, "/graphql", "text/plain", "x".repeat(10_000)).await;
    assert_eq!(refused.status(), 415);
    assert_eq!(refused.headers().get("connection"), None);
    let slow = post(&mut client, "/graphql", json, r#"{"query":"{ slow(millis: 10) }"}"#.to_owned()).await;
    let quick = post(&mut client, "/graphql", json, r#"{"query":"{ peer }"}"#.to_owned()).await;
    assert!(text(quick.into_body()).await.contains("127.0.0.1"));
    assert!(text(slow.into_body()).await.contains("true"));
    let stream =
        post(&mut client, "/graphql/stream", json, r#"{"query":"subscription { count(to: 2) }"}"#.to_owned()).await;
    assert!(text(stream.into_body()).await.ends_with("event: complete\ndata:\n\n"));
}

#[tokio::test]
async fn a_stream_that_is_not_read_ends_and_the_others_of_its_connection_go_on() {
    let timeouts = Timeouts { write: Duration::from_millis(100), ..Timeouts::default() };
    let limits = ConnectionLimits { timeouts, ..ConnectionLimits::default() };
    let server = Server::limited(quick(), limits).await;
    let mut client = connect(&server).await;
    let flood = r#"{"query":"subscription { flood(bytes: 10000) }"}"#.to_owned();
    let _unread = post(&mut client, "/graphql/stream", "application/json", flood).await;
    server.live_streams(1).await;
    server.live_streams(0).await;
    let answer = post(&mut client, "/graphql", "application/json", r#"{"query":"{ hello }"}"#.to_owned()).await;
    assert!(text(answer.into_body()).await.contains("hello world"));
}
