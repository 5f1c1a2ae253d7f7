//! Where a session stands between its persona and a person of the team.

use async_graphql::Enum;
use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::graphql::PlainValue;

/// The hand-over of a session.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handover {
    /// Who answers, or is to.
    pub status: HandoverStatus,
    /// Why a person was asked for the last time.
    pub reason: Option<HandoverReason>,
    /// When a person was asked for the last time.
    pub requested_at: Option<DateTime<Utc>>,
    /// The user who answers, or is to.
    pub assignee_id: Option<Uuid>,
}

impl Handover {
    /// Waits for a person since `now`; whoever had it before has it no more.
    pub(super) fn requested(reason: HandoverReason, now: DateTime<Utc>) -> Self {
        Self { status: HandoverStatus::Waiting, reason: Some(reason), requested_at: Some(now), assignee_id: None }
    }

    /// Whether a person may be asked for: nobody answers, and nobody was asked already.
    pub(super) fn is_open(&self) -> bool {
        matches!(self.status, HandoverStatus::None | HandoverStatus::Returned)
    }

    /// Whether a person is waited for who was asked for at this time.
    pub(super) fn is_waiting_since(&self, time: DateTime<Utc>) -> bool {
        let is_then = |at: DateTime<Utc>| at.timestamp_micros() == time.timestamp_micros();
        self.status == HandoverStatus::Waiting && self.requested_at.is_some_and(is_then)
    }

    /// Whether a person answers.
    pub(super) fn is_taken(&self) -> bool {
        self.status == HandoverStatus::Taken
    }
}

/// Who answers in a chat session.
#[derive(
    Enum, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq, Hash,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "ChatHandoverStatus")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum HandoverStatus {
    /// The persona; nobody has asked for a person.
    #[default]
    None,
    /// The persona, until a person of the team takes over, who was asked for.
    Waiting,
    /// A person of the team. The persona is silent.
    Taken,
    /// The persona again, after a person, or when the request for one was taken back.
    Returned,
}

impl PlainValue for HandoverStatus {}

/// Why a person was asked for.
#[derive(Enum, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "ChatHandoverReason")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum HandoverReason {
    /// Whoever talks asked for one, in words or by `requestChatHandover`.
    Asked,
    /// The persona hands such matters over.
    PersonaRule,
    /// Several answers in a row rested on nothing.
    NotAnswered,
    /// Somebody of the team took it over, or gave it to somebody, unasked.
    Staff,
}

impl PlainValue for HandoverReason {}

impl HandoverReason {
    /// As the team reads it in a mail.
    pub(super) fn phrase(self) -> &'static str {
        match self {
            Self::Asked => "They asked for a person.",
            Self::PersonaRule => "They speak of something that is left to people.",
            Self::NotAnswered => "Our notes did not answer what they asked.",
            Self::Staff => "Somebody of the team passed it on.",
        }
    }
}
