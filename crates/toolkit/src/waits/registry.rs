//! The registry of what waits.

use std::{collections::HashMap, fmt, sync::Arc};

use async_trait::async_trait;
use serde_json::Value;
use uuid::Uuid;

use super::row::{Model, WaitOutcome};
use crate::{
    db::WriteTx,
    error::{Error, Result},
    events::Topic,
};

/// What waits: the object, and its generation, which rises when all that it waits for becomes void.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Owner {
    /// The kind, as in [`Waiter::kind`].
    pub kind: &'static str,
    /// The object.
    pub id: Uuid,
    /// Its generation.
    pub generation: i32,
}

/// The end of a wait.
#[derive(Debug, Clone)]
pub struct Ended {
    /// The wait as it is since.
    pub wait: Model,
    /// The way in which it ended.
    pub outcome: WaitOutcome,
    /// The event that came, or the data of the decision; otherwise null.
    pub result: Value,
}

/// A kind of owners of waits.
#[async_trait]
pub trait Waiter: Send + Sync + 'static {
    /// The stored name of the kind; never changed.
    fn kind(&self) -> &'static str;

    /// Returns the topic of an owner, which is ordered: its lock is held by whoever opens, ends or cancels a wait of it.
    fn topic(&self, owner: Uuid) -> Topic;

    /// Returns the present generation of those of `owners` that may still wait. Those that are gone or have ended are left
    /// out.
    ///
    /// # Errors
    /// When the database fails.
    async fn generations(&self, tx: &WriteTx, owners: &[Uuid]) -> Result<HashMap<Uuid, i32>>;

    /// Goes on with the owner, by changes in `tx` alone, which is the transaction that ends the wait: it mostly enqueues a
    /// job. Not called for waits that were cancelled.
    ///
    /// # Errors
    /// If it cannot go on now; then the wait is still open, and its end is tried again.
    async fn go_on(&self, tx: &mut WriteTx, ended: &Ended) -> Result<()>;
}

/// All kinds of owners that this process knows.
#[derive(Default, Clone)]
pub struct Waiters {
    kinds: HashMap<&'static str, Arc<dyn Waiter>>,
}

impl fmt::Debug for Waiters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.kinds.keys()).finish()
    }
}

impl Waiters {
    /// Adds a kind of owners.
    #[must_use]
    pub fn with(mut self, waiter: impl Waiter) -> Self {
        self.kinds.insert(waiter.kind(), Arc::new(waiter));
        self
    }

    /// Returns the kind of this name; `None` if only another release knows it.
    pub(super) fn find(&self, kind: &str) -> Option<&Arc<dyn Waiter>> {
        self.kinds.get(kind)
    }

    /// Returns the kind of the owner of `wait`.
    ///
    /// # Errors
    /// If only another release knows it, whose processes go on with it.
    pub(super) fn of(&self, wait: &Model) -> Result<&Arc<dyn Waiter>> {
        let kind = &wait.owner_kind;
        self.find(kind).ok_or_else(|| Error::internal(anyhow::anyhow!("nothing of the kind `{kind}` is known to wait")))
    }

    /// Returns the topic of the owner of `wait`.
    ///
    /// # Errors
    /// As [`Waiters::of`].
    pub(super) fn topic_of(&self, wait: &Model) -> Result<Topic> {
        Ok(self.of(wait)?.topic(wait.owner_id))
    }
}
