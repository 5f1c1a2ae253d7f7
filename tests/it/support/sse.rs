//! A client of Server-Sent Events.

use std::net::SocketAddr;

use futures_util::StreamExt;
use serde_json::{Value, json};

use super::patience;

/// Somebody who follows event streams.
#[derive(Clone)]
pub struct SseClient {
    url: String,
    token: Option<String>,
}

/// One message of an event stream.
#[derive(Debug, Clone, PartialEq)]
pub struct SseMessage {
    /// The cursor.
    pub id: Option<String>,
    /// The payload; `None` for `complete`.
    pub data: Option<Value>,
}

/// An open event stream. Dropping it cuts the connection.
pub struct SseStream {
    response: futures_util::stream::BoxStream<'static, Vec<u8>>,
    buffer: Vec<u8>,
}

impl SseClient {
    /// A client of the server at `address`.
    pub fn new(address: SocketAddr, token: Option<&str>) -> Self {
        Self { url: format!("http://{address}/graphql/stream"), token: token.map(str::to_owned) }
    }

    /// Begins an operation, after `last_event_id` where there is one.
    pub async fn subscribe(&self, query: &str, variables: Value, last_event_id: Option<&str>) -> SseStream {
        self.begin(json!({"query": query, "variables": variables}), last_event_id).await
    }

    /// Begins an operation whose request is as given.
    pub async fn begin(&self, body: Value, last_event_id: Option<&str>) -> SseStream {
        let mut request = reqwest::Client::new().post(&self.url).header("accept", "text/event-stream").json(&body);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(id) = last_event_id {
            request = request.header("last-event-id", id);
        }
        let response = request.send().await.unwrap().error_for_status().unwrap();
        let bytes = response.bytes_stream().map(|chunk| chunk.map(|bytes| bytes.to_vec()).unwrap_or_default());
        SseStream { response: bytes.boxed(), buffer: Vec::new() }
    }
}

impl SseStream {
    /// The next message; `None` when the stream ends.
    pub async fn message(&mut self) -> Option<SseMessage> {
        // One bound for all of it: the comments of an idle stream must not prolong the wait.
        patience(self.next_message()).await
    }

    async fn next_message(&mut self) -> Option<SseMessage> {
        loop {
            while let Some(end) = self.buffer.windows(2).position(|two| two == b"\n\n") {
                let block = self.buffer.drain(..end + 2).collect();
                if let Some(message) = read(&String::from_utf8(block).unwrap()) {
                    return Some(message);
                }
            }
            let chunk = self.response.next().await?;
            self.buffer.extend(chunk);
        }
    }
}

fn read(block: &str) -> Option<SseMessage> {
    let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim);
    let data = match field("event")? {
        "next" => Some(serde_json::from_str(field("data")?).unwrap()),
        _ => None,
    };
    Some(SseMessage { id: field("id").map(str::to_owned), data })
}
