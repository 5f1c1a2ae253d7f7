//! Notification of the owner of a job that ended.

use super::notify::notify;
use crate::{
    ambient::Ambient,
    db::{Id, WriteTx},
    domains::notification_kinds::Notice,
    error::Result,
    jobs::{JobRow, JobStatus},
};

/// Notifies the user who started `job`, in the transaction in which it ends.
///
/// # Errors
/// When the database fails.
pub(crate) async fn notify_owner(tx: &mut WriteTx, ambient: &Ambient, job: &JobRow, status: JobStatus) -> Result<()> {
    let Some(owner) = job.owner_id else { return Ok(()) };
    let notice = match status {
        JobStatus::Completed => Notice::JobCompleted(job.id),
        JobStatus::Failed => Notice::JobFailed(job.id),
        _ => return Ok(()),
    };
    notify(tx, ambient, None, &[(Id::from_uuid(owner), notice)]).await
}
