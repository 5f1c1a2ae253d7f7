//! A WebSocket client that leaves everything to the test.

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{
        Error, Message,
        client::IntoClientRequest,
        handshake::client::{Request, Response},
    },
};

use super::server::{Server, patience};

pub struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// An upgrade request for our subprotocol.
    pub fn request(server: &Server, headers: &[(&'static str, &str)]) -> Request {
        let url = format!("ws://{}/graphql/ws", server.address);
        let mut request = url.into_client_request().unwrap();
        let protocol = ("sec-websocket-protocol", "graphql-transport-ws");
        for (name, value) in [protocol].iter().chain(headers) {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        request
    }

    /// Opens a socket as the request says.
    pub async fn open(request: Request) -> Result<(Self, Response), Error> {
        let (socket, response) = patience(connect_async(request)).await?;
        Ok((Self(socket), response))
    }

    /// Opens a socket and says nothing on it.
    pub async fn connect(server: &Server) -> Self {
        Self::open(Self::request(server, &[])).await.unwrap().0
    }

    /// Opens a socket and has it acknowledged.
    pub async fn ready(server: &Server, init: Value) -> Self {
        let mut socket = Self::connect(server).await;
        socket.send(json!({"type": "connection_init", "payload": init})).await;
        assert_eq!(socket.next().await, json!({"type": "connection_ack"}));
        socket
    }

    /// Opens an acknowledged socket of nobody in particular.
    pub async fn anonymous(server: &Server) -> Self {
        Self::ready(server, Value::Null).await
    }

    pub async fn send(&mut self, message: Value) {
        self.send_raw(Message::text(message.to_string())).await;
    }

    pub async fn send_raw(&mut self, message: Message) {
        patience(self.0.send(message)).await.unwrap();
    }

    pub async fn subscribe(&mut self, id: &str, query: &str) {
        let payload = json!({ "query": query });
        self.send(json!({"type": "subscribe", "id": id, "payload": payload})).await;
    }

    pub async fn complete(&mut self, id: &str) {
        self.send(json!({"type": "complete", "id": id})).await;
    }

    /// The next frame, whatever it is.
    pub async fn next_raw(&mut self) -> Option<Result<Message, Error>> {
        patience(self.0.next()).await
    }

    /// The next message of the protocol.
    pub async fn next(&mut self) -> Value {
        loop {
            match self.next_raw().await.unwrap().unwrap() {
                Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                Message::Close(frame) => panic!("closed by the server: {frame:?}"),
                _ => {}
            }
        }
    }

    /// The close code and reason, skipping what else arrives.
    pub async fn closed(&mut self) -> (u16, String) {
        loop {
            if let Message::Close(frame) = self.next_raw().await.unwrap().unwrap() {
                let frame = frame.unwrap();
                return (frame.code.into(), frame.reason.to_string());
            }
        }
    }

    /// A ping that comes back shows that everything sent before has been handled.
    pub async fn settle(&mut self) {
        self.send(json!({"type": "ping", "payload": {"settle": true}})).await;
        let pong = json!({"type": "pong", "payload": {"settle": true}});
        assert_eq!(self.next().await, pong);
    }

    /// Says goodbye and waits for the answer.
    pub async fn close(mut self) {
        patience(self.0.close(None)).await.unwrap();
        while self.next_raw().await.is_some() {}
    }
}
