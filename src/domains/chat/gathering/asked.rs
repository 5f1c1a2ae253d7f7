//! What a session has asked for.

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

/// Replies after which something that was asked for, and neither told nor refused, is asked for again.
const AGAIN_AFTER: u32 = 5;
/// How often something is asked for before a lead is made without it.
const ENOUGH: u32 = 2;

/// What a session has asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::domains::chat) struct Asked {
    /// The field that the last reply asked for.
    pub(super) last: Option<String>,
    /// Fields that the visitor does not want to tell: they are asked for no more.
    #[serde(alias = "passed")]
    pub(super) refused: BTreeSet<String>,
    /// Fields that were asked for: how often, and in which reply for the last time.
    pub(super) times: BTreeMap<String, (u32, u32)>,
    /// How many replies there were.
    pub(super) replies: u32,
    /// The message in which the visitor last did not want to tell something.
    pub(super) refused_in: Option<Id<Message>>,
    /// The message in which an answer could not be taken, and what was missing in it.
    pub(super) unclear_in: Option<(Id<Message>, Hint)>,
    /// Answers in a row that rested on nothing.
    pub(super) unanswered: u32,
    /// Whether the visitor was told that no person came: then an address alone makes a lead.
    pub(super) left_waiting: bool,
}

impl Asked {
    /// The fields that the next reply does not ask for.
    pub(super) fn passed(&self, persona: &Persona, is_over: bool) -> BTreeSet<String> {
        let is_passed = |field: &&FieldSpec| match self.times.get(&field.key) {
            _ if self.refused.contains(&field.key) => true,
            None => false,
            Some((_, last)) => !field.required || is_over || self.replies + 1 < last + AGAIN_AFTER,
        };
        persona.fields.iter().filter(is_passed).map(|field| field.key.clone()).collect()
    }

    /// What the visitor was asked for: by the last reply, and by whichever reply asked for something that is still open.
    pub(super) fn asking(&self, known: &Collected) -> Asking<'_> {
        let is_open = |key: &&String| !known.knows(key);
        let latest = self.times.iter().filter(|(key, _)| is_open(key)).max_by_key(|(_, (_, reply))| *reply);
        Asking { last: self.last.as_deref(), open: latest.map(|(key, _)| key.as_str()) }
    }

    /// Whether a field was asked for often enough.
    pub(super) fn is_exhausted(&self, key: &str) -> bool {
        self.times.get(key).is_some_and(|(times, _)| *times >= ENOUGH)
    }
}
