//! What HTTP requests are taken, and how the others are turned down.

use std::{sync::atomic::Ordering, time::Duration};

use rapport::http::transport::TransportConfig;
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::support::{Server, patience, quick};

async fn answer(request: RequestBuilder) -> (u16, Value) {
    let response = patience(request.send()).await.unwrap();
    let status = response.status().as_u16();
    (status, response.json().await.unwrap())
}

fn code(body: &Value) -> &str {
    body["errors"][0]["extensions"]["code"].as_str().unwrap()
}

#[tokio::test]
async fn a_query_by_post_is_answered() {
    let server = Server::start().await;
    let (status, body) = answer(server.post("{ hello }")).await;
    assert_eq!(status, 200);
    assert_eq!(body, json!({"data": {"hello": "hello world"}}));
}

#[tokio::test]
async fn a_query_by_get_is_answered() {
    let server = Server::start().await;
    let (status, body) = answer(server.get("{ hello }")).await;
    assert_eq!(status, 200);
    assert_eq!(body, json!({"data": {"hello": "hello world"}}));
}

#[tokio::test]
async fn a_get_takes_an_operation_name_and_variables() {
    let server = Server::start().await;
    let document = "query A($n: String!) { hello(name: $n) } query B { who }";
    let request = server.get_with(&[("query", document), ("operationName", "A"), ("variables", r#"{"n": "ä 🏃"}"#)]);
    let (_, body) = answer(request).await;
    assert_eq!(body, json!({"data": {"hello": "hello ä 🏃"}}));
}

#[tokio::test]
async fn a_mutation_by_post_runs() {
    let server = Server::start().await;
    let (_, body) = answer(server.post("mutation { bump }")).await;
    assert_eq!(body, json!({"data": {"bump": 1}}));
}

#[tokio::test]
async fn a_mutation_by_get_is_refused_and_does_not_run() {
    let server = Server::start().await;
    let request = server.get("mutation { bump }");
    let response = patience(request.send()).await.unwrap();
    assert_eq!(response.status(), 405);
    assert_eq!(response.headers()["allow"], "POST");
    assert_eq!(code(&response.json().await.unwrap()), "BAD_INPUT");
    assert_eq!(server.switches.bumps.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_mutation_chosen_by_name_among_queries_is_refused_by_get() {
    let server = Server::start().await;
    let document = "query A { hello } mutation B { bump }";
    let request = server.get_with(&[("query", document), ("operationName", "B")]);
    let (status, _) = answer(request).await;
    assert_eq!(status, 405);
    assert_eq!(server.switches.bumps.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_subscription_over_plain_http_is_told_where_to_go() {
    let server = Server::start().await;
    let accept = "application/graphql-response+json";
    let request = server.post("subscription { count(to: 1) }");
    let (status, body) = answer(request.header("accept", accept)).await;
    assert_eq!(status, 400);
    let message = body["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("/graphql/ws") && message.contains("/graphql/stream"));
}

#[tokio::test]
async fn a_body_of_another_type_than_json_is_refused() {
    let server = Server::start().await;
    for content_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=utf-16",
    ] {
        let request = server.client.post(server.url("/graphql"));
        let request = request.header("content-type", content_type).body(r#"{"query":"{ hello }"}"#);
        let (status, body) = answer(request).await;
        assert_eq!((status, code(&body)), (415, "BAD_INPUT"), "{content_type}");
    }
}

#[tokio::test]
async fn a_body_without_a_type_is_refused() {
    let server = Server::start().await;
    let request = server.client.post(server.url("/graphql"));
    let (status, _) = answer(request.body(r#"{"query":"{ hello }"}"#)).await;
    assert_eq!(status, 415);
}

#[tokio::test]
async fn a_compressed_body_is_refused() {
    let server = Server::start().await;
    let (status, _) = answer(server.post("{ hello }").header("content-encoding", "gzip")).await;
    assert_eq!(status, 415);
}

/// Sends the beginning of a request and returns the status line's code.
async fn status_of(server: &Server, framing: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let head = "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json";
    let request = format!("{head}\r\n{framing}\r\n\r\n{body}");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut line = [0; 12];
    patience(stream.read_exact(&mut line)).await.unwrap();
    String::from_utf8_lossy(&line[9..]).into_owned()
}

#[tokio::test]
async fn a_body_announced_too_large_is_refused_before_it_is_sent() {
    let server = Server::start().await;
    let status = status_of(&server, "content-length: 999999999", "").await;
    assert_eq!(status, "413");
}

#[tokio::test]
async fn a_body_that_turns_out_too_large_is_refused() {
    let config = TransportConfig { max_body_bytes: 1000, ..quick() };
    let server = Server::with(config).await;
    let chunk = format!("3E8\r\n{}\r\n", " ".repeat(1000));
    let body = [chunk.as_str(), "1\r\n \r\n0\r\n\r\n"].concat();
    let status = status_of(&server, "transfer-encoding: chunked", &body).await;
    assert_eq!(status, "413");
}

#[tokio::test]
async fn a_body_that_is_too_large_has_a_graphql_error() {
    let server = Server::start().await;
    let (status, body) = answer(server.post(&" ".repeat(300_000))).await;
    assert_eq!((status, code(&body)), (413, "QUERY_TOO_COMPLEX"));
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for_for_ever() {
    let config = TransportConfig { body_timeout: Duration::from_millis(50), ..quick() };
    let server = Server::with(config).await;
    let status = status_of(&server, "content-length: 10", "{").await;
    assert_eq!(status, "408");
}

#[tokio::test]
async fn a_body_that_is_no_json_is_refused() {
    let server = Server::start().await;
    let request = server.client.post(server.url("/graphql"));
    let request = request.header("content-type", "application/json").body("{ \"not");
    let (status, body) = answer(request).await;
    assert_eq!((status, code(&body)), (400, "BAD_INPUT"));
}

#[tokio::test]
async fn a_batch_is_refused_by_that_name() {
    let server = Server::start().await;
    let (status, body) = answer(server.post_json(&json!([{"query": "{ hello }"}]))).await;
    assert_eq!(status, 400);
    let message = body["errors"][0]["message"].as_str().unwrap();
    assert!(message.starts_with("Batches are not supported"), "{message}");
}

#[tokio::test]
async fn all_parameters_of_the_wrong_type_are_listed() {
    let server = Server::start().await;
    let request = json!({"query": 7, "variables": [], "extensions": "x", "operationName": {}});
    let (status, body) = answer(server.post_json(&request)).await;
    assert_eq!(status, 400);
    let fields = &body["errors"][0]["extensions"]["fields"];
    assert_eq!(
        fields,
        &json!([
            {"path": "query", "message": "must be a string"},
            {"path": "operationName", "message": "must be a string"},
            {"path": "variables", "message": "must be a map"},
            {"path": "extensions", "message": "must be a map"},
        ])
    );
}

#[tokio::test]
async fn a_request_without_a_query_is_refused() {
    let server = Server::start().await;
    let (status, body) = answer(server.post_json(&json!({"qeury": "{ hello }"}))).await;
    assert_eq!(status, 400);
    assert_eq!(body["errors"][0]["extensions"]["fields"], json!([{"path": "query", "message": "is missing"}]));
}

#[tokio::test]
async fn null_parameters_are_as_good_as_none() {
    let server = Server::start().await;
    let request = json!({
        "query": "{ hello }", "operationName": null, "variables": null, "extensions": null
    });
    let (status, _) = answer(server.post_json(&request)).await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn a_request_without_a_token_is_anonymous() {
    let server = Server::start().await;
    let (_, body) = answer(server.post("{ who }")).await;
    assert_eq!(body, json!({"data": {"who": "anonymous"}}));
}

#[tokio::test]
async fn a_bearer_token_says_who_calls() {
    let server = Server::start().await;
    let (_, body) = answer(server.post("{ who }").bearer_auth("ann")).await;
    assert_eq!(body, json!({"data": {"who": "ann"}}));
}

#[tokio::test]
async fn a_bad_token_is_a_401_with_a_graphql_error() {
    let server = Server::start().await;
    for token in ["forged", "expired"] {
        let request = server.post("{ who }").bearer_auth(token);
        let response = patience(request.send()).await.unwrap();
        assert_eq!(response.status(), 401);
        let challenge = response.headers()["www-authenticate"].to_str().unwrap();
        assert!(challenge.starts_with("Bearer"));
        let body = response.json().await.unwrap();
        assert_eq!(code(&body), "UNAUTHENTICATED");
        assert_eq!(body.get("data"), None);
    }
}

#[tokio::test]
async fn another_scheme_than_bearer_is_a_401() {
    let server = Server::start().await;
    let (status, _) = answer(server.post("{ who }").basic_auth("ann", Some("x"))).await;
    assert_eq!(status, 401);
}

#[tokio::test]
async fn a_token_that_cannot_be_checked_is_a_503_and_not_a_401() {
    let server = Server::start().await;
    server.switches.down.store(true, Ordering::SeqCst);
    let (status, body) = answer(server.post("{ who }").bearer_auth("ann")).await;
    assert_eq!(status, 503);
    assert_eq!(body["errors"][0]["extensions"]["retryable"], true);
}

#[tokio::test]
async fn the_gateway_learns_the_address_of_the_peer() {
    let server = Server::start().await;
    let (_, body) = answer(server.post("{ peer }")).await;
    assert_eq!(body, json!({"data": {"peer": "127.0.0.1"}}));
}
