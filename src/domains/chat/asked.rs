//! Record of the questions asked in a session, and of pending statements about team members.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{
    collecting::{Asking, Collected, Hint},
    message::Model as Message,
    personas::{FieldSpec, Persona},
    session::Model as Session,
    small_talk::beside_wishes,
};
use crate::{db::Id, error::Result};

/// Number of replies after which an unanswered question is asked again.
const AGAIN_AFTER: u32 = 5;
/// Number of times a question is asked before a lead is created without the answer.
const ENOUGH: u32 = 2;

/// The questions asked in a session, and pending statements about team members.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    /// The field asked for by the last reply.
    pub(super) last: Option<String>,
    /// Fields that the visitor refused to tell, which are not asked for again.
    #[serde(alias = "passed")]
    pub(super) refused: BTreeSet<String>,
    /// Number of times each field was asked for, and the number of the last such reply.
    pub(super) times: BTreeMap<String, (u32, u32)>,
    /// Number of replies.
    pub(super) replies: u32,
    /// The message with the latest refusal.
    pub(super) refused_in: Option<Id<Message>>,
    /// The message with an unusable answer, and its problem.
    pub(super) unclear_in: Option<(Id<Message>, Hint)>,
    /// Number of consecutive answers without a source.
    pub(super) unanswered: u32,
    /// True if the visitor was told that no person came: then an address suffices for a lead.
    pub(super) left_waiting: bool,
    /// The message in which the visitor withdrew the request for a person.
    pub(super) withdrawn_in: Option<Id<Message>>,
    /// True if the person who answered has left and no reply has said so.
    pub(super) has_person_left: bool,
    /// The message whose reply said so.
    pub(super) told_left_in: Option<Id<Message>>,
}

impl Session {
    pub(super) fn asked(&self) -> Asked {
        serde_json::from_str(&self.asked).unwrap_or_default()
    }

    /// Returns the session with a note for the next reply that the person who answered has left, if there was one.
    ///
    /// # Errors
    /// Never: the values are plain.
    pub(super) fn with_person_gone(self) -> Result<Self> {
        if !self.handover().is_taken() {
            return Ok(self);
        }
        let asked = Asked { has_person_left: true, ..self.asked() };
        Ok(Self { asked: serde_json::to_string(&asked)?, ..self })
    }
}

impl Asked {
    /// Returns the fields that the next reply must not ask for.
    pub(super) fn passed(&self, persona: &Persona, is_over: bool) -> BTreeSet<String> {
        let is_passed = |field: &&FieldSpec| match self.times.get(&field.key) {
            _ if self.refused.contains(&field.key) => true,
            None => false,
            Some((_, last)) => !field.required || is_over || self.replies + 1 < last + AGAIN_AFTER,
        };
        persona.fields.iter().filter(is_passed).map(|field| field.key.clone()).collect()
    }

    /// Returns the open questions: that of the last reply, and the latest one that is still unanswered.
    pub(super) fn asking(&self, known: &Collected) -> Asking<'_> {
        let is_open = |key: &&String| !known.knows(key);
        let latest = self.times.iter().filter(|(key, _)| is_open(key)).max_by_key(|(_, (_, reply))| *reply);
        Asking { last: self.last.as_deref(), open: latest.map(|(key, _)| key.as_str()) }
    }

    /// Returns true if a field was asked for often enough.
    pub(super) fn is_exhausted(&self, key: &str) -> bool {
        self.times.get(key).is_some_and(|(times, _)| *times >= ENOUGH)
    }
}

/// Opening statement of a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Opening {
    /// The message withdrew the request for a person.
    Withdrawn {
        /// True if it asks for nothing else.
        is_all: bool,
    },
    /// The person who answered has left.
    PersonLeft,
}

impl Opening {
    pub(super) fn of(asked: &Asked, message: &Message) -> Option<Self> {
        if asked.withdrawn_in == Some(message.id) {
            return Some(Self::Withdrawn { is_all: beside_wishes(&message.text).is_empty() });
        }
        (asked.has_person_left || asked.told_left_in == Some(message.id)).then_some(Self::PersonLeft)
    }
}
