//! How HTTP responses are written: media types, statuses, `data`, headers.

use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};

use super::support::{Server, patience};

const JSON: &str = "application/json; charset=utf-8";
const GRAPHQL: &str = "application/graphql-response+json; charset=utf-8";
const ACCEPT_GRAPHQL: &str = "application/graphql-response+json";

async fn send(request: RequestBuilder) -> Response {
    patience(request.send()).await.unwrap()
}

/// The status and body under `application/graphql-response+json`.
async fn strict(request: RequestBuilder) -> (u16, Value) {
    let response = send(request.header("accept", ACCEPT_GRAPHQL)).await;
    assert_eq!(response.headers()["content-type"], GRAPHQL);
    (response.status().as_u16(), response.json().await.unwrap())
}

/// The status and body under `application/json`.
async fn legacy(request: RequestBuilder) -> (u16, Value) {
    let response = send(request.header("accept", "application/json")).await;
    assert_eq!(response.headers()["content-type"], JSON);
    (response.status().as_u16(), response.json().await.unwrap())
}

#[tokio::test]
async fn the_media_type_is_negotiated() {
    let server = Server::start().await;
    for (accept, expected) in [
        ("*/*", JSON),
        ("application/json", JSON),
        (ACCEPT_GRAPHQL, GRAPHQL),
        ("application/graphql-response+json, application/json;q=0.9", GRAPHQL),
        ("application/graphql-response+json;q=0.1, application/json", JSON),
        ("text/html, */*;q=0.1", JSON),
    ] {
        let response = send(server.post("{ hello }").header("accept", accept)).await;
        assert_eq!(response.headers()["content-type"], expected, "{accept}");
    }
}

#[tokio::test]
async fn a_client_that_accepts_nothing_the_server_has_gets_a_406() {
    let server = Server::start().await;
    let response = send(server.post("{ hello }").header("accept", "text/html")).await;
    assert_eq!(response.status(), 406);
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["errors"][0]["extensions"]["code"], "BAD_INPUT");
}

#[tokio::test]
async fn a_syntax_error_is_a_400_without_data() {
    let server = Server::start().await;
    let (status, body) = strict(server.post("{")).await;
    assert_eq!((status, body.get("data")), (400, None));
}

#[tokio::test]
async fn an_unknown_field_is_a_400_without_data() {
    let server = Server::start().await;
    let (status, body) = strict(server.post("{ nothing }")).await;
    assert_eq!((status, body.get("data")), (400, None));
}

#[tokio::test]
async fn a_variable_of_the_wrong_type_is_a_400_without_data() {
    let server = Server::start().await;
    let request = json!({
        "query": "query Q($n: String!) { hello(name: $n) }", "variables": {"n": null}
    });
    let (status, body) = strict(server.post_json(&request)).await;
    assert_eq!((status, body.get("data")), (400, None));
}

#[tokio::test]
async fn an_unknown_operation_name_is_a_400_without_data() {
    let server = Server::start().await;
    let request = json!({"query": "query A { hello }", "operationName": "B"});
    let (status, body) = strict(server.post_json(&request)).await;
    assert_eq!((status, body.get("data")), (400, None));
}

#[tokio::test]
async fn a_request_error_under_the_legacy_type_is_a_200_without_data() {
    let server = Server::start().await;
    for query in ["{", "{ nothing }"] {
        let (status, body) = legacy(server.post(query)).await;
        assert_eq!((status, body.get("data")), (200, None), "{query}");
    }
}

#[tokio::test]
async fn partial_data_is_a_200_with_data_and_errors() {
    let server = Server::start().await;
    let (status, body) = strict(server.post("{ hello failsNullable }")).await;
    assert_eq!(status, 200);
    assert_eq!(body["data"]["hello"], "hello world");
    assert_eq!(body["errors"][0]["path"], json!(["failsNullable"]));
}

#[tokio::test]
async fn an_error_that_nulls_all_data_is_a_200_with_data_null() {
    let server = Server::start().await;
    let (status, body) = strict(server.post("{ fails }")).await;
    assert_eq!((status, body.get("data")), (200, Some(&Value::Null)));
}

#[tokio::test]
async fn a_request_refused_for_its_rights_is_a_401() {
    let server = Server::start().await;
    let (status, _) = strict(server.post("query refuseMe { hello }")).await;
    assert_eq!(status, 401);
}

#[tokio::test]
async fn a_panic_is_a_500_that_gives_nothing_away() {
    let server = Server::start().await;
    let (status, body) = strict(server.post("{ panics(really: true) }")).await;
    assert_eq!(status, 500);
    assert_eq!(body["errors"][0]["extensions"]["code"], "INTERNAL");
    assert!(!body.to_string().contains("a bug in a resolver"));
}

#[tokio::test]
async fn the_clients_request_id_comes_back_in_the_header_and_the_error() {
    let server = Server::start().await;
    let request = server.post_json(&json!([])).header("x-request-id", "abc-1");
    let response = send(request).await;
    assert_eq!(response.headers()["x-request-id"], "abc-1");
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["errors"][0]["extensions"]["requestId"], "abc-1");
}

#[tokio::test]
async fn a_request_id_is_made_where_there_is_none_or_a_strange_one() {
    let server = Server::start().await;
    for id in ["", "a b", "<script>"] {
        let response = send(server.post("{ requestId }").header("x-request-id", id)).await;
        let given = response.headers()["x-request-id"].clone();
        assert!(given.to_str().unwrap().starts_with("made-"), "{given:?}");
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["data"]["requestId"], given.to_str().unwrap());
    }
}

#[tokio::test]
async fn responses_are_not_stored() {
    let server = Server::start().await;
    let response = send(server.get("{ hello }")).await;
    assert_eq!(response.headers()["cache-control"], "no-store");
}

#[tokio::test]
async fn a_header_set_by_a_resolver_is_sent() {
    let server = Server::start().await;
    let response = send(server.post("{ setsHeader }")).await;
    assert_eq!(response.headers()["x-from-resolver"], "yes");
}
