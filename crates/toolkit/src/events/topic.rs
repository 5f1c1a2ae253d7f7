//! Topics: the events that are read together.

use std::{borrow::Cow, fmt};

use crate::db::{Id, WriteTx};

/// The name under which events are read together. A topic is ordered where the order of its events has a meaning: its writers
/// lock it before their first change, so that they commit in the order of their ids.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Topic {
    name: Cow<'static, str>,
    is_ordered: bool,
}

impl Topic {
    /// The topic of one object, such as `job:job_0190…`: ordered.
    pub fn of_one<T>(noun: &str, id: Id<T>) -> Self
    where
        Id<T>: fmt::Display,
    {
        Self { name: format!("{noun}:{id}").into(), is_ordered: true }
    }

    /// A topic of many objects whose writers wait for each other.
    pub const fn ordered(name: &'static str) -> Self {
        Self { name: Cow::Borrowed(name), is_ordered: true }
    }

    /// A topic of many objects whose writers do not wait for each other: its events stand in the order of their commits,
    /// which need not be that of their changes.
    pub const fn unordered(name: &'static str) -> Self {
        Self { name: Cow::Borrowed(name), is_ordered: false }
    }

    /// The topic of one object whose writers do not wait for each other, as [`Topic::unordered`].
    pub fn unordered_of_one<T>(noun: &str, id: Id<T>) -> Self
    where
        Id<T>: fmt::Display,
    {
        Self { name: format!("{noun}:{id}").into(), is_ordered: false }
    }

    /// Its name in the log.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Waits until no other transaction writes on an ordered topic. Called before the first change of the transaction.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lock(&self, tx: &WriteTx) -> Result<(), sea_orm::DbErr> {
        if self.is_ordered { tx.lock(&self.name).await } else { Ok(()) }
    }

    pub(super) fn is_ordered(&self) -> bool {
        self.is_ordered
    }

    pub(super) fn into_name(self) -> Cow<'static, str> {
        self.name
    }
}
