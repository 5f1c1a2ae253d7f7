//! A client of `graphql-transport-ws` that takes little memory, so that one machine holds thousands.

use anyhow::{Context, Result, bail, ensure};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async_with_config,
    tungstenite::{Message, Utf8Bytes, client::IntoClientRequest, protocol::WebSocketConfig},
};

/// Read and write buffer of each socket, in bytes; the library's own are 128 KiB each.
const BUFFER: usize = 4096;
/// No ping without a payload is longer, in bytes.
const LONGEST_PING: usize = 64;

/// A socket on which `connection_init` was acknowledged.
#[derive(Debug)]
pub(crate) struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

/// What a server says of operations.
#[derive(Debug)]
pub(crate) enum Said {
    /// The `data` of a `next`.
    Event(Value),
    /// The answer to a ping.
    Pong,
    /// An operation is over.
    Complete,
}

impl Said {
    /// Reads what was sent.
    ///
    /// # Errors
    /// When the operation failed.
    pub(crate) fn read(text: &str) -> Result<Self> {
        let mut message: Value = serde_json::from_str(text)?;
        match message["type"].as_str() {
            Some("next") => {
                let errors = &message["payload"]["errors"];
                ensure!(errors.is_null(), "an event has errors: {errors}");
                Ok(Self::Event(message["payload"]["data"].take()))
            }
            Some("complete") => Ok(Self::Complete),
            Some("pong") => Ok(Self::Pong),
            _ => bail!("the server said {message}"),
        }
    }
}

fn is_ping(text: &str) -> bool {
    serde_json::from_str(text).is_ok_and(|message: Value| message["type"] == "ping")
}

impl Socket {
    /// Connects and initialises.
    ///
    /// # Errors
    /// When the server refuses.
    pub(crate) async fn connect(url: &str, token: Option<&str>) -> Result<Self> {
        let mut request = url.into_client_request()?;
        request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse()?);
        let config = WebSocketConfig::default().read_buffer_size(BUFFER).write_buffer_size(BUFFER);
        let (stream, _) = connect_async_with_config(request, Some(config), true).await?;
        let mut socket = Self(stream);
        let payload = token.map_or_else(|| json!({}), |token| json!({"Authorization": format!("Bearer {token}")}));
        socket.send(json!({"type": "connection_init", "payload": payload})).await?;
        let answer = socket.message().await?;
        ensure!(answer["type"] == "connection_ack", "instead of connection_ack came {answer}");
        Ok(socket)
    }

    /// Begins the one operation of this socket.
    ///
    /// # Errors
    /// When the socket is closed.
    pub(crate) async fn subscribe(&mut self, query: &str, variables: Value) -> Result<()> {
        let payload = json!({"query": query, "variables": variables});
        self.send(json!({"type": "subscribe", "id": "1", "payload": payload})).await
    }

    /// Asks for a pong.
    ///
    /// # Errors
    /// When the socket is closed.
    pub(crate) async fn ping(&mut self) -> Result<()> {
        self.send(json!({"type": "ping"})).await
    }

    /// What is said next, as it was sent: reading it can wait until there is time. Pings are answered.
    ///
    /// # Errors
    /// When the socket is closed.
    pub(crate) async fn text(&mut self) -> Result<Utf8Bytes> {
        loop {
            match self.0.next().await.context("the connection was lost")?? {
                Message::Text(text) if text.len() < LONGEST_PING && is_ping(&text) => {
                    self.send(json!({"type": "pong"})).await?;
                }
                Message::Text(text) => return Ok(text),
                Message::Close(frame) => bail!("the server closed the socket: {frame:?}"),
                _ => {}
            }
        }
    }

    /// What is said next.
    ///
    /// # Errors
    /// When the socket is closed or the operation fails.
    pub(crate) async fn next(&mut self) -> Result<Said> {
        Said::read(&self.text().await?)
    }

    async fn message(&mut self) -> Result<Value> {
        Ok(serde_json::from_str(&self.text().await?)?)
    }

    async fn send(&mut self, message: Value) -> Result<()> {
        Ok(self.0.send(Message::text(message.to_string())).await?)
    }
}
