//! Whom the events come from: Rapport, or a peer of the comparison.

use anyhow::Result;
use serde_json::{Value, json};

use crate::{
    api::{Api, socket_url, text},
    commits::add_message,
    database::Database,
    socket::{Said, Socket},
};

const CHAT: &str = "subscription ($id: ID!) { chatReply(sessionId: $id) { \
                    __typename cursor ... on ChatMessageAdded { message { id text } } } }";
const PEER: &str = "subscription ($id: ID!) { messageAdded(topic: $id) { id text } }";
const PUBLISH: &str = "mutation ($topic: ID!, $text: String!) { publish(topic: $topic, text: $text) { id } }";

/// The beginning of what each message says.
pub(super) const WORDS: &str = "Message ";

/// A server and the topics that are followed on it.
#[derive(Debug)]
pub(super) struct Target {
    api: Api,
    socket: String,
    topics: Vec<String>,
    is_peer: bool,
    /// Where messages are written instead of sent.
    log: Option<Database>,
}

/// What an event is to the measurement.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// The subscription is live.
    Live,
    /// A message, by its id.
    Message(String),
    /// Something else.
    Other,
}

impl Target {
    /// Signs in where that is needed, and makes the topics: at Rapport each is a chat session.
    ///
    /// # Errors
    /// When the server refuses.
    pub(super) async fn open(peer: Option<&str>, topics: usize, log: Option<Database>) -> Result<Self> {
        if let Some(url) = peer {
            let topics = (0..topics).map(|topic| format!("topic-{topic}")).collect();
            return Ok(Self { api: Api::open(url), socket: url.replacen("http", "ws", 1), topics, is_peer: true, log });
        }
        let api = Api::sign_in().await?;
        let mut sessions = Vec::new();
        for _ in 0..topics {
            sessions.push(api.chat_session().await?);
        }
        Ok(Self { api, socket: socket_url()?, topics: sessions, is_peer: false, log })
    }

    /// The names of the topics.
    pub(super) fn topics(&self) -> &[String] {
        &self.topics
    }

    /// A socket that is subscribed, or about to be.
    ///
    /// # Errors
    /// When the server refuses.
    pub(super) async fn subscribe(&self, subscriber: usize) -> Result<Socket> {
        let topic = self.topics.get(subscriber % self.topics.len());
        let mut socket = Socket::connect(&self.socket, self.api.token()).await?;
        socket.subscribe(if self.is_peer { PEER } else { CHAT }, json!({"id": topic})).await?;
        if self.is_peer {
            // It does not tell when a subscription is live; the answer to what was sent after it is near enough.
            socket.ping().await?;
        }
        Ok(socket)
    }

    /// Sends a message to a topic and returns its id.
    ///
    /// # Errors
    /// When the server refuses.
    pub(super) async fn publish(&self, topic: usize, words: &str) -> Result<String> {
        let topic = self.topics.get(topic).map(String::as_str).unwrap_or_default();
        if self.is_peer {
            let data = self.api.ask(PUBLISH, json!({"topic": topic, "text": words})).await?;
            return text(&data["publish"]["id"]);
        }
        match &self.log {
            Some(log) => add_message(log, topic, words).await,
            None => Ok(self.api.say(topic, words).await?.0),
        }
    }

    /// What was said, as the measurement takes it.
    pub(super) fn hear(&self, said: &Said) -> Heard {
        match said {
            Said::Event(data) if self.is_peer => message(&data["messageAdded"]),
            Said::Event(data) => match data["chatReply"]["__typename"].as_str() {
                Some("ChatReplyState") => Heard::Live,
                Some("ChatMessageAdded") => message(&data["chatReply"]["message"]),
                _ => Heard::Other,
            },
            Said::Pong if self.is_peer => Heard::Live,
            Said::Pong | Said::Complete => Heard::Other,
        }
    }
}

fn message(message: &Value) -> Heard {
    message["id"].as_str().map_or(Heard::Other, |id| Heard::Message(id.to_owned()))
}
