//! Chat sessions.

#![expect(missing_docs, reason = "SeaORM generates public items without documentation")]

use std::collections::BTreeMap;

use sea_orm::{ActiveValue::Set, entity::prelude::*};

use super::handover::{Handover, HandoverReason, HandoverStatus};
use crate::{
    db::{Id, Identified},
    domains::leads::Lead,
    graphql::{Shown, plain_fields},
    text::chat_words,
};

/// A chat session. `metadata`, `collected` and `asked` are JSON.
#[derive(Clone, Default, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "chat_sessions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<Model>,
    /// The key of the persona that answers.
    pub persona: String,
    /// The user who owns the session; `None` for a visitor's.
    pub owner_id: Option<Uuid>,
    pub metadata: String,
    pub collected: String,
    /// Fields that were already asked for.
    pub asked: String,
    /// The folded texts of notes and collected values, for searches.
    pub words: String,
    /// Time at which all required fields were settled.
    pub completed_at: Option<DateTimeUtc>,
    /// The lead created from it.
    pub lead_id: Option<Id<Lead>>,
    pub handover_status: HandoverStatus,
    pub handover_reason: Option<HandoverReason>,
    pub handover_requested_at: Option<DateTimeUtc>,
    pub handover_assignee_id: Option<Uuid>,
    /// The id of the last event that is not a piece of a reply, from which subscribers of this state continue.
    pub last_event: i64,
    pub last_message_at: DateTimeUtc,
    pub created_at: DateTimeUtc,
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ChatSession").field("id", &self.id).field("persona", &self.persona).finish_non_exhaustive()
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Conversation between a user or visitor and a persona. Subscribe with `chatReply`.
#[derive(Clone)]
pub struct ChatSession(pub Model);

impl Shown for ChatSession {
    type Row = Model;

    fn of(row: Model) -> Self {
        Self(row)
    }

    fn row(&self) -> &Model {
        &self.0
    }
}

plain_fields!(ChatSession, |session| &session.0 => id, completed_at, last_message_at, created_at);

impl Identified for Model {
    const PREFIX: &'static str = "chat";
    const NOUN: &'static str = "chat session";
}

/// Returns the words by which a session with these notes and collected values is found.
pub(super) fn words(metadata: &str, collected: &str) -> String {
    chat_words(&[Some(metadata.to_owned()), Some(collected.to_owned())])
}

impl Model {
    /// Returns the update from `before` to this, of the columns that change during the conversation; equal values are
    /// left out.
    pub(super) fn since(&self, before: &Self) -> ActiveModel {
        let mut change = <ActiveModel as Default>::default();
        if self.collected != before.collected {
            change.collected = Set(self.collected.clone());
            change.words = Set(words(&self.metadata, &self.collected));
        }
        if self.asked != before.asked {
            change.asked = Set(self.asked.clone());
        }
        if self.completed_at != before.completed_at {
            change.completed_at = Set(self.completed_at);
        }
        if self.lead_id != before.lead_id {
            change.lead_id = Set(self.lead_id);
        }
        if self.handover() != before.handover() {
            change.handover_status = Set(self.handover_status);
            change.handover_reason = Set(self.handover_reason);
            change.handover_requested_at = Set(self.handover_requested_at);
            change.handover_assignee_id = Set(self.handover_assignee_id);
        }
        if self.last_message_at != before.last_message_at {
            change.last_message_at = Set(self.last_message_at);
        }
        change
    }

    /// Returns the handover between the persona and a team member.
    pub(super) fn handover(&self) -> Handover {
        Handover {
            status: self.handover_status,
            reason: self.handover_reason,
            requested_at: self.handover_requested_at,
            assignee_id: self.handover_assignee_id,
        }
    }

    /// Returns the session with another handover.
    pub(super) fn with_handover(self, handover: Handover) -> Self {
        let Handover { status, reason, requested_at, assignee_id } = handover;
        Self {
            handover_status: status,
            handover_reason: reason,
            handover_requested_at: requested_at,
            handover_assignee_id: assignee_id,
            ..self
        }
    }

    /// Returns the notes stored by the creator.
    pub(super) fn metadata(&self) -> BTreeMap<String, String> {
        serde_json::from_str(&self.metadata).unwrap_or_default()
    }
}
