//! A graphql-transport-ws client.

use std::net::SocketAddr;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};

use super::patience;

/// A socket on which `connection_init` was acknowledged. Dropping it cuts the connection without a goodbye.
pub struct WsClient {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    next_id: u32,
}

impl WsClient {
    /// Connects and initialises.
    pub async fn connect(address: SocketAddr, token: Option<&str>) -> Self {
        let mut this = Self::initialise(address, token).await;
        assert_eq!(this.receive().await.unwrap()["type"], "connection_ack");
        this
    }

    /// Connects with a token that is not accepted, and returns the code with which the socket is closed.
    pub async fn refused(address: SocketAddr, token: Option<&str>) -> u16 {
        Self::initialise(address, token).await.receive().await.expect_err("the socket should be closed")
    }

    async fn initialise(address: SocketAddr, token: Option<&str>) -> Self {
        let mut request = format!("ws://{address}/graphql/ws").into_client_request().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse().unwrap());
        let (socket, _) = connect_async(request).await.unwrap();
        let mut this = Self { socket, next_id: 0 };
        let payload = token.map_or(json!({}), |token| json!({"Authorization": format!("Bearer {token}")}));
        this.send(json!({"type": "connection_init", "payload": payload})).await;
        this
    }

    /// Begins an operation and returns its id.
    pub async fn subscribe(&mut self, query: &str, variables: Value) -> String {
        self.next_id += 1;
        let id = self.next_id.to_string();
        self.send(json!({"id": id, "type": "subscribe", "payload": {"query": query, "variables": variables}})).await;
        id
    }

    /// The next message; `Err` with the code when the server closes the socket.
    pub async fn receive(&mut self) -> Result<Value, u16> {
        // One bound for all of it: the pings of an idle socket must not prolong the wait.
        patience(self.next_message()).await
    }

    async fn next_message(&mut self) -> Result<Value, u16> {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Text(text))) => {
                    let message: Value = serde_json::from_str(&text).unwrap();
                    if message["type"] == "ping" {
                        self.send(json!({"type": "pong"})).await;
                        continue;
                    }
                    return Ok(message);
                }
                Some(Ok(Message::Close(frame))) => return Err(frame.map_or(1005, |frame| frame.code.into())),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(1006),
            }
        }
    }

    /// The payload of the next `next`; `None` when the operation completes.
    pub async fn event(&mut self) -> Option<Value> {
        let mut message = self.receive().await.expect("the socket should stay open");
        match message["type"].as_str().unwrap() {
            "next" => Some(message["payload"].take()),
            "complete" => None,
            _ => panic!("unexpected message: {message}"),
        }
    }

    /// All payloads until the operation completes.
    pub async fn events(&mut self) -> Vec<Value> {
        let mut events = Vec::new();
        while let Some(event) = self.event().await {
            events.push(event);
        }
        events
    }

    /// Sends a message as it is.
    pub async fn send(&mut self, message: Value) {
        self.socket.send(Message::text(message.to_string())).await.unwrap();
    }
}
