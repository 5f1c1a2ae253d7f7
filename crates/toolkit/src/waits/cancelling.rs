//! Cancellation by the owner.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::{
    ending::{Ending, close},
    registry::{Owner, Waiters},
    row::{Column, Entity, WaitOutcome},
};
use crate::{
    ambient::Ambient,
    db::WriteTx,
    error::{Error, Result},
};

/// Cancels the open waits of an owner up to its generation: all, or those of a path and the paths below it (`a.b` lies
/// below `a`). Its reaction is what the caller does in the same transaction. Returns the number of waits.
///
/// # Errors
/// If the transaction does not hold the lock on the owner's topic, or the database fails.
pub async fn cancel_waits(
    tx: &mut WriteTx,
    ambient: &Ambient,
    waiters: &Waiters,
    (owner, path): (Owner, Option<&str>),
) -> Result<usize> {
    let open = Entity::find()
        .filter(Column::OwnerKind.eq(owner.kind))
        .filter(Column::OwnerId.eq(owner.id))
        .filter(Column::Generation.lte(owner.generation))
        .filter(Column::Outcome.is_null())
        .order_by_asc(Column::Id);
    let mut cancelled = 0;
    for wait in open.all(&**tx).await? {
        if !path.is_none_or(|path| lies_in(&wait.path, path)) {
            continue;
        }
        if !tx.holds(waiters.topic_of(&wait)?.name()) {
            return Err(Error::internal(anyhow::anyhow!("a wait was to be cancelled without the lock on its owner")));
        }
        if close(tx, ambient, &wait, &Ending::of(WaitOutcome::Cancelled)).await? {
            cancelled += 1;
        }
    }
    Ok(cancelled)
}

/// Returns true for `path` and the paths below it.
fn lies_in(place: &str, path: &str) -> bool {
    place.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}
