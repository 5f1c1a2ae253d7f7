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
#[derive(Clone, Default, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "chat_messages")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<Model>,
    pub session_id: Id<session::Model>,
    /// Its position in the session, from 1.
    pub place: i32,
    pub role: Role,
    /// Kind of author; `None` until it is known for a reply.
    pub author: Option<Author>,
    /// The model that wrote it.
    pub model: Option<String>,
    #[sea_orm(column_name = "state")]
    #[serde(rename = "state")]
    pub status: Status,
    pub text: String,
    pub citations: String,
    /// The message that it answers.
    pub reply_to_id: Option<Id<Model>>,
    /// The reply that replaced it.
    pub superseded_by_id: Option<Id<Model>>,
    pub error_code: Option<String>,
    pub error_message: Option<String>,
    /// The client's idempotency key.
    pub client_key: Option<String>,
    pub job_id: Option<Id<JobRow>>,
    /// The team member who wrote it.
    #[serde(default)]
    pub staff_id: Option<Uuid>,
    /// The event that ended the reply, while its pieces are still in the event log.
    pub ended_by: Option<i64>,
    pub created_at: DateTimeUtc,
    pub completed_at: Option<DateTimeUtc>,
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("ChatMessage");
        shown.field("id", &self.id).field("place", &self.place).field("status", &self.status).finish_non_exhaustive()
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

plain_fields!(ChatMessage, |message| &message.0 => id, role, author, model, status, text, created_at, completed_at);

impl Identified for Model {
    const PREFIX: &'static str = "msg";
    const NOUN: &'static str = "chat message";
}

impl Model {
    /// Returns the passages on which it is based.
    pub(super) fn citations(&self) -> Vec<Citation> {
        serde_json::from_str(&self.citations).unwrap_or_default()
    }

    /// Returns the failure, if it failed.
    pub(super) fn failure(&self) -> Option<Failure> {
        let code = self.error_code.as_ref()?;
        let code = serde_json::from_value(code.as_str().into()).unwrap_or(ErrorCode::Internal);
        Some(Failure { code, message: self.error_message.clone().unwrap_or_default() })
    }
}

/// Side of a conversation.
#[derive(
    Enum, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Clone, Default, Copy, Debug, PartialEq, Eq, Hash,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "ChatRole")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Role {
    /// User or visitor.
    #[default]
    User,
    /// Persona, or a team member in its place.
    Assistant,
}

impl PlainValue for Role {}

/// Kind of author of a message.
#[derive(Enum, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "ChatAuthor")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Author {
    /// User or visitor.
    Person,
    /// Author of the persona, for its greetings.
    Persona,
    /// Language model, named in `model`.
    Model,
    /// Built-in answers from knowledge passages, without a language model.
    BuiltIn,
    /// Team member, named in `staff`.
    Staff,
}

impl PlainValue for Author {}

/// Processing status of a message.
#[derive(
    Enum, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Clone, Default, Copy, Debug, PartialEq, Eq, Hash,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "ChatMessageStatus")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    /// Reply that waits to be started.
    #[default]
    Pending,
    /// Reply in progress; `text` holds its beginning.
    Streaming,
    /// Complete message.
    Completed,
    /// Reply that failed; `error` holds the reason, and `text` is empty.
    Failed,
    /// Reply that was stopped; `text` holds its beginning.
    Stopped,
}

impl PlainValue for Status {}

/// The statuses of an unfinished reply.
pub(super) const NOT_ENDED: [Status; 2] = [Status::Pending, Status::Streaming];

impl Status {
    /// Returns true if the message will not change any more by itself.
    pub(super) fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Stopped)
    }
}
