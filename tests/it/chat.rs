//! Chat through the API: sessions, visitors, replies that stream, what is collected.

mod answers;
mod collecting;
mod failing;
mod following;
mod gone;
mod handover;
mod killing;
mod order;
mod purging;
mod racing;
mod resuming;
mod screen;
mod sessions;
mod statements;
mod steering;
mod visitors;
mod withdrawing;

use std::net::SocketAddr;

use serde_json::{Value, json};

use crate::support::{
    Client, SseClient, SseStream, TestApp, TestAppBuilder, WsClient,
    llm::{Behaviour, Dialect, KEY, StandIn},
};
use screen::Screen;

const CREATE: &str = "mutation($input: CreateChatSessionInput!) { createChatSession(input: $input) {
    visitorToken expiresAt session { id cursor isVisitor isComplete persona { key name }
    metadata { name value } messages { nodes { text role author status } } } } }";

const SEND: &str = "mutation($input: SendChatMessageInput!) { sendChatMessage(input: $input) {
    reply { id } expiresAt message { id text role author status } session { isComplete collected { key value quote foundBy } } } }";

const FOLLOW: &str = "subscription($id: ID!, $after: EventCursor) { chatReply(sessionId: $id, after: $after) {
    __typename cursor session { id } occurredAt
    ... on ChatReplyState { replies { id status text } isComplete handover { status } }
    ... on ChatHandoverChanged { handover { status reason assignee { fullName } } }
    ... on ChatMessageAdded { message { id text role } reply { id } isComplete }
    ... on ChatReplyStarted { reply { id } replyTo { id } supersedes { id } }
    ... on ChatReplyDelta { reply { id } offset text }
    ... on ChatReplyReplaced { reply { id } }
    ... on ChatReplyCompleted { reply { id text status author model citations { index title heading quote url } }
        isComplete collected { key value } }
    ... on ChatReplyFailed { reply { id } error { code retryable } }
    ... on ChatReplyStopped { reply { id text status } } } }";

const MESSAGES: &str = "query($id: ID!) { chatSession(id: $id) { isComplete messages(first: 100) { nodes {
    id text role author status replyTo { id } supersededBy { id } error { code } citations { index } } } } }";

/// A persona whose questions are never missed.
const PERSONAS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/personas");

/// A server without a language model that answers without pauses.
fn without_model() -> TestAppBuilder {
    TestApp::builder().set("CHAT_BUILT_IN_PACE_MS", 0)
}

/// A server whose only language model is the stand-in, and whose persona adds no question to what the model writes.
fn with_model(model: &StandIn) -> TestAppBuilder {
    with_asking_model(model).set("PERSONAS_DIR", PERSONAS)
}

/// A server whose only language model is the stand-in.
fn with_asking_model(model: &StandIn) -> TestAppBuilder {
    without_model()
        .set("OPENAI_API_KEY", KEY)
        .set("OPENAI_BASE_URL", model.url())
        .set("OPENAI_CHAT_MODEL", "test-model")
        .set("LLM_MAX_ATTEMPTS", 1)
        .set("LLM_BREAKER_FAILURES", 1000)
}

/// A stand-in that finds nothing worth collecting, and a server with it.
async fn started() -> (StandIn, TestApp) {
    let model = StandIn::start(Dialect::OpenAi).await;
    model.aside(Behaviour::say("{}"));
    let app = with_model(&model).start().await;
    (model, app)
}

/// A session of somebody, and where its events begin.
#[derive(Clone)]
struct Talk {
    /// Whose session it is.
    by: Client,
    id: String,
    /// Behind the greeting.
    start: String,
}

impl Talk {
    /// A session of a new visitor.
    async fn of_a_visitor(app: &TestApp) -> Self {
        Self::begin(&app.anonymous()).await
    }

    /// A session that `by` makes.
    async fn begin(by: &Client) -> Self {
        let made = by.ok(CREATE, json!({"input": {}})).await["createChatSession"].take();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let by = made["visitorToken"].as_str().map_or_else(|| by.clone(), |token| by.with_token(token));
        Self { by, id: text(&made["session"]["id"]), start: text(&made["session"]["cursor"]) }
    }

    /// The same at another server.
    fn at(&self, address: SocketAddr) -> Self {
        Self { by: self.by.at(address), ..self.clone() }
    }

    /// Says something, and returns what came back.
    async fn say(&self, text: &str) -> Value {
        let input = json!({"sessionId": self.id, "text": text});
        self.by.ok(SEND, json!({"input": input})).await["sendChatMessage"].take()
    }

    /// Says something that is refused, and returns the error.
    async fn refused(&self, text: &str) -> Value {
        self.by.fail(SEND, json!({"input": {"sessionId": self.id, "text": text}})).await
    }

    /// The messages as they are stored.
    async fn messages(&self) -> Vec<Value> {
        let data = self.by.ok(MESSAGES, json!({"id": self.id})).await;
        data["chatSession"]["messages"]["nodes"].as_array().unwrap().clone()
    }

    /// Follows it on a WebSocket.
    async fn follow(&self, address: SocketAddr, after: Option<&str>) -> Follower {
        Follower::start(Over::Ws, address, &self.by, &self.id, after).await
    }

    /// Says something, and returns all that happens until it is answered.
    async fn answered(&self, address: SocketAddr, text: &str) -> Vec<Value> {
        let mut follower = self.follow(address, None).await;
        follower.event().await;
        self.say(text).await;
        follower.until_answered().await
    }
}

/// The two transports of subscriptions.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Over {
    Ws,
    Sse,
}

const BOTH: [Over; 2] = [Over::Ws, Over::Sse];

/// Somebody who follows a session. Dropping it cuts the connection.
enum Follower {
    Ws(Box<WsClient>),
    Sse(SseStream),
}

/// What a follower hears next.
#[derive(Debug, PartialEq)]
enum Heard {
    Event(Value),
    /// An error with this code.
    Error(String),
    Complete,
    /// The connection ended: the code of a WebSocket.
    Cut(Option<u16>),
}

impl Follower {
    async fn start(over: Over, address: SocketAddr, client: &Client, session: &str, after: Option<&str>) -> Self {
        match over {
            Over::Ws => {
                let mut socket = WsClient::connect(address, client.token()).await;
                socket.subscribe(FOLLOW, json!({"id": session, "after": after})).await;
                Self::Ws(Box::new(socket))
            }
            Over::Sse => {
                let stream = SseClient::new(address, client.token());
                Self::Sse(stream.subscribe(FOLLOW, json!({"id": session}), after).await)
            }
        }
    }

    async fn hear(&mut self) -> Heard {
        let payload = match self {
            Self::Ws(socket) => match socket.receive().await {
                Err(code) => return Heard::Cut(Some(code)),
                Ok(message) if message["type"] == "complete" => return Heard::Complete,
                Ok(message) if message["type"] == "error" => return Heard::Error(code_of(&message["payload"])),
                Ok(mut message) => message["payload"].take(),
            },
            Self::Sse(stream) => match stream.message().await {
                None => return Heard::Cut(None),
                Some(message) => match message.data {
                    None => return Heard::Complete,
                    Some(payload) => payload,
                },
            },
        };
        match payload.get("errors") {
            Some(errors) => Heard::Error(code_of(errors)),
            None => Heard::Event(payload["data"]["chatReply"].clone()),
        }
    }

    /// The next event.
    async fn event(&mut self) -> Value {
        match self.hear().await {
            Heard::Event(event) => event,
            other => panic!("{other:?} instead of an event"),
        }
    }

    /// The next so many events.
    async fn events(&mut self, count: usize) -> Vec<Value> {
        let mut events = Vec::new();
        while events.len() < count {
            events.push(self.event().await);
        }
        events
    }

    /// All events until one of this type, which is the last of them.
    async fn until(&mut self, name: &str) -> Vec<Value> {
        let mut events = Vec::new();
        loop {
            events.push(self.event().await);
            if events.last().unwrap()["__typename"] == name {
                return events;
            }
        }
    }

    /// All events until a reply is whole.
    async fn until_answered(&mut self) -> Vec<Value> {
        self.until("ChatReplyCompleted").await
    }
}

fn code_of(errors: &Value) -> String {
    errors[0]["extensions"]["code"].as_str().unwrap().to_owned()
}

fn cursor_of(event: &Value) -> &str {
    event["cursor"].as_str().unwrap()
}

fn names(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["__typename"].as_str().unwrap()).collect()
}

/// The names without repetitions of one another: however often a reply goes on, it goes on.
fn course(events: &[Value]) -> Vec<&str> {
    let mut names = names(events);
    names.dedup();
    names
}
