//! Requests that come from web pages of other sites.

use rapport::http::transport::TransportConfig;
use reqwest::{Method, RequestBuilder, Response};
use serde_json::Value;

use super::support::{Server, patience, quick};

const APP: &str = "https://app.example.com";
const EVIL: &str = "https://evil.example.com";

async fn server() -> Server {
    let config = TransportConfig { allowed_origins: APP.parse().unwrap(), ..quick() };
    Server::with(config).await
}

async fn status(request: RequestBuilder) -> u16 {
    patience(request.send()).await.unwrap().status().as_u16()
}

#[tokio::test]
async fn a_get_of_another_site_is_refused() {
    let server = server().await;
    for site in ["cross-site", "same-site"] {
        let request = server.get("{ hello }").header("sec-fetch-site", site);
        let response = patience(request.send()).await.unwrap();
        assert_eq!(response.status(), 403);
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["errors"][0]["extensions"]["code"], "FORBIDDEN");
    }
}

#[tokio::test]
async fn a_get_with_a_foreign_origin_is_refused() {
    let server = server().await;
    assert_eq!(status(server.get("{ hello }").header("origin", EVIL)).await, 403);
}

#[tokio::test]
async fn a_get_of_an_allowed_origin_is_answered() {
    let server = server().await;
    assert_eq!(status(server.get("{ hello }").header("origin", APP)).await, 200);
}

#[tokio::test]
async fn a_get_of_the_own_origin_is_answered() {
    let server = server().await;
    let own = server.url("");
    assert_eq!(status(server.get("{ hello }").header("origin", own)).await, 200);
}

#[tokio::test]
async fn a_get_of_another_site_with_a_header_that_needs_a_preflight_is_answered() {
    let server = server().await;
    for (name, value) in [
        ("x-requested-with", "x"),
        ("apollo-require-preflight", "true"),
        ("x-apollo-operation-name", "Q"),
        ("graphql-require-preflight", "1"),
        ("content-type", "application/json"),
    ] {
        let request = server.get("{ hello }").header("sec-fetch-site", "cross-site");
        assert_eq!(status(request.header(name, value)).await, 200, "{name}");
    }
}

#[tokio::test]
async fn an_event_stream_by_get_of_another_site_is_refused() {
    let server = server().await;
    let url = server.url("/graphql/stream?query=%7Bhello%7D");
    let request = server.client.get(url).header("sec-fetch-site", "cross-site");
    assert_eq!(status(request).await, 403);
}

async fn preflight(server: &Server, origin: &str) -> Response {
    let request = server
        .client
        .request(Method::OPTIONS, server.url("/graphql"))
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "authorization, content-type");
    patience(request.send()).await.unwrap()
}

#[tokio::test]
async fn the_preflight_of_an_allowed_origin_is_granted() {
    let server = server().await;
    let response = preflight(&server, APP).await;
    assert!(response.status().is_success());
    assert_eq!(response.headers()["access-control-allow-origin"], APP);
    assert_eq!(response.headers()["access-control-allow-headers"], "authorization, content-type");
}

#[tokio::test]
async fn the_preflight_of_a_foreign_origin_is_not_granted() {
    let server = server().await;
    let response = preflight(&server, EVIL).await;
    assert!(!response.headers().contains_key("access-control-allow-origin"));
}

#[tokio::test]
async fn an_allowed_origin_may_read_the_answer_and_the_request_id() {
    let server = server().await;
    let request = server.post("{ hello }").header("origin", APP);
    let response = patience(request.send()).await.unwrap();
    assert_eq!(response.headers()["access-control-allow-origin"], APP);
    let exposed = response.headers()["access-control-expose-headers"].to_str();
    assert!(exposed.unwrap().contains("x-request-id"));
}
