//! Interactions.

#![expect(missing_docs, reason = "SeaORM generates public items without documentation")]

use async_graphql::{Enum, SimpleObject};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    db::{Id, Identified},
    domains::{
        activity::subject::{SubjectKind, SubjectRef},
        identity::User,
    },
    graphql::{PlainValue, Timestamp, plain_fields},
    text::text_words,
};

/// Contact with a lead or a customer.
#[derive(Clone, Default, Debug, PartialEq, Eq, DeriveEntityModel, SimpleObject)]
#[sea_orm(table_name = "interactions")]
#[graphql(name = "Interaction", complex)]
pub struct Model {
    /// The id, beginning with `int_`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<Model>,
    #[graphql(skip)]
    pub subject_kind: SubjectKind,
    #[graphql(skip)]
    pub subject_id: Uuid,
    /// Kind of contact.
    pub kind: Kind,
    /// Direction; null if unknown.
    pub direction: Option<Direction>,
    /// Outcome; null if unknown.
    pub outcome: Option<Outcome>,
    /// Time at which it took place.
    #[graphql(skip, derived(name = "occurred_at", owned, into = "Timestamp", with = "Timestamp::of"))]
    pub occurred_at: DateTimeUtc,
    /// Summary in a line; null once the interaction was deleted.
    pub summary: Option<String>,
    /// Further text; null if there is none, and once the interaction was deleted.
    pub details: Option<String>,
    #[graphql(skip)]
    pub words: String,
    #[graphql(skip)]
    pub participants: String,
    /// Sentiment of the other side; null until a person or a model has said it.
    pub sentiment: Option<Sentiment>,
    /// Who said the sentiment; null as long as it is unknown.
    pub sentiment_source: Option<SentimentSource>,
    #[graphql(skip)]
    pub performed_by_id: Option<Id<User>>,
    #[graphql(skip)]
    pub recorded_by_id: Option<Id<User>>,
    /// Version, incremented by every change. Pass it as `expectedVersion` to update the interaction.
    pub version: i32,
    /// Time at which it was logged.
    #[graphql(skip, derived(name = "recorded_at", owned, into = "Timestamp", with = "Timestamp::of"))]
    pub recorded_at: DateTimeUtc,
    #[graphql(skip)]
    pub updated_at: DateTimeUtc,
    /// Deletion time; null unless the interaction was deleted.
    #[graphql(skip, derived(name = "deleted_at", owned, into = "Option<Timestamp>", with = "Timestamp::maybe"))]
    pub deleted_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Identified for Model {
    const PREFIX: &'static str = "int";
    const NOUN: &'static str = "interaction";
}

plain_fields!(Model => id, kind, direction, outcome, occurred_at, summary, details, sentiment, sentiment_source, version, recorded_at, deleted_at);

impl Model {
    /// Returns the lead or customer.
    pub fn subject(&self) -> SubjectRef {
        SubjectRef { kind: self.subject_kind, id: self.subject_id }
    }

    /// Returns the names of those who took part on the other side.
    pub fn names(&self) -> Vec<String> {
        serde_json::from_str(&self.participants).unwrap_or_default()
    }

    /// Returns the words by which an interaction with these texts is found.
    pub(super) fn words_of(summary: Option<&str>, details: Option<&str>, participants: &[String]) -> String {
        let texts = [summary, details].into_iter().map(|text| text.map(str::to_owned));
        let texts: Vec<_> = texts.chain(participants.iter().cloned().map(Some)).collect();
        text_words(&texts)
    }
}

/// Kind of contact.
#[derive(
    Enum, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Clone, Default, Copy, Debug, PartialEq, Eq, Hash,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "InteractionKind")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Kind {
    /// Request for help.
    SupportTicket,
    /// Meeting in person or by video.
    #[default]
    Meeting,
    /// Mail.
    Email,
    /// Telephone call.
    Call,
    /// Complaint that went to somebody higher up.
    Escalation,
    /// Training.
    Training,
}

impl PlainValue for Kind {}

/// Direction of a contact.
#[derive(Enum, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "InteractionDirection")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Direction {
    /// By the lead or customer.
    Inbound,
    /// By the team.
    Outbound,
}

impl PlainValue for Direction {}

/// Outcome of a contact.
#[derive(Enum, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "InteractionOutcome")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Outcome {
    /// Somebody was reached.
    Answered,
    /// Nobody was reached.
    NoAnswer,
    /// A message was left.
    LeftMessage,
}

impl Outcome {
    /// All outcomes in which nobody was reached.
    pub const UNREACHED: [Self; 2] = [Self::NoAnswer, Self::LeftMessage];
}

impl PlainValue for Outcome {}

/// Sentiment of the other side.
#[derive(Enum, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "Sentiment")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Sentiment {
    /// Content.
    Positive,
    /// Neither.
    Neutral,
    /// Discontent.
    Negative,
}

impl PlainValue for Sentiment {}

/// Source of a sentiment.
#[derive(Enum, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "SentimentSource")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SentimentSource {
    /// A person, whose word a model never overwrites.
    Person,
    /// A language model.
    Model,
}

impl PlainValue for SentimentSource {}
