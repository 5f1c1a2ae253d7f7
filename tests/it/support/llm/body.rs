//! Bodies of answers, good and bad.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::Response;
use futures_util::stream::{self, StreamExt};
use tokio::sync::Semaphore;

fn response(kind: &str, length: Option<usize>, body: Body) -> Response {
    let mut response = Response::builder().header(header::CONTENT_TYPE, kind);
    if let Some(length) = length {
        response = response.header(header::CONTENT_LENGTH, length);
    }
    response.body(body).unwrap()
}

pub fn whole(kind: &str, text: String) -> Response {
    response(kind, None, Body::from(text))
}

/// Sends pieces of so many bytes, each for itself, wherever that cuts lines and characters.
pub fn chopped(kind: &str, text: String, size: usize) -> Response {
    let pieces: Vec<Bytes> = text.as_bytes().chunks(size).map(Bytes::copy_from_slice).collect();
    let body = stream::iter(pieces).then(|piece| async {
        tokio::task::yield_now().await;
        Ok::<_, Infallible>(piece)
    });
    response(kind, None, Body::from_stream(body))
}

/// Sends the text and breaks the connection.
pub fn cut(kind: &str, text: String, announced: Option<usize>) -> Response {
    let broken = stream::once(async { Ok(Bytes::from(text)) }).chain(stream::once(async {
        // An error in the same breath would break the connection before the text has left.
        tokio::time::sleep(Duration::from_millis(50)).await;
        Err(std::io::Error::other("cut"))
    }));
    response(kind, announced, Body::from_stream(broken))
}

/// Sends the text and then nothing more, without an end.
pub fn silent(kind: &str, text: String) -> Response {
    let body = stream::once(async { Ok::<_, Infallible>(Bytes::from(text)) }).chain(stream::pending());
    response(kind, None, Body::from_stream(body))
}

/// Sends the first text, and the second when the gate lets it pass.
pub fn held(kind: &str, first: String, second: String, gate: Arc<Semaphore>) -> Response {
    let first = stream::once(async { Ok::<_, Infallible>(Bytes::from(first)) });
    let second = stream::once(async move {
        gate.acquire().await.unwrap().forget();
        Ok(Bytes::from(second))
    });
    response(kind, None, Body::from_stream(first.chain(second)))
}

/// Never ends, and never ends a line.
pub fn endless(kind: &str) -> Response {
    let body = stream::repeat_with(|| Ok::<_, Infallible>(Bytes::from_static(&[b'x'; 16 * 1024])));
    response(kind, None, Body::from_stream(body))
}
