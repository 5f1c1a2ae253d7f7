//! Business rules for reading, cancelling and retrying jobs.

use sea_orm::{ColumnTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use crate::{
    app::App,
    auth::{Permission, Viewer},
    db::Id,
    domains::{
        audit::{AuditAction, Entry, Write},
        chat::ReplyInChat,
        needed_for,
        notification_kinds::Notice,
    },
    error::{Error, Result},
    events::{Found, Position, Subscription},
    graphql::Listed,
    jobs::{self, Job as _, JobColumn, JobEntity, JobRow, Steered, job_topic},
};

/// Returns the job with this id; `None` if it does not exist or the viewer may not see it.
pub(super) async fn find(app: &App, viewer: &Viewer, id: Id<JobRow>) -> Result<Option<JobRow>> {
    Ok(JobEntity::visible_to(viewer)?.filter(JobColumn::Id.eq(id)).one(app.db.reader()).await?)
}

/// Cancels a job: the viewer's own, or any with the permission.
pub(super) async fn cancel(app: &App, viewer: &Viewer, id: Id<JobRow>) -> Result<JobRow> {
    let job = steerable(app, viewer, id).await?;
    refuse_reply(&job)?;
    let steered = jobs::cancel(&app.db, &app.ambient, job.id).await?;
    commit(app, viewer, AuditAction::JobCancelled, steered).await
}

/// Restarts a failed or cancelled job. Requires the same permission as starting a job of its kind.
pub(super) async fn retry(app: &App, viewer: &Viewer, id: Id<JobRow>) -> Result<JobRow> {
    let job = steerable(app, viewer, id).await?;
    refuse_reply(&job)?;
    if let Some(permission) = needed_for(&job.kind) {
        viewer.need(permission)?;
    }
    let steered = jobs::retry(&app.db, &app.ambient, job.id).await?;
    commit(app, viewer, AuditAction::JobRetried, steered).await
}

/// Rejects the job of a chat reply, which is controlled in its session: otherwise the reply would wait forever.
fn refuse_reply(job: &JobRow) -> Result<()> {
    if job.kind != ReplyInChat::KIND {
        return Ok(());
    }
    let message = "A chat reply is stopped by `stopChatReply` and written again by `regenerateChatReply`.";
    Err(Error::Conflict(message.to_owned()))
}

/// Commits a change of a job, with an audit log entry if it changed.
async fn commit(app: &App, viewer: &Viewer, action: AuditAction, steered: Steered) -> Result<JobRow> {
    if steered.is_changed() {
        let state = |job: &JobRow| json!({"status": job.status, "cancelRequested": job.cancel_requested});
        let (before, after) = (&steered.before, &steered.after);
        let entry = Entry::of(action, after.id, &after.kind).between(state(before), state(after));
        let mut write = Write::of(steered.tx, app, viewer);
        write.record(entry).await?;
        if action == AuditAction::JobRetried {
            write.settle(Notice::JobFailed(after.id)).await?;
        }
        write.commit().await?;
    }
    Ok(steered.after)
}

async fn steerable(app: &App, viewer: &Viewer, id: Id<JobRow>) -> Result<JobRow> {
    let job = find(app, viewer, id).await?.ok_or(Error::NotFound("job"))?;
    if job.owner_id != viewer.signed_in().map(|session| session.user_id) {
        viewer.need(Permission::JobsManageAll)?;
    }
    Ok(job)
}

/// Returns true if `viewer` may see a job of `owner`, by the rule of [`Listed::visible_to`].
pub(super) fn may_see(viewer: &Viewer, owner: Option<Uuid>) -> Result<bool> {
    Ok(viewer.may(Permission::JobsReadAll) || owner == Some(viewer.user_id()?))
}

/// Returns the position from which a subscriber with the state `job` continues; `last` is the position of its last
/// event. For a finished job it is before the last event, so that late subscribers still receive the end.
pub(super) fn position(job: &JobRow, last: Found) -> Position {
    match last {
        Found::At(last) if job.status.is_final() => last.before(),
        Found::At(last) | Found::Purged(last) => last,
    }
}

/// The start of a subscription to a job.
pub(super) struct Followed {
    pub(super) job_id: Id<JobRow>,
    pub(super) owner: Option<Uuid>,
    /// The events after the subscriber's position.
    pub(super) events: Subscription,
    /// The present state and its position, if the subscriber starts without a cursor.
    pub(super) state: Option<(JobRow, Position)>,
    /// True if the log holds no further events and none will follow.
    pub(super) is_over: bool,
}

/// Subscribes to a job from `after`, or from its present state.
pub(super) async fn follow(app: &App, viewer: &Viewer, id: Id<JobRow>, after: Option<Position>) -> Result<Followed> {
    // Live first, then the present state: what changes in between is seen twice, and dropped, but never missed.
    let mut events = app.events.subscribe(job_topic(id).name(), after.unwrap_or_default());
    let job = find(app, viewer, id).await?.ok_or(Error::NotFound("job"))?;
    let last = app.events.position_of(job.last_event).await?;
    let is_over = job.status.is_final()
        && match (last, after) {
            (Found::Purged(_), _) => true,
            (Found::At(last), Some(after)) => after >= last,
            (Found::At(_), None) => false,
        };
    let owner = job.owner_id;
    let state = match after {
        Some(_) => None,
        None => {
            let here = position(&job, last);
            events.start_from(here);
            Some((job, here))
        }
    };
    Ok(Followed { job_id: id, owner, events, state, is_over })
}
