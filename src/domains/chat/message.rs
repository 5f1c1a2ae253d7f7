//! Messages of chat sessions.

#![expect(missing_docs, reason = "SeaORM generates public items without documentation")]

use async_graphql::Enum;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::{citation::Citation, session};
use crate::{
    db::{Id, Identified},
    error::ErrorCode,
    graphql::{PlainValue, Shown, plain_fields},
    jobs::{Failure, JobRow},
};

/// A message. `citations` is JSON.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "chat_messages")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<Model>,
    pub session_id: Id<session::Model>,
    /// Its place in the session, from 1.
    pub place: i32,
    pub role: Role,
    /// `None` until it is known who writes the reply.
    pub author: Option<Author>,
    /// Which model wrote it.
    pub model: Option<String>,
    pub state: State,
    pub text: String,
    pub citations: String,
    /// The message that it answers.
    pub reply_to_id: Option<Id<Model>>,
    /// The reply that took its place.
    pub superseded_by_id: Option<Id<Model>>,
    pub error_code: Option<String>,
    pub error_message: Option<String>,
    /// The client's key, by which it knows the message when it sends it again.
    pub client_key: Option<String>,
    pub job_id: Option<Id<JobRow>>,
    /// Who of the team wrote it.
    #[serde(default)]
    pub staff_id: Option<Uuid>,
    /// The event that ended the reply, while the pieces before it are in the event log.
    pub ended_by: Option<i64>,
    pub created_at: DateTimeUtc,
    pub completed_at: Option<DateTimeUtc>,
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("ChatMessage");
        shown.field("id", &self.id).field("place", &self.place).field("state", &self.state).finish_non_exhaustive()
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// A message of a chat session.
#[derive(Clone)]
pub struct ChatMessage(pub Model);

impl Shown for ChatMessage {
    type Row = Model;

    fn of(row: Model) -> Self {
        Self(row)
    }

    fn row(&self) -> &Model {
        &self.0
    }
}

plain_fields!(ChatMessage, |message| &message.0 => id, session_id, role, author, model, state, text, reply_to_id, superseded_by_id, created_at, completed_at);

impl Identified for Model {
    const PREFIX: &'static str = "msg";
    const NOUN: &'static str = "chat message";
}

impl Model {
    /// The passages that it rests on.
    pub(super) fn citations(&self) -> Vec<Citation> {
        serde_json::from_str(&self.citations).unwrap_or_default()
    }

    /// What went wrong, when it failed.
    pub(super) fn failure(&self) -> Option<Failure> {
        let code = self.error_code.as_ref()?;
        let code = serde_json::from_value(code.as_str().into()).unwrap_or(ErrorCode::Internal);
        Some(Failure { code, message: self.error_message.clone().unwrap_or_default() })
    }
}

/// Which side of a conversation speaks.
#[derive(Enum, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "ChatRole")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Role {
    /// The user or visitor.
    User,
    /// The persona, or a person of the team in its place.
    Assistant,
}

impl PlainValue for Role {}

/// Who wrote a message.
#[derive(Enum, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "ChatAuthor")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Author {
    /// The user or visitor.
    Person,
    /// Whoever wrote the persona: it is one of its greetings.
    Persona,
    /// A language model; `model` says which.
    Model,
    /// The server without a language model, from the passages that it found.
    BuiltIn,
    /// A person of the team; `staff` says who.
    Staff,
}

impl PlainValue for Author {}

/// Where a message stands.
#[derive(Enum, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "ChatMessageState")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum State {
    /// A reply that has not begun: it waits for its turn.
    Pending,
    /// A reply that is being written; `text` holds its beginning.
    Streaming,
    /// Whole.
    Completed,
    /// A reply that could not be written; `error` says why, and `text` is empty.
    Failed,
    /// A reply that somebody stopped; `text` holds what there was.
    Stopped,
}

impl PlainValue for State {}

/// The states of a reply that has not ended.
pub(super) const NOT_ENDED: [State; 2] = [State::Pending, State::Streaming];

impl State {
    /// Whether the message changes no more by itself.
    pub(super) fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Stopped)
    }
}
