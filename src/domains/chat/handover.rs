//! Handover of a session between its persona and a team member.

use async_graphql::Enum;
use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::graphql::PlainValue;

/// The hand-over of a session.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Handover {
    /// Present status.
    pub status: HandoverStatus,
    /// Reason of the last request for a person.
    pub reason: Option<HandoverReason>,
    /// Time of the last request for a person.
    #[serde(alias = "requested_at")]
    pub requested_at: Option<DateTime<Utc>>,
    /// User who answers or is assigned.
    #[serde(alias = "assignee_id", default, with = "user_id")]
    pub assignee_id: Option<Uuid>,
}

impl Handover {
    /// Returns a handover that waits for a person since `now`, without an assignee.
    pub(super) fn requested(reason: HandoverReason, now: DateTime<Utc>) -> Self {
        Self { status: HandoverStatus::Waiting, reason: Some(reason), requested_at: Some(now), assignee_id: None }
    }

    /// Returns the handover after its return to the persona.
    pub(super) fn returned(self) -> Self {
        Self { status: HandoverStatus::Returned, assignee_id: None, ..self }
    }

    /// Returns true if a person may be requested: nobody answers, and no request is open.
    pub(super) fn is_open(&self) -> bool {
        matches!(self.status, HandoverStatus::None | HandoverStatus::Returned)
    }

    /// Returns true if the session waits for a person.
    pub(super) fn is_waiting(&self) -> bool {
        self.status == HandoverStatus::Waiting
    }

    /// Returns true if the session waits for a person who was requested at this time.
    pub(super) fn is_waiting_since(&self, time: DateTime<Utc>) -> bool {
        let is_then = |at: DateTime<Utc>| at.timestamp_micros() == time.timestamp_micros();
        self.is_waiting() && self.requested_at.is_some_and(is_then)
    }

    /// Returns true if a person answers.
    pub(super) fn is_taken(&self) -> bool {
        self.status == HandoverStatus::Taken
    }
}

/// Handover status of a chat session.
#[derive(
    Enum, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq, Hash,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "ChatHandoverStatus")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum HandoverStatus {
    /// The persona answers; no person was requested.
    #[default]
    None,
    /// The persona answers until the requested person takes over.
    Waiting,
    /// A team member answers; the persona does not.
    Taken,
    /// The persona answers again, after a person or a withdrawn request.
    Returned,
}

impl PlainValue for HandoverStatus {}

/// Reason why a person was requested.
#[derive(Enum, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "ChatHandoverReason")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum HandoverReason {
    /// The other side asked for a person, in words or with `requestChatHandover`.
    Asked,
    /// A rule of the persona hands such topics over.
    PersonaRule,
    /// Several consecutive answers had no source.
    NotAnswered,
    /// A team member took over or assigned the session without a request.
    Staff,
}

impl PlainValue for HandoverReason {}

impl HandoverReason {
    /// Returns the wording for mails to the team.
    pub(super) fn phrase(self) -> &'static str {
        match self {
            Self::Asked => "They asked for a person.",
            Self::PersonaRule => "They brought up a topic that only people handle.",
            Self::NotAnswered => "Our notes did not answer what they asked.",
            Self::Staff => "A team member assigned the session.",
        }
    }
}

/// The id of a user in events: with its prefix; earlier releases wrote it without.
mod user_id {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use uuid::Uuid;

    use crate::{db::Id, domains::identity::User};

    pub(super) fn serialize<S: Serializer>(user: &Option<Uuid>, serializer: S) -> Result<S::Ok, S::Error> {
        user.map(Id::<User>::from_uuid).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Uuid>, D::Error> {
        Ok(Option::<Id<User>>::deserialize(deserializer)?.map(Id::uuid))
    }
}
