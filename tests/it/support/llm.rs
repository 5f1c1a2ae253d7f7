//! Stand-ins for providers of language models, on real sockets: OpenAI's Chat Completions, Ollama, Hugging Face.
//!
//! All follow the same script of [`Behaviour`]s; each says it in its own words. Without a script they say "Hello.".

mod body;
mod huggingface;
mod ollama;
mod openai;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;

/// The key that the stand-ins' clients have.
pub const KEY: &str = "key-of-a-test-0123456789";

/// The tokens that each answer claims to have cost: of the question, of the answer.
pub const COST: (u64, u64) = (7, 3);

/// Whose words a stand-in speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    OpenAi,
    Ollama,
    HuggingFace,
}

impl Dialect {
    pub const ALL: [Self; 3] = [Self::OpenAi, Self::Ollama, Self::HuggingFace];

    /// A whole answer, ended for this reason.
    fn whole(self, text: &str, reason: &str) -> Value {
        match self {
            Self::OpenAi | Self::HuggingFace => openai::whole(text, reason),
            Self::Ollama => ollama::whole(text, reason),
        }
    }

    /// The lines of a streamed answer without its end.
    fn pieces(self, texts: &[&str]) -> String {
        match self {
            Self::OpenAi | Self::HuggingFace => openai::pieces(texts),
            Self::Ollama => ollama::pieces(texts),
        }
    }

    /// The lines that end a streamed answer.
    fn end(self, reason: &str) -> String {
        match self {
            Self::OpenAi | Self::HuggingFace => openai::end(reason),
            Self::Ollama => ollama::end(reason),
        }
    }

    /// A piece of what the model thinks.
    fn thought(self) -> String {
        match self {
            Self::OpenAi | Self::HuggingFace => openai::thought(),
            Self::Ollama => ollama::thought(),
        }
    }

    /// A line of a streamed answer that tells of a failure.
    fn failure(self, message: &str) -> String {
        match self {
            Self::OpenAi | Self::HuggingFace => openai::failure(message),
            Self::Ollama => ollama::failure(message),
        }
    }

    const fn stream_type(self) -> &'static str {
        match self {
            Self::OpenAi | Self::HuggingFace => "text/event-stream; charset=utf-8",
            Self::Ollama => "application/x-ndjson",
        }
    }

    /// Vectors for what is asked, when it asks for vectors.
    fn vectors(self, path: &str, body: &Value, vector: Vector) -> Option<Value> {
        match self {
            Self::OpenAi => openai::vectors(path, body, vector),
            Self::Ollama => ollama::vectors(path, body, vector),
            Self::HuggingFace => huggingface::vectors(path, body, vector),
        }
    }
}

/// Makes the vector of a text.
pub type Vector = fn(&Value) -> Value;

/// A made-up vector: how long the text is, how many vowels it has, one.
fn vector(text: &Value) -> Value {
    let text = text.as_str().unwrap_or_default();
    json!([text.len(), text.chars().filter(|c| "aeiou".contains(*c)).count(), 1.0])
}

/// What a stand-in does with a request.
#[derive(Debug, Clone)]
pub enum Behaviour {
    /// Answers with this text, in one piece or by words as the request wants it; or with vectors.
    Say(String),
    /// Answers with these vectors, and else as if nothing were said.
    Vectors(Vector),
    /// The same, ended for another reason than that all is said.
    SayUntil(String, &'static str),
    /// Streams this text, broken up on the wire into pieces of so many bytes.
    Chopped(String, usize),
    /// Streams a thought first and then this text.
    Think(String),
    /// Streams this text and then ends in good order, but without the end marker.
    NoEnd(String),
    /// Sends half of an answer with this text, then breaks the connection.
    Cut(String),
    /// Streams this text and then nothing more, without end.
    Silence(String),
    /// Streams this text, or a thought when it is empty, and the second text when [`StandIn::release`] is called.
    Held(String, String),
    /// Streams this text and then tells of a failure.
    Fail(String, &'static str),
    /// Takes the request and never answers.
    Hang,
    /// Refuses with a status, a `Retry-After` and a JSON body.
    Status(u16, Option<&'static str>, Value),
    /// Answers 200 with this body of this type.
    Body(&'static str, String),
    /// Answers with an endless body of this type, without a line end.
    Endless(&'static str),
}

impl Behaviour {
    pub fn say(text: &str) -> Self {
        Self::Say(text.to_owned())
    }

    /// A refusal without a body of interest.
    pub fn status(status: u16) -> Self {
        Self::Status(status, None, json!({ "error": { "message": format!("status {status}") } }))
    }

    /// A 429 that asks for a pause.
    pub fn busy(retry_after: &'static str) -> Self {
        Self::Status(429, Some(retry_after), json!({ "error": { "message": "slow down" } }))
    }
}

/// A request as it came in.
#[derive(Debug, Clone)]
pub struct Recorded {
    pub path: String,
    pub headers: HeaderMap,
    pub body: Value,
}

struct Script {
    next: VecDeque<Behaviour>,
    otherwise: Behaviour,
    requests: Vec<Recorded>,
    /// For requests to a model of this name: what is next, and what follows.
    model: Option<(&'static str, VecDeque<Behaviour>, Behaviour)>,
    /// For answers in one piece, where they are told apart from streamed ones.
    aside: Option<Behaviour>,
    asides: Vec<Recorded>,
}

struct Shared {
    dialect: Dialect,
    script: Mutex<Script>,
    count: watch::Sender<usize>,
    gate: Arc<Semaphore>,
}

/// The running server; it stops when this is dropped.
pub struct StandIn {
    pub dialect: Dialect,
    address: SocketAddr,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

impl StandIn {
    /// Starts on a free port.
    pub async fn start(dialect: Dialect) -> Self {
        let script = Script {
            next: VecDeque::new(),
            otherwise: Behaviour::say("Hello."),
            requests: Vec::new(),
            model: None,
            aside: None,
            asides: Vec::new(),
        };
        let shared = Arc::new(Shared {
            dialect,
            script: Mutex::new(script),
            count: watch::Sender::new(0),
            gate: Arc::new(Semaphore::new(0)),
        });
        let router = Router::new().fallback(answer).with_state(Arc::clone(&shared));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn(async move {
            axum::serve(listener, router).await.unwrap();
        });
        Self { dialect, address, shared, server }
    }

    /// The address to configure.
    pub fn url(&self) -> String {
        match self.dialect {
            Dialect::OpenAi | Dialect::HuggingFace => format!("http://{}/v1", self.address),
            Dialect::Ollama => format!("http://{}", self.address),
        }
    }

    /// From now on all requests are treated so that have no treatment of their own.
    pub fn always(&self, behaviour: Behaviour) {
        self.script().otherwise = behaviour;
    }

    /// The next request is treated so; several calls queue up.
    pub fn once(&self, behaviour: Behaviour) {
        self.script().next.push_back(behaviour);
    }

    /// From now on requests to the model of this name are treated so, these first, each once.
    pub fn script_of(&self, model: &'static str, next: impl IntoIterator<Item = Behaviour>, otherwise: Behaviour) {
        self.script().model = Some((model, next.into_iter().collect(), otherwise));
    }

    /// The requests to the model of this name.
    pub fn requests_to(&self, model: &str) -> Vec<Recorded> {
        self.requests().into_iter().filter(|request| request.body["model"] == model).collect()
    }

    /// From now on requests for an answer in one piece are treated so, and counted apart: when they come beside streamed
    /// ones, nobody can say which is first.
    pub fn aside(&self, behaviour: Behaviour) {
        self.script().aside = Some(behaviour);
    }

    /// The requests that were treated so.
    pub fn asides(&self) -> Vec<Recorded> {
        self.script().asides.clone()
    }

    /// How many requests have come.
    pub fn count(&self) -> usize {
        self.script().requests.len()
    }

    /// The requests, in the order in which they came.
    pub fn requests(&self) -> Vec<Recorded> {
        self.script().requests.clone()
    }

    /// Waits until so many requests have come.
    pub async fn has_got(&self, count: usize) {
        let mut seen = self.shared.count.subscribe();
        super::patience(seen.wait_for(|seen| *seen >= count)).await.unwrap();
    }

    /// Lets one answer go on that is held.
    pub fn release(&self) {
        self.shared.gate.add_permits(1);
    }

    fn script(&self) -> MutexGuard<'_, Script> {
        lock(&self.shared)
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn lock(shared: &Shared) -> MutexGuard<'_, Script> {
    shared.script.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn answer(State(shared): State<Arc<Shared>>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let path = uri.path().to_owned();
    let behaviour = {
        let mut script = lock(&shared);
        let recorded = Recorded { path: path.clone(), headers, body: body.clone() };
        match script.aside.clone().filter(|_| body["stream"] != true) {
            Some(aside) => {
                script.asides.push(recorded);
                aside
            }
            None => {
                script.requests.push(recorded);
                shared.count.send_modify(|count| *count += 1);
                match &mut script.model {
                    Some((model, next, otherwise)) if body["model"] == *model => {
                        next.pop_front().unwrap_or_else(|| otherwise.clone())
                    }
                    _ => script.next.pop_front().unwrap_or_else(|| script.otherwise.clone()),
                }
            }
        }
    };
    if matches!(behaviour, Behaviour::Hang) {
        std::future::pending::<()>().await;
    }
    let dialect = shared.dialect;
    let vectors = match behaviour {
        Behaviour::Say(_) => dialect.vectors(&path, &body, vector),
        Behaviour::Vectors(vector) => dialect.vectors(&path, &body, vector),
        _ => None,
    };
    match vectors {
        Some(vectors) => json_of(&vectors),
        None => respond(&shared, behaviour, body["stream"] == true),
    }
}

fn respond(shared: &Shared, behaviour: Behaviour, streams: bool) -> Response {
    let dialect = shared.dialect;
    let kind = if streams { dialect.stream_type() } else { "application/json" };
    let streamed = |text: &str, end: &str| body::whole(kind, dialect.pieces(&words(text)) + end);
    match behaviour {
        Behaviour::Say(text) if streams => streamed(&text, &dialect.end("stop")),
        Behaviour::Say(text) => json_of(&dialect.whole(&text, "stop")),
        Behaviour::SayUntil(text, reason) if streams => streamed(&text, &dialect.end(reason)),
        Behaviour::SayUntil(text, reason) => json_of(&dialect.whole(&text, reason)),
        Behaviour::Chopped(text, size) => {
            body::chopped(kind, dialect.pieces(&words(&text)) + &dialect.end("stop"), size)
        }
        Behaviour::Think(text) => {
            let lines = dialect.thought() + &dialect.pieces(&words(&text)) + &dialect.end("stop");
            body::whole(kind, lines)
        }
        Behaviour::NoEnd(text) => streamed(&text, ""),
        Behaviour::Cut(text) if streams => body::cut(kind, dialect.pieces(&words(&text)), None),
        Behaviour::Cut(text) => {
            let whole = dialect.whole(&text, "stop").to_string();
            body::cut(kind, whole[..whole.len() / 2].to_owned(), Some(whole.len()))
        }
        Behaviour::Silence(text) => body::silent(kind, dialect.pieces(&words(&text))),
        Behaviour::Held(first, second) => {
            let first = if first.is_empty() { dialect.thought() } else { dialect.pieces(&words(&first)) };
            body::held(kind, first, dialect.pieces(&words(&second)) + &dialect.end("stop"), Arc::clone(&shared.gate))
        }
        Behaviour::Fail(text, message) => streamed(&text, &dialect.failure(message)),
        Behaviour::Status(status, retry_after, body) => {
            let mut response = (StatusCode::from_u16(status).unwrap(), axum::Json(body)).into_response();
            if let Some(pause) = retry_after {
                response.headers_mut().insert(header::RETRY_AFTER, pause.parse().unwrap());
            }
            response
        }
        Behaviour::Body(kind, text) => body::whole(kind, text),
        Behaviour::Endless(kind) => body::endless(kind),
        Behaviour::Vectors(_) => json_of(&dialect.whole("", "stop")),
        Behaviour::Hang => unreachable!("it was not answered"),
    }
}

fn json_of(value: &Value) -> Response {
    body::whole("application/json", value.to_string())
}

/// The words with the blanks after them.
fn words(text: &str) -> Vec<&str> {
    text.split_inclusive(' ').collect()
}
