//! Cancellation and retry of jobs by users. The calling service checks the permission, adds other changes to the
//! transaction, and commits it.

use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use super::{
    JobError,
    entity::{ActiveModel, Column, Entity, JobStatus, Model},
    events::JobEventKind,
    queue,
    runner::error_change,
};
use crate::{
    ambient::Ambient,
    db::{Db, Id, Signal, WriteTx},
    error::{Error, Result},
};

/// A changed job in an open transaction.
pub struct Steered {
    /// The transaction to be committed.
    pub tx: WriteTx,
    /// The job before the change.
    pub before: Model,
    /// The job after the change; equal if there was nothing to do.
    pub after: Model,
}

impl Steered {
    /// Returns true if the job was changed.
    pub fn is_changed(&self) -> bool {
        self.before != self.after
    }

    /// Commits, and returns the changed job.
    ///
    /// # Errors
    /// If the database fails; then nothing was changed.
    pub async fn commit(self) -> Result<Model> {
        self.tx.commit().await?;
        Ok(self.after)
    }
}

impl std::fmt::Debug for Steered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Steered").field("before", &self.before).field("after", &self.after).finish_non_exhaustive()
    }
}

/// Cancels a job: at once if it is queued, or as soon as its worker notices.
///
/// # Errors
/// [`Error::Conflict`] if the job has ended.
pub async fn cancel(db: &Db, ambient: &Ambient, id: Id<Model>) -> Result<Steered> {
    let (tx, row) = queue::begin_on(db, id).await?;
    cancel_row(tx, ambient, row.ok_or(Error::NotFound("job"))?).await
}

/// Cancels a job in a transaction without previous changes, to which others may be added; a job that ended or is
/// missing stays unchanged.
///
/// # Errors
/// When the database fails.
pub async fn cancel_unless_ended(tx: WriteTx, ambient: &Ambient, id: Id<Model>) -> Result<WriteTx> {
    match queue::take_turn(tx, id).await? {
        (tx, Some(row)) if !row.status.is_final() => Ok(cancel_row(tx, ambient, row).await?.tx),
        (tx, _) => Ok(tx),
    }
}

/// Takes a job of the server itself, of which nobody was told, out of the queue, in the transaction that makes it
/// needless. One that a worker has is left to find that out.
///
/// # Errors
/// When the database fails.
pub async fn withdraw(tx: &WriteTx, id: Id<Model>) -> Result<()> {
    let queued = Entity::delete_by_id(id).filter(Column::Status.eq(JobStatus::Queued));
    queued.exec(&**tx).await?;
    Ok(())
}

async fn cancel_row(mut tx: WriteTx, ambient: &Ambient, row: Model) -> Result<Steered> {
    let (kind, change) = match row.status {
        JobStatus::Queued => {
            let completed_at = Set(Some(ambient.shared_now()));
            (JobEventKind::Cancelled, ActiveModel { completed_at, ..Default::default() })
        }
        JobStatus::Running if row.cancel_requested => return Ok(Steered { tx, before: row.clone(), after: row }),
        JobStatus::Running => {
            (JobEventKind::CancelRequested, ActiveModel { cancel_requested: Set(true), ..Default::default() })
        }
        ended => {
            return Err(Error::Conflict(format!(
                "The job has ended ({}); only a queued or running job can be cancelled.",
                name(ended)
            )));
        }
    };
    let after = queue::record_and_read(&mut tx, ambient, &row, kind, change).await.map_err(unexpected)?;
    Ok(Steered { tx, before: row, after })
}

/// Restarts a failed or cancelled job: finished tasks stay finished, failed ones are retried.
///
/// # Errors
/// [`Error::Conflict`] if the job neither failed nor was cancelled.
pub async fn retry(db: &Db, ambient: &Ambient, id: Id<Model>) -> Result<Steered> {
    let (mut tx, row) = queue::begin_on(db, id).await?;
    let row = row.ok_or(Error::NotFound("job"))?;
    if !matches!(row.status, JobStatus::Failed | JobStatus::Cancelled) {
        let status = name(row.status);
        return Err(Error::Conflict(format!("The job is {status}; only a failed or cancelled job can be retried.")));
    }
    let stages = queue::forget_failures(&tx, &row).await?;
    let change = ActiveModel {
        stages: Set(serde_json::to_string(&stages)?),
        attempt: Set(0),
        failures: Set(0),
        run_at: Set(ambient.shared_now()),
        cancel_requested: Set(false),
        completed_at: Set(None),
        ..error_change(None)
    };
    let after =
        queue::record_and_read(&mut tx, ambient, &row, JobEventKind::Queued, change).await.map_err(unexpected)?;
    tx.signal(Signal::Jobs);
    Ok(Steered { tx, before: row, after })
}

fn name(status: JobStatus) -> String {
    serde_json::to_value(status).ok().and_then(|value| value.as_str().map(str::to_lowercase)).unwrap_or_default()
}

fn unexpected(error: JobError) -> Error {
    Error::internal(error)
}
