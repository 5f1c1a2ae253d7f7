//! Following a job through the API: cut off, resumed, late, refused.

mod beginning;
mod cut;
mod history_lost;
mod permission;
mod running;
mod stopping;

use std::net::SocketAddr;

use rapport::{
    events::{Cursor, Position},
    jobs::job_topic,
};
use serde_json::{Value, json};

use crate::support::{Client, SseClient, SseStream, TestApp, WsClient};

const COMPANY: &str = "Brightloom Analytics";

const PROGRESS: &str = "subscription($id: ID!, $after: EventCursor) { jobProgress(jobId: $id, after: $after) {
    __typename cursor job { id } occurredAt progress
    ... on JobState { status currentStep currentStepLabel }
    ... on JobTaskCompleted { stage task completed total failed }
    ... on JobStageCompleted { stage completed total failed }
    ... on JobCompleted { message } } }";

/// The two transports of subscriptions.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Over {
    Ws,
    Sse,
}

const BOTH: [Over; 2] = [Over::Ws, Over::Sse];

/// Somebody who follows a job. Dropping it cuts the connection.
enum Follower {
    Ws(Box<WsClient>),
    Sse(SseStream),
}

/// What a follower hears next.
#[derive(Debug, PartialEq)]
enum Heard {
    /// An event.
    Event(Value),
    /// An error with this code, and no data.
    Error(String),
    /// The stream is complete.
    Complete,
    /// The connection ended: the code of a WebSocket; an event stream just ends.
    Cut(Option<u16>),
}

impl Follower {
    /// Follows `job` after a cursor: on a WebSocket by the argument, on an event stream by `Last-Event-ID`.
    async fn start(over: Over, address: SocketAddr, client: &Client, job: &str, after: Option<&str>) -> Self {
        match over {
            Over::Ws => {
                let mut socket = WsClient::connect(address, client.token()).await;
                socket.subscribe(PROGRESS, json!({"id": job, "after": after})).await;
                Self::Ws(Box::new(socket))
            }
            Over::Sse => {
                let stream = SseClient::new(address, client.token());
                Self::Sse(stream.subscribe(PROGRESS, json!({"id": job}), after).await)
            }
        }
    }

    async fn hear(&mut self) -> Heard {
        match self {
            Self::Ws(socket) => match socket.receive().await {
                Err(code) => Heard::Cut(Some(code)),
                Ok(message) if message["type"] == "complete" => Heard::Complete,
                Ok(message) if message["type"] == "error" => Heard::Error(code_of(&message["payload"])),
                Ok(message) => read(&message["payload"]),
            },
            Self::Sse(stream) => match stream.message().await {
                None => Heard::Cut(None),
                Some(message) => match &message.data {
                    None => Heard::Complete,
                    Some(payload) => {
                        let heard = read(payload);
                        if let Heard::Event(event) = &heard {
                            assert_eq!(message.id.as_deref(), event["cursor"].as_str(), "an event's id is its cursor");
                        }
                        heard
                    }
                },
            },
        }
    }

    /// Hands the token of `client` to the open socket.
    async fn renew(&mut self, client: &Client) {
        let Self::Ws(socket) = self else { panic!("only a socket takes a fresh token") };
        socket.send(json!({"type": "ping", "payload": {"token": client.token()}})).await;
        assert_eq!(socket.receive().await.unwrap()["type"], "pong");
    }

    /// The next event; `None` when the stream completes.
    async fn event(&mut self) -> Option<Value> {
        match self.hear().await {
            Heard::Event(event) => Some(event),
            Heard::Complete => None,
            other => panic!("{other:?} instead of an event"),
        }
    }

    /// The next so many events, or as many as come before the stream completes.
    async fn events(&mut self, most: usize) -> Vec<Value> {
        let mut events = Vec::new();
        while events.len() < most {
            let Some(event) = self.event().await else { break };
            events.push(event);
        }
        events
    }

    /// All events until the stream completes.
    async fn rest(&mut self) -> Vec<Value> {
        self.events(usize::MAX).await
    }
}

fn read(payload: &Value) -> Heard {
    match payload.get("errors") {
        Some(errors) => {
            assert!(payload["data"].is_null(), "an error comes without data: {payload}");
            Heard::Error(code_of(errors))
        }
        None => Heard::Event(payload["data"]["jobProgress"].clone()),
    }
}

fn code_of(errors: &Value) -> String {
    errors[0]["extensions"]["code"].as_str().unwrap().to_owned()
}

fn cursor_of(event: &Value) -> &str {
    event["cursor"].as_str().unwrap()
}

fn position_of(cursor: &str) -> Position {
    Cursor::decode(cursor).unwrap().position
}

fn names(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["__typename"].as_str().unwrap()).collect()
}

/// A job with a real history.
struct Onboarding {
    id: String,
    /// The cursor that came with it: behind the event that it was queued.
    start: String,
}

impl Onboarding {
    async fn begin(client: &Client) -> Self {
        let job = client.onboard(COMPANY).await;
        Self { id: job["id"].as_str().unwrap().to_owned(), start: cursor_of(&job).to_owned() }
    }

    /// Waits until the job has ended, and returns everything that happened to it after `start`: as an uninterrupted
    /// subscriber sees it, and held against the log itself.
    async fn history(&self, app: &TestApp, client: &Client) -> Vec<Value> {
        assert_eq!(client.finished(&self.id).await["status"], "COMPLETED");
        let history = Follower::start(Over::Ws, app.address, client, &self.id, Some(&self.start)).await.rest().await;
        let log = &app.app.events;
        let logged =
            log.read_topic(job_topic(self.id.parse().unwrap()).name(), position_of(&self.start), 1000).await.unwrap();
        let logged: Vec<_> = logged.iter().map(|event| log.cursor(event.position).encode()).collect();
        assert_eq!(history.iter().map(cursor_of).collect::<Vec<_>>(), logged);
        assert!(history.len() > 50, "a history worth cutting has more than {} events", history.len());
        history
    }
}

/// Holds that progress never falls.
fn assert_progress_never_falls(events: &[Value]) {
    let progress: Vec<_> = events.iter().map(|event| event["progress"].as_f64().unwrap()).collect();
    assert!(progress.is_sorted(), "{progress:?}");
}
