//! What people do with jobs: cancel and retry. Who may is decided by the service that calls, and so is what else belongs to
//! the transaction, which the service commits.

use sea_orm::ActiveValue::Set;

use super::{
    JobError,
    entity::{ActiveModel, JobStatus, Model},
    events::JobEventKind,
    queue,
    runner::error_change,
};
use crate::{
    ambient::Ambient,
    db::{Db, Id, Signal, WriteTx},
    error::{Error, Result},
};

/// A job that was steered, in the transaction that is still open.
pub struct Steered {
    /// The transaction, to be committed.
    pub tx: WriteTx,
    /// The job before.
    pub before: Model,
    /// The job since; the same when there was nothing to do.
    pub after: Model,
}

impl Steered {
    /// Whether there was something to do.
    pub fn is_changed(&self) -> bool {
        self.before != self.after
    }

    /// Commits, and returns the job as it is since.
    ///
    /// # Errors
    /// When the database fails; then nothing was changed.
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

/// Cancels a job: at once when it waits, as soon as its worker sees it when it runs.
///
/// # Errors
/// [`Error::Conflict`] when the job has ended.
pub async fn cancel(db: &Db, ambient: &Ambient, id: Id<Model>) -> Result<Steered> {
    let (tx, row) = queue::begin_on(db, id).await?;
    cancel_row(tx, ambient, row.ok_or(Error::NotFound("job"))?).await
}

/// Cancels a job in a transaction that has changed nothing yet, and in which other things are changed too; one that has
/// ended, or is not there any more, stays as it is.
///
/// # Errors
/// When the database fails.
pub async fn cancel_unless_ended(tx: WriteTx, ambient: &Ambient, id: Id<Model>) -> Result<WriteTx> {
    match queue::take_turn(tx, id).await? {
        (tx, Some(row)) if !row.status.is_final() => Ok(cancel_row(tx, ambient, row).await?.tx),
        (tx, _) => Ok(tx),
    }
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

/// Starts a failed or cancelled job again: what it finished stays finished, what failed is tried again.
///
/// # Errors
/// [`Error::Conflict`] when the job has not failed and was not cancelled.
pub async fn retry(db: &Db, ambient: &Ambient, id: Id<Model>) -> Result<Steered> {
    let (mut tx, row) = queue::begin_on(db, id).await?;
    let row = row.ok_or(Error::NotFound("job"))?;
    if !matches!(row.status, JobStatus::Failed | JobStatus::Cancelled) {
        let status = name(row.status);
        return Err(Error::Conflict(format!(
            "The job is {status}; only a failed or cancelled job can be tried again."
        )));
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
