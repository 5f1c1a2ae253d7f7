//! Record of the questions asked in a session.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{
    db::Id,
    domains::chat::{
        collecting::{Asking, Collected, Hint},
        message::Model as Message,
        personas::{FieldSpec, Persona},
    },
};

/// Number of replies after which an unanswered question is asked again.
const AGAIN_AFTER: u32 = 5;
/// Number of times a question is asked before a lead is created without the answer.
const ENOUGH: u32 = 2;

/// The questions asked in a session.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::domains::chat) struct Asked {
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
