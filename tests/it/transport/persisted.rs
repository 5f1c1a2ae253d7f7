//! Documents that a request names instead of sending them.

use std::sync::Arc;

use rapport::http::transport::{PersistedDocuments, TransportConfig, TrustedDocuments};
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::support::{Server, Socket, patience, quick};

const HELLO: &str = "{ hello }";

fn hash(document: &str) -> String {
    hex::encode(Sha256::digest(document))
}

fn by_hash(hash: &str) -> Value {
    json!({"extensions": {"persistedQuery": {"version": 1, "sha256Hash": hash}}})
}

fn trusted() -> Arc<TrustedDocuments> {
    Arc::new([("abc".to_owned(), HELLO.to_owned())].into_iter().collect())
}

async fn keeping(documents: PersistedDocuments) -> Server {
    Server::with(TransportConfig { documents, ..quick() }).await
}

async fn answer(request: RequestBuilder) -> (u16, Value) {
    let response = patience(request.send()).await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

/// The message, on which clients fall back, and the code.
fn error(body: &Value) -> [&str; 2] {
    let error = &body["errors"][0];
    [error["message"].as_str().unwrap(), error["extensions"]["code"].as_str().unwrap()]
}

const NOT_FOUND: [&str; 2] = ["PersistedQueryNotFound", "PERSISTED_QUERY_NOT_FOUND"];

#[tokio::test]
async fn a_document_that_was_sent_once_with_its_hash_is_found_by_it_over_every_transport() {
    let server = Server::start().await;
    let hash = hash(HELLO);
    let mut request = by_hash(&hash);
    let (status, body) = answer(server.post_json(&request)).await;
    assert_eq!((status, error(&body)), (200, NOT_FOUND));
    let strict = server.post_json(&request).header("accept", "application/graphql-response+json");
    let (status, body) = answer(strict).await;
    assert_eq!((status, error(&body), body.get("data")), (400, NOT_FOUND, None));
    request["query"] = json!(HELLO);
    let hello = json!({"data": {"hello": "hello world"}});
    assert_eq!(answer(server.post_json(&request)).await, (200, hello.clone()));
    assert_eq!(answer(server.post_json(&by_hash(&hash))).await, (200, hello.clone()));
    let extensions = by_hash(&hash)["extensions"].to_string();
    assert_eq!(answer(server.get_with(&[("extensions", &extensions)])).await, (200, hello.clone()));
    let named = json!({"documentId": format!("sha256:{hash}")});
    assert_eq!(answer(server.post_json(&named)).await, (200, hello));
    let mut socket = Socket::anonymous(&server).await;
    socket.send(json!({"type": "subscribe", "id": "a", "payload": by_hash(&hash)})).await;
    assert_eq!(socket.next().await["payload"]["data"]["hello"], "hello world");
}

#[tokio::test]
async fn a_socket_is_told_that_a_document_is_not_known() {
    let server = Server::start().await;
    let mut socket = Socket::anonymous(&server).await;
    socket.send(json!({"type": "subscribe", "id": "a", "payload": by_hash(&hash(HELLO))})).await;
    let message = socket.next().await;
    assert_eq!(message["type"], "error");
    assert_eq!(error(&json!({"errors": message["payload"]})), NOT_FOUND);
}

#[tokio::test]
async fn a_document_is_not_remembered_under_the_hash_of_another() {
    let server = Server::start().await;
    let mut request = by_hash(&hash(HELLO));
    request["query"] = json!("{ who }");
    let (status, body) = answer(server.post_json(&request)).await;
    assert_eq!((status, error(&body)[1]), (400, "BAD_INPUT"));
    let (_, body) = answer(server.post_json(&by_hash(&hash(HELLO)))).await;
    assert_eq!(error(&body), NOT_FOUND);
}

#[tokio::test]
async fn a_mutation_that_is_named_in_a_get_does_not_run() {
    let server = Server::start().await;
    let bump = "mutation { bump }";
    let mut request = by_hash(&hash(bump));
    request["query"] = json!(bump);
    assert_eq!(answer(server.post_json(&request)).await.0, 200);
    let extensions = request["extensions"].to_string();
    assert_eq!(answer(server.get_with(&[("extensions", &extensions)])).await.0, 405);
    assert_eq!(server.switches.bumps.load(std::sync::atomic::Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_server_that_keeps_no_documents_says_so_in_the_words_that_clients_know() {
    let server = keeping(PersistedDocuments::new(false, None)).await;
    let (status, body) = answer(server.post_json(&by_hash("abc"))).await;
    assert_eq!((status, error(&body)), (200, ["PersistedQueryNotSupported", "PERSISTED_QUERY_NOT_SUPPORTED"]));
    let mut request = by_hash("abc");
    request["query"] = json!(HELLO);
    assert_eq!(answer(server.post_json(&request)).await.0, 200);
}

#[tokio::test]
async fn a_trusted_document_is_found_by_its_id() {
    let server = keeping(PersistedDocuments::new(true, Some(trusted()))).await;
    for request in [by_hash("abc"), json!({"documentId": "abc"})] {
        let (status, body) = answer(server.post_json(&request)).await;
        assert_eq!((status, &body), (200, &json!({"data": {"hello": "hello world"}})));
    }
    assert_eq!(answer(server.post("{ who }")).await.0, 200);
}

#[tokio::test]
async fn where_only_trusted_documents_run_others_are_forbidden_over_every_transport() {
    let server = keeping(PersistedDocuments::only_trusted(trusted())).await;
    for (request, status) in [(by_hash("abc"), 200), (json!({"query": HELLO}), 200), (json!({"query": "{ who }"}), 403)]
    {
        assert_eq!(answer(server.post_json(&request)).await.0, status, "{request}");
    }
    let (status, body) = answer(server.get("{ who }")).await;
    assert_eq!((status, error(&body)[1]), (403, "FORBIDDEN"));
    assert_eq!(patience(server.stream("{ who }").send()).await.unwrap().status(), 403);
    let mut socket = Socket::anonymous(&server).await;
    socket.subscribe("a", "{ who }").await;
    assert_eq!(socket.next().await["payload"][0]["extensions"]["code"], "FORBIDDEN");
}
