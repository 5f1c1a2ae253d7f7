//! What people do with jobs: cancel and retry. Who may is decided by the service that calls.

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
    db::{Db, Id, Signal},
    error::{Error, Result},
};

/// Cancels a job: at once when it waits, as soon as its worker sees it when it runs.
///
/// # Errors
/// [`Error::Conflict`] when the job has ended.
pub async fn cancel(db: &Db, ambient: &Ambient, id: Id<Model>) -> Result<Model> {
    let (mut tx, row) = queue::begin_on(db, id).await?;
    let row = row.ok_or(Error::NotFound("job"))?;
    let (kind, change) = match row.status {
        JobStatus::Queued => {
            let finished_at = Set(Some(ambient.now()));
            (JobEventKind::Cancelled, ActiveModel { finished_at, ..Default::default() })
        }
        JobStatus::Running if row.cancel_requested => return Ok(row),
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
    let row = queue::record(&mut tx, ambient, &row, kind, change).await.map_err(unexpected)?;
    tx.commit().await?;
    Ok(row)
}

/// Starts a failed or cancelled job again: what it finished stays finished, what failed is tried again.
///
/// # Errors
/// [`Error::Conflict`] when the job has not failed and was not cancelled.
pub async fn retry(db: &Db, ambient: &Ambient, id: Id<Model>) -> Result<Model> {
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
        run_at: Set(ambient.now()),
        cancel_requested: Set(false),
        finished_at: Set(None),
        ..error_change(None)
    };
    let row = queue::record(&mut tx, ambient, &row, JobEventKind::Queued, change).await.map_err(unexpected)?;
    tx.signal(Signal::Jobs);
    tx.commit().await?;
    Ok(row)
}

fn name(status: JobStatus) -> String {
    serde_json::to_value(status).ok().and_then(|value| value.as_str().map(str::to_lowercase)).unwrap_or_default()
}

fn unexpected(error: JobError) -> Error {
    Error::internal(error)
}
