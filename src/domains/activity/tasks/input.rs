//! Inputs of mutations.

use async_graphql::{ID, InputObject, MaybeUndefined};

use super::{
    entity::{Model as Task, Priority, Status},
    recurring::Recurrence,
};
use crate::{
    db::Id,
    domains::{activity::interactions::Interaction, identity::User},
    graphql::{Date, Timestamp},
};

/// New task.
#[derive(InputObject)]
pub struct CreateTaskInput {
    /// Id of the lead or customer.
    pub(super) subject_id: ID,
    /// Title, 1–200 characters.
    pub(super) title: String,
    /// Further text, up to 20,000 characters.
    pub(super) details: Option<String>,
    /// Priority. Defaults to `NORMAL`.
    pub(super) priority: Option<Priority>,
    /// Day on which it is due, in the time zone of the business. Not together with `dueAt`.
    pub(super) due_on: Option<Date>,
    /// Time at which it is due. Not together with `dueOn`.
    pub(super) due_at: Option<Timestamp>,
    /// Interval at which it comes again once it is completed; needs `dueOn`.
    pub(super) recurrence: Option<Recurrence>,
    /// Id of the active user to whom it is assigned. Defaults to you.
    pub(super) assignee_id: Option<Id<User>>,
    /// Id of the interaction that it follows up, with the same lead or customer.
    pub(super) origin_id: Option<Id<Interaction>>,
}

/// Changes to a task. Omitted fields stay unchanged.
#[derive(InputObject)]
pub struct UpdateTaskInput {
    /// Id of the task.
    pub(super) id: Id<Task>,
    /// Version that you read; fails with `CONFLICT` if the task has changed since.
    pub(super) expected_version: i32,
    /// Title, 1–200 characters.
    pub(super) title: MaybeUndefined<String>,
    /// Further text, up to 20,000 characters; null clears it.
    pub(super) details: MaybeUndefined<String>,
    /// Status.
    pub(super) status: MaybeUndefined<Status>,
    /// Priority.
    pub(super) priority: MaybeUndefined<Priority>,
    /// Day on which it is due, which takes the place of `dueAt`; null clears it.
    pub(super) due_on: MaybeUndefined<Date>,
    /// Time at which it is due, which takes the place of `dueOn`; null clears it.
    pub(super) due_at: MaybeUndefined<Timestamp>,
    /// Interval at which it comes again once it is completed, counted from its day; null for once.
    pub(super) recurrence: MaybeUndefined<Recurrence>,
    /// Id of the active user to whom it is assigned; null unassigns.
    pub(super) assignee_id: MaybeUndefined<Id<User>>,
}
