//! The end of a wait.

use sea_orm::{ActiveEnum, ConnectionTrait, EntityTrait, Statement, Value as SqlValue};
use serde_json::Value;
use uuid::Uuid;

use super::{
    events::{WaitEnded, tell},
    registry::{Ended, Waiters},
    row::{Entity, Model, WaitOutcome},
};
use crate::{
    ambient::Ambient,
    db::{Id, WriteTx},
    error::{Error, Result},
    jobs::withdraw,
};

/// How a wait is to end.
pub(super) struct Ending {
    pub(super) outcome: WaitOutcome,
    pub(super) result: Value,
    pub(super) decided_by: Option<Uuid>,
}

impl Ending {
    pub(super) fn of(outcome: WaitOutcome) -> Self {
        Self { outcome, result: Value::Null, decided_by: None }
    }
}

/// Reads a wait under the lock on its owner's topic, taken here before the first change of the transaction; `None` if it
/// does not exist.
pub(super) async fn locked(tx: &WriteTx, waiters: &Waiters, id: Id<Model>) -> Result<Option<Model>> {
    let Some(wait) = Entity::find_by_id(id).one(&**tx).await? else { return Ok(None) };
    waiters.topic_of(&wait)?.lock(tx).await?;
    // As it is now that nobody else can change it.
    Ok(Entity::find_by_id(id).one(&**tx).await?)
}

/// Ends a wait, and goes on with its owner in the same transaction, unless the owner waits no more: then it is cancelled.
/// Returns the wait as it is since; `None` if it had ended before.
pub(super) async fn end(
    tx: &mut WriteTx,
    ambient: &Ambient,
    waiters: &Waiters,
    wait: &Model,
    ending: Ending,
) -> Result<Option<Model>> {
    let waiter = waiters.of(wait)?;
    if !tx.holds(waiter.topic(wait.owner_id).name()) {
        return Err(Error::internal(anyhow::anyhow!("a wait was to end without the lock on its owner")));
    }
    let generation = waiter.generations(tx, &[wait.owner_id]).await?.get(&wait.owner_id).copied();
    let ending = if generation == Some(wait.generation) { ending } else { Ending::of(WaitOutcome::Cancelled) };
    let outcome = ending.outcome;
    if !close(tx, ambient, wait, &ending).await? {
        return Ok(None);
    }
    let wait = Entity::find_by_id(wait.id).one(&**tx).await?.ok_or(Error::NotFound("wait"))?;
    if outcome != WaitOutcome::Cancelled {
        waiter.go_on(tx, &Ended { wait: wait.clone(), outcome, result: ending.result }).await?;
    }
    Ok(Some(wait))
}

/// Ends a wait without a reaction, and returns false if it had ended before.
pub(super) async fn close(tx: &mut WriteTx, ambient: &Ambient, wait: &Model, ending: &Ending) -> Result<bool> {
    if !write(tx, ambient, wait.id, ending).await? {
        return Ok(false);
    }
    let delete = "DELETE FROM awaited_events WHERE wait_id = $1";
    tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), delete, [wait.id.into()])).await?;
    if let Some(job) = wait.job_id {
        withdraw(tx, job).await?;
    }
    let (wait_id, outcome, owner_kind, owner_id) = (wait.id, ending.outcome, wait.owner_kind.clone(), wait.owner_id);
    tell(tx, ambient, &WaitEnded { wait_id, outcome, owner_kind, owner_id }).await?;
    Ok(true)
}

/// Writes the end into the row, and returns false if it had ended before.
async fn write(tx: &WriteTx, ambient: &Ambient, id: Id<Model>, ending: &Ending) -> Result<bool> {
    let update = "UPDATE waits SET outcome = $1, result = $2, decided_by = $3, ended_at = $4 \
                  WHERE id = $5 AND outcome IS NULL";
    let result = (!ending.result.is_null()).then(|| ending.result.to_string());
    let values: [SqlValue; 5] = [
        ending.outcome.to_value().into(),
        result.into(),
        ending.decided_by.into(),
        ambient.shared_now().into(),
        id.into(),
    ];
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), update, values);
    Ok(tx.execute_raw(statement).await?.rows_affected() == 1)
}
