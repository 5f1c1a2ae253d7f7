//! A client of plain bytes.

use std::net::SocketAddr;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::server::patience;

/// A TCP connection on which a test writes and reads what it likes.
pub struct Raw(TcpStream);

impl Raw {
    pub async fn connect(address: SocketAddr) -> Self {
        Self(patience(TcpStream::connect(address)).await.unwrap())
    }

    pub async fn send(&mut self, text: &str) {
        patience(self.0.write_all(text.as_bytes())).await.unwrap();
    }

    /// Sends a POST of a GraphQL request with further header lines.
    pub async fn post(&mut self, headers: &str, body: &str) {
        let length = body.len();
        self.send(&format!("POST /graphql HTTP/1.1\r\nHost: x\r\n{headers}Content-Length: {length}\r\n\r\n{body}"))
            .await;
    }

    /// Reads one answer: its head, and its body, whose length must be given.
    pub async fn answer(&mut self) -> (String, String) {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(patience(self.0.read_u8()).await.unwrap());
        }
        let head = String::from_utf8(head).unwrap();
        let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: ")).unwrap_or("0");
        let mut body = vec![0; length.parse().unwrap()];
        patience(self.0.read_exact(&mut body)).await.unwrap();
        (head, String::from_utf8(body).unwrap())
    }

    /// Waits until the server closes the connection, and returns what it sent before.
    pub async fn closed(&mut self) -> String {
        let mut rest = Vec::new();
        // A reset is a way to close too.
        let _ = patience(self.0.read_to_end(&mut rest)).await;
        String::from_utf8_lossy(&rest).into_owned()
    }
}
