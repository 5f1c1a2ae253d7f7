//! Events of waits.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::row::{Model, WaitKind, WaitOutcome};
use crate::{
    ambient::Ambient,
    db::{Id, WriteTx},
    error::Result,
    events::{self, DomainEvent, NewEvent, Topic},
};

/// Waits of all owners. Where the order of what happens to an owner matters, it tells that in its own topic.
const TOPIC: Topic = Topic::unordered("waits");

/// A wait was opened. By its place in the log it is known which events are to be looked back for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WaitOpened {
    /// The wait.
    pub wait_id: Id<Model>,
    /// Its kind.
    pub kind: WaitKind,
    /// The kind of its owner.
    pub owner_kind: String,
    /// Its owner.
    pub owner_id: Uuid,
}

/// A wait ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WaitEnded {
    /// The wait.
    pub wait_id: Id<Model>,
    /// The way in which it ended.
    pub outcome: WaitOutcome,
    /// The kind of its owner.
    pub owner_kind: String,
    /// Its owner.
    pub owner_id: Uuid,
}

impl DomainEvent for WaitOpened {
    const KIND: &'static str = "wait.opened";

    fn topic(&self) -> Topic {
        TOPIC
    }
}

impl DomainEvent for WaitEnded {
    const KIND: &'static str = "wait.ended";

    fn topic(&self) -> Topic {
        TOPIC
    }
}

/// Appends an event of a wait.
pub(super) async fn tell<E: DomainEvent>(tx: &mut WriteTx, ambient: &Ambient, event: &E) -> Result<()> {
    events::append(tx, ambient, NewEvent::of(event, None)?).await?;
    Ok(())
}
