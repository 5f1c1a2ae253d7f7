//! Inputs of mutations.

use async_graphql::InputObject;

use super::entity::{Kind, Model as Reason};
use crate::db::Id;

/// New reason, or a new name of one.
#[derive(InputObject)]
pub struct SaveReasonInput {
    /// Id of the reason to rename; omit it to create one.
    pub(super) id: Option<Id<Reason>>,
    /// Version that you read; required with `id`. Fails with `CONFLICT` if the reason has changed since.
    pub(super) expected_version: Option<i32>,
    /// What it is the reason for; required without `id`, and fixed from then on.
    pub(super) kind: Option<Kind>,
    /// Name, 1–100 characters, unique for its kind.
    pub(super) name: String,
}

/// Whether a reason can be given.
#[derive(InputObject)]
pub struct SetReasonActiveInput {
    /// Id of the reason.
    pub(super) id: Id<Reason>,
    /// True if it can be given from now on.
    pub(super) is_active: bool,
}
