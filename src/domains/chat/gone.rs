//! Sessions whose assignee is gone: deactivated, deleted, or without `chats:answer`. They are returned to the team.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use serde::{Deserialize, Serialize};

use super::{
    access::is_gone,
    handing_over,
    handover::{Handover, HandoverReason, HandoverStatus},
    log,
    service::Chat,
    session::{Column, Entity, Model as Session},
};
use crate::{
    ambient::Ambient,
    auth::Viewer,
    db::{Id, WriteTx},
    error::Result,
    jobs::{self, Context, Job, JobError, NewJob},
};

/// Returns `session`, waiting for the team since `now` if its assignee is gone. Requires the lock on the topic; the
/// caller writes the session and notifies the team.
pub(super) async fn waiting_again(tx: &WriteTx, session: Session, now: DateTime<Utc>) -> Result<Session> {
    let handover = session.handover();
    let is_given = handover.status == HandoverStatus::Waiting && handover.assignee_id.is_some();
    if !(handover.is_taken() || is_given) || !is_gone(tx, handover.assignee_id).await? {
        return Ok(session);
    }
    let reason = handover.reason.unwrap_or(HandoverReason::Staff);
    Ok(session.with_person_gone()?.with_handover(Handover::requested(reason, now)))
}

/// Returns a query for the sessions with an assignee.
fn given() -> Select<Entity> {
    let open = Column::HandoverStatus.is_in([HandoverStatus::Taken, HandoverStatus::Waiting]);
    Entity::find().filter(open).filter(Column::HandoverAssigneeId.is_not_null())
}

/// Enqueues a check of assigned sessions, in the transaction in which users or roles lose permissions.
///
/// # Errors
/// When the database fails.
pub(crate) async fn look_after_answerers(tx: &mut WriteTx, ambient: &Ambient) -> Result<()> {
    if given().count(&**tx).await? > 0 {
        jobs::enqueue::<AnswerersGone>(tx, ambient, NewJob::new((), None)).await?;
    }
    Ok(())
}

/// The job that returns sessions to the team if their assignee is gone.
#[derive(Debug)]
pub struct AnswerersGone(Chat);

impl AnswerersGone {
    /// Creates the job.
    pub fn new(chat: Chat) -> Self {
        Self(chat)
    }

    /// Returns a session to the team if its assignee is gone, and returns true in that case.
    async fn look_at(&self, ctx: &Context, id: Id<Session>) -> Result<bool, JobError> {
        let app = self.0.app();
        let mut fenced = ctx.begin().await?;
        let tx = fenced.tx();
        log::topic(id).lock(tx).await?;
        let Some(before) = Entity::find_by_id(id).one(&**tx).await? else { return Ok(false) };
        let now = app.ambient.now();
        let after = waiting_again(tx, before.clone(), now).await?;
        if after.handover() == before.handover() {
            return Ok(false);
        }
        if let Some(persona) = self.0.personas().get(&after.persona) {
            handing_over::call_team(tx, app, &after, persona, now).await?;
        }
        handing_over::record_change(tx, &self.0, &before, &after, &Viewer::system()).await?;
        let event = log::ChatLog::Handover { handover: after.handover() };
        log::append_with(tx, &app.ambient, (id, after.since(&before)), None, &event).await?;
        fenced.commit().await?;
        Ok(true)
    }
}

/// The result of the job.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Returned {
    sessions: usize,
}

impl Job for AnswerersGone {
    const KIND: &'static str = "chat_answerers_gone";
    const MAX_ATTEMPTS: i32 = 20;
    type Input = ();
    type Output = Returned;

    async fn run(&self, ctx: Context, (): ()) -> Result<Returned, JobError> {
        let given = given().order_by_asc(Column::Id).select_only().column(Column::Id).into_tuple::<Id<Session>>();
        let mut sessions = 0;
        for id in given.all(self.0.app().db.reader()).await? {
            sessions += usize::from(self.look_at(&ctx, id).await?);
        }
        Ok(Returned { sessions })
    }

    fn summary(output: &Returned) -> String {
        match output.sessions {
            0 => "Everybody to whom a session is assigned can answer.".to_owned(),
            1 => "One session waits for the team again.".to_owned(),
            many => format!("{many} sessions wait for the team again."),
        }
    }
}
