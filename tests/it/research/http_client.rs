//! The shared HTTP client, against a server on a real socket.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::http::{StatusCode, Uri, header};
use axum::response::Redirect;
use axum::routing::get;
use rapport::clients::http::{ClientError, HttpConfig, RetryPolicy, client, send_with_retry};

use crate::support::ambient;

/// Serves the router and returns its address.
async fn serve(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

/// Asks for the URL with the defaults and a small limit on the body.
async fn fetch(url: &str) -> Result<String, ClientError> {
    let client = client(&HttpConfig::default()).unwrap();
    let policy = RetryPolicy { max_body: 100, ..RetryPolicy::default() };
    let reply = send_with_retry(&policy, &ambient(), || client.get(url)).await?;
    Ok(reply.text())
}

#[tokio::test]
async fn a_body_up_to_the_limit_is_read() {
    let url = serve(Router::new().route("/", get(|| async { "x".repeat(100) }))).await;
    assert_eq!(fetch(&url).await.unwrap().len(), 100);
}

#[tokio::test]
async fn a_body_announced_above_the_limit_is_not_read() {
    let url = serve(Router::new().route("/", get(|| async { "x".repeat(101) }))).await;
    assert_eq!(fetch(&url).await, Err(ClientError::TooLarge { limit: 100 }));
}

#[tokio::test]
async fn a_body_that_grows_above_the_limit_is_given_up() {
    let endless = || async {
        let chunks = futures_util::stream::repeat_with(|| Ok::<_, std::io::Error>("xxxxxxxxxx"));
        axum::body::Body::from_stream(chunks)
    };
    let url = serve(Router::new().route("/", get(endless))).await;
    assert_eq!(fetch(&url).await, Err(ClientError::TooLarge { limit: 100 }));
}

#[tokio::test]
async fn a_packed_body_is_measured_unpacked() {
    // A thousand times the letter x.
    const PACKED: [u8; 29] =
        [31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 171, 168, 24, 5, 163, 96, 20, 12, 119, 0, 0, 230, 201, 65, 59, 232, 3, 0, 0];
    let packed = || async { ([(header::CONTENT_ENCODING, "gzip")], PACKED) };
    let url = serve(Router::new().route("/", get(packed))).await;
    assert_eq!(fetch(&url).await, Err(ClientError::TooLarge { limit: 100 }));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let router = Router::new()
        .route("/", get(|| async { Redirect::temporary("/elsewhere") }))
        .route("/elsewhere", get(|| async { "here" }));
    let error = fetch(&serve(router).await).await.unwrap_err();
    assert!(matches!(error, ClientError::Status { status: 307, .. }), "{error:?}");
}

#[tokio::test]
async fn a_connection_refused_is_told_without_the_address() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/private?token=secret-token", listener.local_addr().unwrap());
    drop(listener);
    let error = fetch(&url).await.unwrap_err();
    assert!(matches!(error, ClientError::Connect { .. }), "{error:?}");
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("secret-token") && !shown.contains("127.0.0.1"), "{shown}");
}

#[tokio::test]
async fn a_refusal_that_repeats_the_query_is_told_without_it() {
    let echo = |uri: Uri| async move { (StatusCode::FORBIDDEN, uri.to_string()) };
    let url = serve(Router::new().route("/", get(echo))).await;
    let error = fetch(&format!("{url}/?token=secret-token")).await.unwrap_err();
    let ClientError::Status { status: 403, excerpt, .. } = &error else { panic!("{error:?}") };
    assert_eq!(excerpt, "/?token=[redacted]");
}

#[tokio::test]
async fn an_address_that_is_none_is_a_mistake_of_the_caller() {
    let error = fetch("not an address").await.unwrap_err();
    assert!(matches!(error, ClientError::Request { .. }), "{error:?}");
    assert!(!error.is_retryable());
}

#[tokio::test]
async fn one_attempt_means_one_request() {
    let count = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&count);
    let busy = move || async move {
        counter.fetch_add(1, Ordering::SeqCst);
        StatusCode::SERVICE_UNAVAILABLE
    };
    let url = serve(Router::new().route("/", get(busy))).await;
    let client = client(&HttpConfig::default()).unwrap();
    let policy = RetryPolicy { max_attempts: 1, ..RetryPolicy::default() };
    send_with_retry(&policy, &ambient(), || client.get(&url)).await.unwrap_err();
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_body_that_comes_too_slowly_is_a_timeout() {
    let stalled =
        || async { axum::body::Body::from_stream(futures_util::stream::pending::<Result<String, std::io::Error>>()) };
    let url = serve(Router::new().route("/", get(stalled))).await;
    let config = HttpConfig { timeout: Duration::from_millis(200), ..HttpConfig::default() };
    let client = client(&config).unwrap();
    let policy = RetryPolicy { max_attempts: 1, ..RetryPolicy::default() };
    let error = send_with_retry(&policy, &ambient(), || client.get(&url)).await.unwrap_err();
    assert_eq!(error, ClientError::Timeout);
}
