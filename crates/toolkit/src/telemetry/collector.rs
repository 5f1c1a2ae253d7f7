//! Client of the trace collector (OTLP over HTTP).

use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use opentelemetry_http::{HttpClient, HttpError};
use tokio::runtime::Handle;

/// Maximum size of an answer, in bytes.
const LONGEST_ANSWER: usize = 64 * 1024;

/// Sends batches of spans. Batches are lost while the collector does not answer, which is logged once.
#[derive(Debug)]
pub struct Collector {
    client: reqwest::Client,
    runtime: Handle,
    is_down: AtomicBool,
}

impl Collector {
    /// Creates a collector that sends with `client` on the caller's runtime.
    pub fn new(client: reqwest::Client) -> Self {
        Self { client, runtime: Handle::current(), is_down: AtomicBool::new(false) }
    }

    fn note(&self, failure: Option<&str>) {
        let was_down = self.is_down.swap(failure.is_some(), Ordering::Relaxed);
        match (failure, was_down) {
            (Some(reason), false) => {
                tracing::warn!(reason, "traces cannot be delivered; they are lost until the collector answers");
            }
            (None, true) => tracing::info!("the collector takes traces again"),
            _ => {}
        }
    }
}

#[async_trait]
impl HttpClient for Collector {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let client = self.client.clone();
        // The SDK sends from a thread of its own, where nothing drives connections.
        let sent = self.runtime.spawn(async move { send(&client, request).await }).await;
        let answer = sent.map_err(HttpError::from).and_then(|sent| sent);
        match &answer {
            Ok(answer) if answer.status().is_success() => self.note(None),
            Ok(answer) => self.note(Some(answer.status().as_str())),
            // Its own text would show the address, which may hold a key.
            Err(_) => self.note(Some("no answer")),
        }
        answer
    }
}

async fn send(client: &reqwest::Client, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
    let mut response = client.execute(request.try_into()?).await?;
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > LONGEST_ANSWER {
            return Err("the answer is too long".into());
        }
        body.extend_from_slice(&chunk);
    }
    let mut answer = Response::builder().status(response.status());
    for (name, value) in response.headers() {
        answer = answer.header(name, value);
    }
    Ok(answer.body(Bytes::from(body))?)
}
