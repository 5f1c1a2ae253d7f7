//! Inputs of mutations.

use async_graphql::{ID, InputObject, MaybeUndefined};

use super::entity::Model as Note;
use crate::db::Id;

/// New note.
#[derive(InputObject)]
pub struct AddNoteInput {
    /// Id of the lead or customer.
    pub(super) subject_id: ID,
    /// Text, 1–20,000 characters.
    pub(super) text: String,
    /// True to show it before the others.
    #[graphql(default)]
    pub(super) is_pinned: bool,
}

/// Changes to a note. Omitted fields stay unchanged.
#[derive(InputObject)]
pub struct UpdateNoteInput {
    /// Id of the note.
    pub(super) id: Id<Note>,
    /// Version that you read; fails with `CONFLICT` if the note has changed since.
    pub(super) expected_version: i32,
    /// Text, 1–20,000 characters.
    pub(super) text: MaybeUndefined<String>,
    /// True to show it before the others.
    pub(super) is_pinned: MaybeUndefined<bool>,
}
