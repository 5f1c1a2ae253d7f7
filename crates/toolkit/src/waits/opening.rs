//! Opening of waits.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    sea_query::{OnConflict, Query},
};

use super::{
    events::{WaitOpened, tell},
    jobs::EndWait,
    matching::EventMatch,
    registry::{Owner, Waiters},
    row::{ActiveModel, Column, Entity, Model, WaitKind},
};
use crate::{
    ambient::Ambient,
    db::{Id, WriteTx},
    error::{Error, Result},
    events::Position,
    jobs::{NewJob, enqueue},
};

/// A wait to open.
#[derive(Debug, Clone)]
pub struct NewWait {
    /// What waits.
    pub owner: Owner,
    /// The place in the owner that waits. Each has one wait in a generation.
    pub path: String,
    /// What is waited for.
    pub until: Until,
    /// Time at which it ends as expired, if nothing came before; `None` to wait for ever.
    pub expires_at: Option<DateTime<Utc>>,
}

/// What is waited for.
#[derive(Debug, Clone)]
pub enum Until {
    /// This time.
    Time(DateTime<Utc>),
    /// One of these events, if it comes after a place in the log, which may lie in the past; `None` for the opening of the
    /// wait.
    Event {
        /// The events.
        any: Vec<EventMatch>,
        /// The place in the log.
        since: Option<Position>,
    },
    /// The decision of a person.
    Approval,
}

/// Opens a wait in the transaction of what leads to it, and returns it. If its place has one in this generation already,
/// returns that one, which may have ended.
///
/// # Errors
/// If the transaction does not hold the lock on the owner's topic, no event is named, or the database fails.
pub async fn open_wait(tx: &mut WriteTx, ambient: &Ambient, waiters: &Waiters, new: NewWait) -> Result<Model> {
    let row = row_of(ambient, &new)?;
    if !tx.holds(waiters.topic_of(&row)?.name()) {
        return Err(Error::internal(anyhow::anyhow!("a wait was to be opened without the lock on its owner")));
    }
    let place = [Column::OwnerKind, Column::OwnerId, Column::Generation, Column::Path];
    let inserted = Entity::insert(row.clone().into_active_model())
        .on_conflict(OnConflict::columns(place).do_nothing().to_owned())
        .exec_without_returning(&**tx)
        .await?;
    if inserted == 0 {
        return existing(tx, &row).await;
    }
    if let Until::Event { any, .. } = &new.until {
        await_events(tx, ambient, row.id, any).await?;
    }
    let (wait_id, kind, owner_id) = (row.id, row.kind, row.owner_id);
    tell(tx, ambient, &WaitOpened { wait_id, kind, owner_kind: row.owner_kind.clone(), owner_id }).await?;
    match row.due_at() {
        Some(at) => set_timer(tx, ambient, row, at).await,
        None => Ok(row),
    }
}

/// Gives an open wait a job that ends it at `at`.
pub(super) async fn set_timer(tx: &mut WriteTx, ambient: &Ambient, wait: Model, at: DateTime<Utc>) -> Result<Model> {
    let new = NewJob { run_at: Some(at), ..NewJob::new(wait.id, None) };
    let job_id = Some(enqueue::<EndWait>(tx, ambient, new).await?.job.id);
    let update = ActiveModel { id: Set(wait.id), job_id: Set(job_id), ..Default::default() };
    Entity::update(update).exec_without_returning(&**tx).await?;
    Ok(Model { job_id, ..wait })
}

async fn existing(tx: &WriteTx, row: &Model) -> Result<Model> {
    let found = Entity::find()
        .filter(Column::OwnerKind.eq(row.owner_kind.as_str()))
        .filter(Column::OwnerId.eq(row.owner_id))
        .filter(Column::Generation.eq(row.generation))
        .filter(Column::Path.eq(row.path.as_str()))
        .one(&**tx)
        .await?;
    found.ok_or_else(|| Error::internal(anyhow::anyhow!("a wait that blocked an insert has gone")))
}

/// Writes the kinds of events by which a wait is found.
async fn await_events(tx: &WriteTx, ambient: &Ambient, wait: Id<Model>, any: &[EventMatch]) -> Result<()> {
    let keys: BTreeSet<_> = any.iter().map(|awaited| (awaited.event.clone(), awaited.member())).collect();
    let mut insert =
        Query::insert().into_table("awaited_events").columns(["id", "wait_id", "event_kind", "member"]).take();
    for (kind, member) in keys {
        insert.values_panic([ambient.uuid().into(), wait.uuid().into(), kind.into(), member.into()]);
    }
    tx.execute(&insert).await?;
    Ok(())
}

fn row_of(ambient: &Ambient, new: &NewWait) -> Result<Model> {
    let (kind, wake_at, any, since) = match &new.until {
        Until::Time(at) => (WaitKind::Timer, Some(*at), &[][..], None),
        Until::Event { any, .. } if any.is_empty() => {
            return Err(Error::internal(anyhow::anyhow!("a wait for no event would never end")));
        }
        Until::Event { any, since } => (WaitKind::Event, None, any.as_slice(), *since),
        Until::Approval => (WaitKind::Approval, None, &[][..], None),
    };
    Ok(Model {
        id: Id::new(ambient),
        owner_kind: new.owner.kind.to_owned(),
        owner_id: new.owner.id,
        generation: new.owner.generation,
        path: new.path.clone(),
        kind,
        wake_at,
        expires_at: new.expires_at,
        job_id: None,
        matches: serde_json::to_string(any)?,
        since_tx: since.map(|since| since.tx),
        since_id: since.map(|since| since.id),
        is_live: false,
        lost_at: None,
        outcome: None,
        result: None,
        decided_by: None,
        began_at: ambient.shared_now(),
        ended_at: None,
    })
}
