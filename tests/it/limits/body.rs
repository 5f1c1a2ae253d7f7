//! The size of a request.

use futures_util::stream;
use reqwest::{Body, StatusCode, header};
use serde_json::{Value, json};

use crate::support::{Client, TestApp};

const LIMIT: usize = 1024;

/// A request of exactly so many bytes.
fn body(bytes: usize) -> String {
    let request = json!({"query": "{ viewer { user { id } } }"}).to_string();
    format!("{request}{}", " ".repeat(bytes - request.len()))
}

async fn answer(client: &Client, body: impl Into<Body>) -> (StatusCode, Value) {
    let request = client.request("", json!({})).header(header::CONTENT_TYPE, "application/json").body(body);
    let response = request.send().await.unwrap();
    (response.status(), response.json().await.unwrap())
}

#[tokio::test]
async fn a_body_may_be_as_large_as_the_limit() {
    let app = TestApp::builder().quiet().set("MAX_BODY_BYTES", LIMIT).start().await;
    let (status, response) = answer(&app.anonymous(), body(LIMIT)).await;
    assert_eq!((status, response), (StatusCode::OK, json!({"data": {"viewer": null}})));
}

#[tokio::test]
async fn a_body_that_is_larger_is_413_and_not_read() {
    let app = TestApp::builder().quiet().set("MAX_BODY_BYTES", LIMIT).start().await;
    let in_chunks = Body::wrap_stream(stream::iter([Ok::<_, std::io::Error>(body(LIMIT)), Ok(" ".to_owned())]));
    for body in [body(LIMIT + 1).into(), in_chunks] {
        let ((status, response), statements) = app.statements.of(answer(&app.anonymous(), body)).await;
        assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
        let error = &response["errors"][0];
        assert_eq!(error["extensions"]["code"], "QUERY_TOO_COMPLEX", "{response:#}");
        assert!(error["message"].as_str().unwrap().contains("1024"), "{response:#}");
        assert!(statements.is_empty(), "{statements:#?}");
    }
}

#[tokio::test]
async fn a_socket_that_sends_a_larger_message_is_closed() {
    let app = TestApp::builder().quiet().set("MAX_BODY_BYTES", LIMIT).start().await;
    let mut ws = app.ws(&app.anonymous()).await;
    let message = |bytes: usize| {
        let empty = json!({"id": "1", "type": "subscribe", "payload": {"query": "{ viewer { user { id } } }#"}});
        let filling = "x".repeat(bytes - empty.to_string().len());
        json!({"id": "1", "type": "subscribe", "payload": {"query": format!("{{ viewer {{ user {{ id }} }} }}#{filling}")}})
    };
    ws.send(message(LIMIT)).await;
    assert_eq!(ws.event().await, Some(json!({"data": {"viewer": null}})));
    assert_eq!(ws.event().await, None);
    ws.send(message(LIMIT + 1)).await;
    assert_eq!(ws.receive().await, Err(1009));
}
