//! A stand-in for the SEC's file server, on a real socket, with the SEC's real list of companies.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode, Uri, header},
    response::{Html, IntoResponse, Response},
};
use serde_json::json;
use tokio::task::JoinHandle;

const TICKERS: &str = include_str!("../../data/edgar/company_tickers.json");
const RATE_EXCEEDED: &str = include_str!("../../data/edgar/rate-exceeded.html");

/// What the stand-in does with requests.
#[derive(Debug, Clone)]
pub enum Answer {
    /// Sends the files.
    Files,
    /// Sends a list in which Apple has this ticker.
    AppleAs(&'static str),
    /// Refuses with the page for clients over their limit.
    RateExceeded,
    /// Fails with an HTTP status.
    Status(StatusCode),
    /// Sends a page where a list should be.
    Garbage,
}

/// The running server; it stops when this is dropped.
pub struct Edgar {
    address: std::net::SocketAddr,
    state: Shared,
    server: JoinHandle<()>,
}

type Shared = Arc<Mutex<Inner>>;

struct Inner {
    answer: Answer,
    /// The path and the `User-Agent` of each request.
    requests: Vec<(String, String)>,
}

impl Edgar {
    /// Starts on a free port.
    pub async fn start() -> Self {
        let state = Arc::new(Mutex::new(Inner { answer: Answer::Files, requests: Vec::new() }));
        let router = Router::new().fallback(answer).with_state(state.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, state, server }
    }

    /// What to set as `EDGAR_BASE_URL`.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on requests are answered so.
    pub fn answers(&self, answer: Answer) {
        lock(&self.state).answer = answer;
    }

    /// How many requests came for the list of companies, the refused ones included.
    pub fn requests(&self) -> usize {
        lock(&self.state).requests.iter().filter(|(path, _)| path == "/files/company_tickers.json").count()
    }

    /// The `User-Agent` of each request for any file.
    pub fn user_agents(&self) -> Vec<String> {
        lock(&self.state).requests.iter().map(|(_, user_agent)| user_agent.clone()).collect()
    }
}

impl Drop for Edgar {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn lock(state: &Shared) -> MutexGuard<'_, Inner> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn answer(State(state): State<Shared>, uri: Uri, headers: HeaderMap) -> Response {
    let user_agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let answer = {
        let mut state = lock(&state);
        state.requests.push((uri.path().to_owned(), user_agent.to_owned()));
        state.answer.clone()
    };
    match answer {
        Answer::Files => file(uri.path(), TICKERS.to_owned()),
        Answer::AppleAs(ticker) => file(uri.path(), TICKERS.replace(r#""AAPL""#, &format!("{ticker:?}"))),
        Answer::RateExceeded => (StatusCode::FORBIDDEN, Html(RATE_EXCEEDED)).into_response(),
        Answer::Status(status) => status.into_response(),
        Answer::Garbage => Html(RATE_EXCEEDED).into_response(),
    }
}

fn file(path: &str, tickers: String) -> Response {
    match path {
        "/files/company_tickers.json" => ([(header::CONTENT_TYPE, "application/json")], tickers).into_response(),
        "/files/company_tickers_exchange.json" => {
            let rows = json!([[320193, "Apple Inc.", "AAPL", "Nasdaq"], [19617, "JPMORGAN CHASE & CO", "JPM", "NYSE"]]);
            Json(json!({"fields": ["cik", "name", "ticker", "exchange"], "data": rows})).into_response()
        }
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}
