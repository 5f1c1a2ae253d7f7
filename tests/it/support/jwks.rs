//! A stand-in for somebody else who signs tokens, on a real socket: it publishes keys.

use std::sync::{Arc, Mutex, PoisonError};

use axum::{
    Json, Router,
    body::Body,
    extract::State,
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};
use futures_util::stream;
use serde_json::{Value, json};
use tokio::{
    sync::{Notify, watch},
    task::JoinHandle,
};

/// What the stand-in does with requests.
#[derive(Clone)]
pub enum Answer {
    /// Sends these keys.
    Keys(Vec<Value>),
    /// Sends these keys when it is told to.
    KeysAfter(Arc<Notify>, Vec<Value>),
    /// Fails with an HTTP status.
    Status(StatusCode),
    /// Sends a page where keys should be.
    Garbage,
    /// Sends JSON that is no set of keys.
    OtherJson,
    /// Closes the connection in the midst of the answer.
    Cut,
    /// Sends more than anybody should read.
    Endless,
    /// Sends nothing.
    Silence,
}

/// The running server; it stops when this is dropped.
pub struct Jwks {
    address: std::net::SocketAddr,
    state: Arc<Inner>,
    server: JoinHandle<()>,
}

struct Inner {
    answer: Mutex<Answer>,
    requests: watch::Sender<usize>,
}

impl Jwks {
    /// Starts on a free port and publishes these keys.
    pub async fn start(keys: impl IntoIterator<Item = Value>) -> Self {
        let answer = Mutex::new(Answer::Keys(keys.into_iter().collect()));
        let state = Arc::new(Inner { answer, requests: watch::Sender::new(0) });
        let router = Router::new().fallback(answered).with_state(state.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, state, server }
    }

    /// What to set as `jwksUrl`.
    pub fn url(&self) -> String {
        format!("http://{}/.well-known/jwks.json", self.address)
    }

    /// From now on it publishes these keys.
    pub fn publishes(&self, keys: impl IntoIterator<Item = Value>) {
        self.answers(Answer::Keys(keys.into_iter().collect()));
    }

    /// From now on requests are answered so.
    pub fn answers(&self, answer: Answer) {
        *self.state.answer.lock().unwrap_or_else(PoisonError::into_inner) = answer;
    }

    /// How many requests came.
    pub fn requests(&self) -> usize {
        *self.state.requests.borrow()
    }

    /// Waits until so many requests came.
    pub async fn was_asked(&self, times: usize) {
        let mut requests = self.state.requests.subscribe();
        super::patience(requests.wait_for(|count| *count >= times)).await.unwrap();
    }
}

impl Drop for Jwks {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn answered(State(state): State<Arc<Inner>>) -> Response {
    state.requests.send_modify(|count| *count += 1);
    let answer = state.answer.lock().unwrap_or_else(PoisonError::into_inner).clone();
    match answer {
        Answer::Keys(keys) => Json(json!({"keys": keys})).into_response(),
        Answer::KeysAfter(told, keys) => {
            told.notified().await;
            Json(json!({"keys": keys})).into_response()
        }
        Answer::Status(status) => status.into_response(),
        Answer::Garbage => Html("<h1>Welcome</h1>").into_response(),
        Answer::OtherJson => Json(json!({"error": "not found"})).into_response(),
        Answer::Cut => {
            Body::from_stream(stream::iter([Ok(r#"{"keys": ["#), Err(std::io::Error::other("cut"))])).into_response()
        }
        Answer::Endless => {
            Body::from_stream(stream::repeat_with(|| Ok::<_, std::io::Error>([b' '; 16_384].to_vec()))).into_response()
        }
        Answer::Silence => std::future::pending().await,
    }
}
