//! Server-sent events.

use std::{sync::atomic::Ordering, time::Duration};

use rapport::http::transport::TransportConfig;
use reqwest::{RequestBuilder, Response};
use serde_json::Value;

use super::support::{Server, patience, quick};

async fn open(request: RequestBuilder) -> Response {
    let response = patience(request.send()).await.unwrap();
    assert_eq!(response.status(), 200);
    response
}

/// Everything up to the end of the stream.
async fn all(request: RequestBuilder) -> String {
    patience(open(request).await.text()).await.unwrap()
}

/// Reads on until the text contains what is looked for.
async fn read_until(response: &mut Response, wanted: &str) -> String {
    let mut text = String::new();
    while !text.contains(wanted) {
        let chunk = patience(response.chunk()).await.unwrap();
        text.push_str(std::str::from_utf8(&chunk.unwrap()).unwrap());
    }
    text
}

#[tokio::test]
async fn a_subscription_is_a_next_per_event_and_a_complete() {
    let server = Server::start().await;
    let text = all(server.stream("subscription { count(to: 2) }")).await;
    assert_eq!(
        text,
        ":\n\n\
         event: next\nid: c1\ndata: {\"data\":{\"count\":1}}\n\n\
         event: next\nid: c2\ndata: {\"data\":{\"count\":2}}\n\n\
         event: complete\ndata:\n\n"
    );
}

#[tokio::test]
async fn a_query_is_one_next_and_a_complete() {
    let server = Server::start().await;
    let text = all(server.stream("{ hello }")).await;
    assert_eq!(
        text,
        ":\n\nevent: next\nid: c1\ndata: {\"data\":{\"hello\":\"hello world\"}}\n\n\
         event: complete\ndata:\n\n"
    );
}

#[tokio::test]
async fn a_stream_is_declared_as_one_that_nobody_stores_or_collects() {
    let server = Server::start().await;
    let response = open(server.stream("{ hello }")).await;
    let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "text/event-stream; charset=utf-8");
    assert_eq!(header("cache-control"), "no-store");
    assert_eq!(header("x-accel-buffering"), "no");
    assert!(header("x-request-id").starts_with("made-"));
}

#[tokio::test]
async fn a_get_may_subscribe() {
    let server = Server::start().await;
    let url = server.url("/graphql/stream?query=subscription%7Bcount(to:1)%7D");
    let text = all(server.client.get(url)).await;
    assert!(text.contains(r#"{"data":{"count":1}}"#), "{text}");
}

#[tokio::test]
async fn a_mutation_by_get_is_refused_and_does_not_run() {
    let server = Server::start().await;
    let url = server.url("/graphql/stream?query=mutation%7Bbump%7D");
    let response = patience(server.client.get(url).send()).await.unwrap();
    assert_eq!(response.status(), 405);
    assert_eq!(server.switches.bumps.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn the_last_event_id_continues_after_it() {
    let server = Server::start().await;
    let request = server.stream("subscription { count(to: 3) }");
    let text = all(request.header("last-event-id", "c2")).await;
    assert!(text.contains("id: c3\ndata: {\"data\":{\"count\":3}}"), "{text}");
    assert!(!text.contains("id: c2"), "{text}");
}

#[tokio::test]
async fn an_invalid_operation_is_a_next_without_data_and_a_complete() {
    let server = Server::start().await;
    for query in ["{", "subscription { nothing }"] {
        let text = all(server.stream(query)).await;
        assert!(text.contains("event: next\nid: c1\ndata: {\"errors\":[{"), "{text}");
        assert!(!text.contains("\"data\""), "{text}");
        assert!(text.ends_with("event: complete\ndata:\n\n"), "{text}");
    }
}

#[tokio::test]
async fn a_malformed_request_is_a_status_and_no_stream() {
    let server = Server::start().await;
    let url = server.url("/graphql/stream");
    let request = server.client.post(url).json(&serde_json::json!({}));
    let response = patience(request.send()).await.unwrap();
    assert_eq!(response.status(), 400);
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["errors"][0]["extensions"]["code"], "BAD_INPUT");
}

#[tokio::test]
async fn a_bad_token_is_a_401() {
    let server = Server::start().await;
    let request = server.stream("{ who }").bearer_auth("forged");
    assert_eq!(patience(request.send()).await.unwrap().status(), 401);
}

#[tokio::test]
async fn a_good_token_says_who_calls() {
    let server = Server::start().await;
    let text = all(server.stream("{ who }").bearer_auth("ann")).await;
    assert!(text.contains(r#"{"data":{"who":"ann"}}"#), "{text}");
}

#[tokio::test]
async fn a_client_that_takes_no_events_gets_a_406() {
    let server = Server::start().await;
    let request = server.client.post(server.url("/graphql/stream"));
    let request = request.header("accept", "application/json").json(&serde_json::json!({"query": "{ hello }"}));
    assert_eq!(patience(request.send()).await.unwrap().status(), 406);
}

#[tokio::test]
async fn a_silent_stream_sends_comments() {
    let config = TransportConfig { sse_keepalive: Duration::from_millis(50), ..quick() };
    let server = Server::with(config).await;
    let mut response = open(server.stream("subscription { silence }")).await;
    read_until(&mut response, ":\n\n:\n\n:\n\n").await;
}

#[tokio::test]
async fn a_stream_ends_without_complete_when_its_token_expires() {
    let server = Server::start().await;
    let request = server.stream("subscription { silence }");
    let text = all(request.bearer_auth("ann-short")).await;
    assert_eq!(text, ":\n\n: Access has expired.\n\n");
    server.live_streams(0).await;
}

#[tokio::test]
async fn a_busy_stream_ends_too_when_its_token_expires() {
    let server = Server::start().await;
    let request = server.stream("subscription { flood(bytes: 1000) }");
    let text = all(request.bearer_auth("ann-short")).await;
    assert!(text.ends_with(": Access has expired.\n\n"));
}

#[tokio::test]
async fn a_stream_goes_on_while_its_caller_is_looked_at() {
    let server = Server::start().await;
    server.switches.checks_after_an_event.store(true, Ordering::SeqCst);
    let mut response = open(server.stream("subscription { flood(bytes: 1000) }")).await;
    while server.switches.checks.load(Ordering::SeqCst) < 3 {
        assert!(patience(response.chunk()).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn a_stream_ends_without_complete_when_its_caller_is_revoked() {
    let server = Server::start().await;
    let mut response = open(server.stream("subscription { silence }")).await;
    server.live_streams(1).await;
    server.switches.revoked.store(true, Ordering::SeqCst);
    read_until(&mut response, ": Access was revoked.\n\n").await;
    assert_eq!(patience(response.chunk()).await.unwrap(), None);
}

#[tokio::test]
async fn a_stream_ends_without_complete_at_shutdown() {
    let server = Server::start().await;
    let mut response = open(server.stream("subscription { silence }")).await;
    server.live_streams(1).await;
    server.shutdown.cancel();
    read_until(&mut response, ": The server is shutting down.\n\n").await;
    assert_eq!(patience(response.chunk()).await.unwrap(), None);
    server.all_closed().await;
}

#[tokio::test]
async fn a_client_that_hangs_up_ends_its_operation() {
    let server = Server::start().await;
    let response = open(server.stream("subscription { silence }")).await;
    server.live_streams(1).await;
    drop(response);
    server.live_streams(0).await;
    server.all_closed().await;
}

#[tokio::test]
async fn a_slow_reader_slows_its_operation_down() {
    let server = Server::start().await;
    let response = open(server.stream("subscription { flood(bytes: 100000) }")).await;
    server.live_streams(1).await;
    let produced = || server.switches.produced.load(Ordering::SeqCst);
    // Nobody reads: production comes to a stop once the buffers of the connection are full.
    let mut before = produced();
    loop {
        tokio::time::sleep(Duration::from_millis(200)).await;
        match produced() {
            same if same == before && same > 0 => break,
            more => before = more,
        }
        assert!(before < 10_000, "events are queued without bound");
    }
    drop(response);
}

#[tokio::test]
async fn a_bug_in_a_stream_is_an_internal_error_and_the_end() {
    let server = Server::start().await;
    let text = all(server.stream("subscription { breaks }")).await;
    assert!(text.contains(r#"{"data":{"breaks":1}}"#), "{text}");
    assert!(text.contains(r#""code":"INTERNAL""#), "{text}");
    assert!(text.ends_with("event: complete\ndata:\n\n"), "{text}");
}
