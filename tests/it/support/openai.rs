//! A stand-in for OpenAI's Responses API with web search, on a real socket.
//!
//! It answers every question with facts that fit the schema in the request. What a test needs
//! otherwise it sets by question: [`StandIn::on`] for all requests from now on, [`StandIn::once`]
//! for the next one. Questions are known by the name of the answer's format: a topic (`pricing`) or
//! a discovery (`discovery_case_studies`).

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use futures_util::stream::{self, StreamExt};
use serde_json::{Map, Value, json};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

/// The site of the pages that the stand-in claims to have visited.
pub const SITE: &str = "https://pages.example";

/// What the stand-in does with a request.
#[derive(Debug, Clone)]
pub enum Behaviour {
    /// Answers with made-up facts that fit the schema.
    Answer,
    /// Answers completely, with this JSON as the model's text.
    Facts(Value),
    /// Answers completely, with this as the model's text, JSON or not.
    Text(String),
    /// Answers with this Response object.
    Object(Value),
    /// Answers 200 with this body.
    Body(String),
    /// Refuses with an HTTP status, a `Retry-After` and a JSON body.
    Status { status: u16, retry_after: Option<String>, body: Value },
    /// Sends half of a good answer, then closes the socket.
    Cut,
}

impl Behaviour {
    /// A refusal without a body of interest.
    pub fn status(status: u16) -> Self {
        let body = json!({ "error": { "code": null, "message": format!("status {status}") } });
        Self::Status { status, retry_after: None, body }
    }

    /// A 429 that asks for a pause.
    pub fn busy(retry_after: &str) -> Self {
        let body = json!({ "error": { "code": "rate_limit_exceeded", "message": "slow down" } });
        Self::Status { status: 429, retry_after: Some(retry_after.to_owned()), body }
    }

    /// An answer that stopped early: `max_output_tokens` or `content_filter`.
    pub fn incomplete(reason: &str) -> Self {
        let mut object = completed(SITE, r#"{"findings": [{"name": "Ha"#);
        object["status"] = json!("incomplete");
        object["incomplete_details"] = json!({ "reason": reason });
        Self::Object(object)
    }

    /// An answer in which the model declines.
    pub fn refusal(text: &str) -> Self {
        let mut object = completed(SITE, "");
        object["output"][1]["content"] = json!([{ "type": "refusal", "refusal": text }]);
        Self::Object(object)
    }

    /// A Response object that failed on the provider's side.
    pub fn failed(code: &str, message: &str) -> Self {
        let mut object = completed(SITE, "");
        object["status"] = json!("failed");
        object["error"] = json!({ "code": code, "message": message });
        object["output"] = json!([]);
        Self::Object(object)
    }
}

/// A request as it came in.
#[derive(Debug, Clone)]
pub struct Recorded {
    pub path: String,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Recorded {
    /// The document that the model is given to read.
    pub fn input(&self) -> Value {
        self.body["input"].as_str().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
    }
}

#[derive(Default)]
struct Script {
    next: HashMap<String, VecDeque<Behaviour>>,
    always: HashMap<String, Behaviour>,
    otherwise: Option<Behaviour>,
    delays: HashMap<String, Duration>,
    delay: Duration,
    holds: HashMap<String, Held>,
    requests: Vec<(String, Recorded)>,
}

type Shared = Arc<Mutex<Script>>;

/// A request that is not answered until it is released.
#[derive(Clone)]
pub struct Held {
    arrived: Arc<Semaphore>,
    released: Arc<Semaphore>,
}

impl Held {
    /// Waits until the request has come.
    pub async fn has_come(&self) {
        super::patience(self.arrived.acquire()).await.unwrap().forget();
    }

    /// Lets it be answered.
    pub fn release(&self) {
        self.released.add_permits(1);
    }
}

/// The running server; it stops when this is dropped.
pub struct StandIn {
    address: std::net::SocketAddr,
    script: Shared,
    server: JoinHandle<()>,
}

impl StandIn {
    /// Starts on a free port.
    pub async fn start() -> Self {
        let script = Shared::default();
        let router = Router::new().fallback(answer).with_state(Arc::clone(&script));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn(async move {
            axum::serve(listener, router).await.unwrap();
        });
        Self { address, script, server }
    }

    /// What to set as `OPENAI_BASE_URL`.
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// From now on the question is treated so.
    pub fn on(&self, question: &str, behaviour: Behaviour) {
        lock(&self.script).always.insert(question.to_owned(), behaviour);
    }

    /// From now on all questions are treated so that have no treatment of their own.
    pub fn on_all(&self, behaviour: Behaviour) {
        lock(&self.script).otherwise = Some(behaviour);
    }

    /// The question's next request is treated so; several calls queue up.
    pub fn once(&self, question: &str, behaviour: Behaviour) {
        lock(&self.script).next.entry(question.to_owned()).or_default().push_back(behaviour);
    }

    /// Holds the question's next request back.
    pub fn hold_next(&self, question: &str) -> Held {
        let held = Held { arrived: Arc::new(Semaphore::new(0)), released: Arc::new(Semaphore::new(0)) };
        lock(&self.script).holds.insert(question.to_owned(), held.clone());
        held
    }

    /// How long the question takes.
    pub fn delay(&self, question: &str, delay: Duration) {
        lock(&self.script).delays.insert(question.to_owned(), delay);
    }

    /// How long questions take that have no delay of their own.
    pub fn delay_all(&self, delay: Duration) {
        lock(&self.script).delay = delay;
    }

    /// How many requests came for the question, the failed ones included.
    pub fn count(&self, question: &str) -> usize {
        lock(&self.script).requests.iter().filter(|(name, _)| name == question).count()
    }

    /// How many requests came for each question.
    pub fn counts(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for (question, _) in &lock(&self.script).requests {
            *counts.entry(question.clone()).or_default() += 1;
        }
        counts
    }

    /// The question's requests, in the order in which they came.
    pub fn requests(&self, question: &str) -> Vec<Recorded> {
        let script = lock(&self.script);
        let of_question = script.requests.iter().filter(|(name, _)| name == question);
        of_question.map(|(_, request)| request.clone()).collect()
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn lock(script: &Shared) -> MutexGuard<'_, Script> {
    script.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn answer(State(script): State<Shared>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let format = body["text"]["format"].clone();
    let question = format["name"].as_str().unwrap_or_default().to_owned();
    let (behaviour, delay, held) = {
        let mut script = lock(&script);
        let recorded = Recorded { path: uri.path().to_owned(), headers, body };
        script.requests.push((question.clone(), recorded));
        let next = script.next.get_mut(&question).and_then(VecDeque::pop_front);
        let behaviour = next.or_else(|| script.always.get(&question).cloned());
        let behaviour = behaviour.or_else(|| script.otherwise.clone());
        let delay = script.delays.get(&question).copied().unwrap_or(script.delay);
        (behaviour.unwrap_or(Behaviour::Answer), delay, script.holds.remove(&question))
    };
    if let Some(held) = held {
        held.arrived.add_permits(1);
        held.released.acquire().await.unwrap().forget();
    }
    tokio::time::sleep(delay).await;
    respond(behaviour, &question, &format["schema"])
}

fn respond(behaviour: Behaviour, question: &str, schema: &Value) -> Response {
    let made_up = || completed(SITE, &instance(schema, question, "", 1).to_string());
    match behaviour {
        Behaviour::Answer => Json(made_up()).into_response(),
        Behaviour::Facts(facts) => Json(completed(SITE, &facts.to_string())).into_response(),
        Behaviour::Text(text) => Json(completed(SITE, &text)).into_response(),
        Behaviour::Object(object) => Json(object).into_response(),
        Behaviour::Body(body) => ([(header::CONTENT_TYPE, "application/json")], body).into_response(),
        Behaviour::Status { status, retry_after, body } => {
            let status = StatusCode::from_u16(status).unwrap();
            let mut response = (status, Json(body)).into_response();
            if let Some(pause) = retry_after {
                response.headers_mut().insert(header::RETRY_AFTER, pause.parse().unwrap());
            }
            response
        }
        Behaviour::Cut => cut(&made_up().to_string()),
    }
}

/// Announces the whole body, sends half of it and breaks the connection.
fn cut(body: &str) -> Response {
    let half = Bytes::copy_from_slice(&body.as_bytes()[..body.len() / 2]);
    let broken = stream::once(async { Ok(half) }).chain(stream::once(async {
        // An error in the same breath would break the connection before the half has left.
        tokio::time::sleep(Duration::from_millis(50)).await;
        Err(std::io::Error::other("cut"))
    }));
    Response::builder()
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::CONTENT_LENGTH, body.len())
        .body(Body::from_stream(broken))
        .unwrap()
}

/// A completed Response object: a search that visited `site`, then the model's `text`.
pub fn completed(site: &str, text: &str) -> Value {
    let search = json!({
        "type": "web_search_call", "id": "ws_1", "status": "completed",
        "action": {
            "type": "search", "queries": ["q"],
            "sources": [{ "type": "url", "url": format!("{site}/?utm_source=openai") },
                        { "type": "api", "name": "a-feed" }],
        },
    });
    let message = json!({
        "type": "message", "id": "msg_1", "status": "completed", "role": "assistant",
        "content": [{ "type": "output_text", "text": text, "annotations": [] }],
    });
    json!({
        "id": "resp_1", "object": "response", "created_at": 1_773_478_800, "model": "stand-in",
        "status": "completed", "error": null, "incomplete_details": null,
        "output": [search, message],
        "usage": { "input_tokens": 10, "output_tokens": 20, "total_tokens": 30 },
    })
}

/// A source on a page that the stand-in has visited.
pub fn source(page: &str) -> Value {
    let (url, title) = (format!("{SITE}/{page}"), format!("Page {page}"));
    json!({ "url": url, "title": title, "quote": "It says so." })
}

/// The facts of a discovery that found these companies.
pub fn customers(names: &[&str]) -> Value {
    let customer = |name: &&str| {
        let source = source("customers");
        json!({ "name": name, "segment": "ENTERPRISE", "industry": null, "source": source })
    };
    json!({ "customers": names.iter().map(customer).collect::<Vec<_>>() })
}

/// A value that fits the schema; lists at the root have two entries.
fn instance(schema: &Value, question: &str, key: &str, number: usize) -> Value {
    if let Some(properties) = schema["properties"].as_object() {
        let fields = properties.iter().map(|(key, schema)| (key.clone(), instance(schema, question, key, number)));
        return Value::Object(fields.collect::<Map<_, _>>());
    }
    if schema["type"] == "array" {
        let entry = |number| instance(&schema["items"], question, key, number);
        return (1..=2).map(entry).collect();
    }
    if let Some(choice) = schema["enum"].get(0) {
        return choice.clone();
    }
    json!(match key {
        "url" => format!("{SITE}/{question}/{number}"),
        "price" => format!("{number}9.00"),
        "currency" => "USD".to_owned(),
        "date" => "2026-01-05".to_owned(),
        key => format!("{question} {key} {number}"),
    })
}
