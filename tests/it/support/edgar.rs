//! A stand-in for the SEC, on a real socket: its lists of companies (the real one) and of filings, and its archives. It
//! blocks who asks more than ten times within any second, as the SEC does.

mod answer;
mod company;
mod templates;

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use axum::{Router, http::StatusCode};
use tokio::task::JoinHandle;

pub use company::{Company, Exhibit, Filing};
pub use templates::{TEMPLATES, made_up};

/// The most requests that the SEC takes within a second.
const LIMIT: usize = 10;

/// The page for clients over their limit.
pub const RATE_EXCEEDED: &str = include_str!("../../data/edgar/rate-exceeded.html");

/// What the stand-in does with requests.
#[derive(Debug, Clone)]
pub enum Answer {
    /// Sends the files.
    Files,
    /// Sends a list in which Apple has this ticker.
    AppleAs(&'static str),
    /// Refuses with the page for clients over their limit.
    RateExceeded,
    /// The same with status 429 and this `Retry-After`.
    RateExceededFor(&'static str),
    /// Refuses with status 429, and with `Retry-After` where one is given.
    Busy(Option<&'static str>),
    /// Fails with an HTTP status.
    Status(StatusCode),
    /// Sends a page where a list should be.
    Garbage,
    /// Sends half of the file and closes the connection.
    Cut,
    /// Sends nothing.
    Silence,
    /// Sends the files when it is told to.
    Held(Arc<tokio::sync::Notify>),
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
    /// How the next requests are answered before that.
    next: VecDeque<Answer>,
    /// Files by their paths.
    files: HashMap<String, Vec<u8>>,
    requests: Vec<Request>,
    blocked: usize,
}

struct Request {
    path: String,
    user_agent: String,
    at: Instant,
}

impl Edgar {
    /// Starts on a free port, without a single filing.
    pub async fn start() -> Self {
        let state = Arc::new(Mutex::new(Inner {
            answer: Answer::Files,
            next: VecDeque::new(),
            files: HashMap::new(),
            requests: Vec::new(),
            blocked: 0,
        }));
        let router = Router::new().fallback(answer::answer).with_state(state.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, state, server }
    }

    /// Starts with these companies, which are also the only ones in the list of tickers.
    pub async fn with_companies(companies: &[Company]) -> Self {
        let edgar = Self::start().await;
        companies.iter().for_each(|company| edgar.add(company));
        edgar.put("/files/company_tickers.json", company::tickers(companies).to_string());
        edgar.put("/files/company_tickers_exchange.json", company::exchanges(companies).to_string());
        edgar
    }

    /// Adds a company's lists of filings and their documents, in place of those it had.
    pub fn add(&self, company: &Company) {
        for (path, body) in company.files() {
            self.put(&path, body);
        }
    }

    /// Puts a file at a path.
    pub fn put(&self, path: &str, body: impl Into<Vec<u8>>) {
        lock(&self.state).files.insert(path.to_owned(), body.into());
    }

    /// What to set as `EDGAR_BASE_URL`.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The settings that lead to the stand-in, with a contact.
    pub fn settings(&self) -> [(&'static str, String); 3] {
        [
            ("EDGAR_BASE_URL", self.base_url()),
            ("EDGAR_DATA_BASE_URL", self.base_url()),
            ("EDGAR_USER_AGENT", "Tests admin@example.com".to_owned()),
        ]
    }

    /// From now on requests are answered so.
    pub fn answers(&self, answer: Answer) {
        lock(&self.state).answer = answer;
    }

    /// The next requests are answered so, one each; then as before.
    pub fn answers_next(&self, answers: impl IntoIterator<Item = Answer>) {
        lock(&self.state).next.extend(answers);
    }

    /// How many requests came for the list of companies, the refused ones included.
    pub fn requests(&self) -> usize {
        lock(&self.state).requests.iter().filter(|request| request.path == "/files/company_tickers.json").count()
    }

    /// The path of each request, in order.
    pub fn paths(&self) -> Vec<String> {
        lock(&self.state).requests.iter().map(|request| request.path.clone()).collect()
    }

    /// The `User-Agent` of each request for any file.
    pub fn user_agents(&self) -> Vec<String> {
        lock(&self.state).requests.iter().map(|request| request.user_agent.clone()).collect()
    }

    /// How many requests were refused because there were too many.
    pub fn blocked(&self) -> usize {
        lock(&self.state).blocked
    }

    /// The most requests within any second.
    pub fn busiest_second(&self) -> usize {
        let state = lock(&self.state);
        let ends = 0..state.requests.len();
        ends.map(|end| within_a_second(&state.requests[..=end])).max().unwrap_or_default()
    }
}

impl Drop for Edgar {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// How many requests came in the second that ends with the last one.
fn within_a_second(requests: &[Request]) -> usize {
    let Some(last) = requests.last() else { return 0 };
    requests.iter().rev().take_while(|request| last.at - request.at < Duration::from_secs(1)).count()
}

fn lock(state: &Shared) -> MutexGuard<'_, Inner> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
