//! Handover of a session to a team member, to another one, and back to the persona.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;
use uuid::Uuid;

use super::{
    access::{self, Speaker},
    handover::{Handover, HandoverReason, HandoverStatus},
    handover_mails,
    input::AssignChatSessionInput,
    jobs::{Unanswered, UnansweredInput},
    log::{self, ChatLog},
    message::{self, Model as Message, NOT_ENDED, Status},
    personas::Persona,
    service::Chat,
    session::{self, Model as Session},
};
use crate::{
    ambient::Ambient,
    app::App,
    auth::{Permission, Viewer},
    db::{Id, WriteTx},
    domains::{
        audit::{self, AuditAction, Entry, Write},
        identity::{User, active_user, active_users_with, is_given},
        notification_kinds::Notice,
        notifications,
    },
    error::{Error, Result},
    jobs::{self, NewJob, job_topic},
};

/// Audit log action of a withdrawn request for a person.
const WITHDRAWN: AuditAction = AuditAction::ChatSessionHandoverWithdrawn;
/// The audit action of a request for a person.
const REQUESTED: AuditAction = AuditAction::ChatSessionHandoverRequested;

/// Requests a person: changes the session, which the caller writes, queues mails to the team, and schedules a check if
/// somebody came. A session that already waits or has a person is unchanged.
///
/// # Errors
/// When the database fails.
pub(super) async fn request(
    tx: &mut WriteTx,
    app: &App,
    session: Session,
    persona: &Persona,
    (reason, now): (HandoverReason, DateTime<Utc>),
) -> Result<Session> {
    if !session.handover().is_open() {
        return Ok(session);
    }
    let session = session.with_handover(Handover::requested(reason, now));
    call_team(tx, app, &session, persona, now).await?;
    Ok(session)
}

/// Notifies the team of a session that waits since `now`, also by mail, and schedules a check if somebody came.
///
/// # Errors
/// When the database fails.
pub(super) async fn call_team(
    tx: &mut WriteTx,
    app: &App,
    session: &Session,
    persona: &Persona,
    now: DateTime<Utc>,
) -> Result<()> {
    let mut team = active_users_with(&**tx, Permission::ChatsAnswer).await?;
    // Nobody answers in their own session.
    team.retain(|user| session.owner_id != Some(user.id.uuid()));
    handover_mails::to_team(tx, app, (session, persona), &team).await?;
    let notices: Vec<_> = team.iter().map(|user| (user.id, Notice::ChatWaiting(session.id))).collect();
    notifications::notify(tx, &app.ambient, None, &notices).await?;
    let patience = TimeDelta::from_std(app.config.chat.handover_patience).unwrap_or(TimeDelta::MAX);
    let input = UnansweredInput { session: session.id, requested_at: now };
    let new = NewJob { run_at: now.checked_add_signed(patience), ..NewJob::new(input, None) };
    jobs::enqueue::<Unanswered>(tx, &app.ambient, new).await?;
    Ok(())
}

/// Appends the event of a handover changed since `before`; returns its id, if there is one. Requires the lock on the
/// topic; the caller writes the session's row.
///
/// # Errors
/// When the database fails.
pub(super) async fn tell(
    tx: &mut WriteTx,
    chat: &Chat,
    before: &Session,
    session: &Session,
    viewer: &Viewer,
) -> Result<Option<i64>> {
    if session.handover() == before.handover() {
        return Ok(None);
    }
    let ambient = &chat.app().ambient;
    record_change(tx, chat, before, session, viewer).await?;
    let actor = viewer.signed_in().map(|session| session.user_id);
    settle(tx, ambient, before, session, actor).await?;
    let event = ChatLog::Handover { handover: session.handover() };
    Ok(Some(log::append(tx, ambient, session.id, actor, &event).await?))
}

/// Marks the notifications of a session as read, once it waits for nobody any more.
async fn settle(
    tx: &mut WriteTx,
    ambient: &Ambient,
    before: &Session,
    after: &Session,
    actor: Option<Uuid>,
) -> Result<()> {
    if before.handover().is_waiting() && !after.handover().is_waiting() {
        notifications::settle(tx, ambient, actor, Notice::ChatWaiting(after.id)).await?;
    }
    Ok(())
}

/// Records in the audit log that a person is requested, or no longer, in words or by the server.
///
/// # Errors
/// When the database fails.
pub(super) async fn record_change(
    tx: &WriteTx,
    chat: &Chat,
    before: &Session,
    after: &Session,
    viewer: &Viewer,
) -> Result<()> {
    let action = if after.handover().is_waiting() { REQUESTED } else { WITHDRAWN };
    let app = chat.app();
    audit::record(tx, &app.ambient, Some(&app.secrets), viewer, chat.entry(action, before, after)).await
}

impl Chat {
    /// Requests a person in one's own session.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::NotAllowed`] for a session that the viewer may only read.
    pub(super) async fn request_handover(&self, viewer: &Viewer, id: Id<Session>) -> Result<Session> {
        access::own(self.app(), viewer, id).await?;
        let mut write = Write::begin(self.app(), viewer).await?;
        log::topic(id).lock(&write).await?;
        let before = locked(&write, id).await?;
        let persona = self.persona_of(&before)?;
        let after = request(
            &mut write,
            self.app(),
            before.clone(),
            &persona,
            (HandoverReason::Asked, self.app().ambient.now()),
        )
        .await?;
        self.write(write, before, after, REQUESTED).await
    }

    /// Withdraws the request for a person in one's own session.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::NotAllowed`] for a session that the viewer may only read, [`Error::Conflict`] if a
    /// person already answers.
    pub(super) async fn withdraw_request(&self, viewer: &Viewer, id: Id<Session>) -> Result<Session> {
        access::own(self.app(), viewer, id).await?;
        let write = Write::begin(self.app(), viewer).await?;
        log::topic(id).lock(&write).await?;
        let before = locked(&write, id).await?;
        let handover = match before.handover() {
            taken if taken.is_taken() => {
                let message = "A person already answers in the session; tell them that you no longer need them.";
                return Err(Error::Conflict(message.to_owned()));
            }
            waiting if waiting.is_waiting() => waiting.returned(),
            nobody_asked => nobody_asked,
        };
        self.write(write, before.clone(), before.with_handover(handover), WITHDRAWN).await
    }

    /// Takes a session over: from now on the viewer answers, and the persona does not. An unfinished reply is stopped.
    ///
    /// # Errors
    /// [`Error::Forbidden`] without `chats:answer`, [`Error::NotFound`], [`Error::Conflict`] if somebody else has taken
    /// it.
    pub(super) async fn take_over(&self, viewer: &Viewer, id: Id<Session>) -> Result<Session> {
        viewer.need(Permission::ChatsAnswer)?;
        let me = viewer.user_id()?;
        self.of_others(viewer, id).await?;
        let mut write = self.begin_and_cancel(viewer, id).await?;
        access::still_answers(&write, me).await?;
        let before = locked(&write, id).await?;
        let now_is = before.handover();
        if now_is.is_taken() && now_is.assignee_id != Some(me) && !access::is_gone(&write, now_is.assignee_id).await? {
            let message = "Somebody else has taken over the session; use `assignChatSession` to take it from them.";
            return Err(Error::Conflict(message.to_owned()));
        }
        let handover = self.taken_by(now_is, me);
        self.stop_replies(&mut write, id, me).await?;
        self.write(write, before.clone(), before.with_handover(handover), AuditAction::ChatSessionTakenOver).await
    }

    /// Assigns a session to a team member and notifies them by mail. If a person answers, the assignee takes over at
    /// once; otherwise the session waits for them.
    ///
    /// # Errors
    /// [`Error::Forbidden`] without `chats:answer`, [`Error::NotFound`], [`Error::BadInput`] for a user who cannot answer.
    pub(super) async fn assign(&self, viewer: &Viewer, input: AssignChatSessionInput) -> Result<Session> {
        let AssignChatSessionInput { id, user_id: user } = input;
        viewer.need(Permission::ChatsAnswer)?;
        let me = viewer.user_id()?;
        self.of_others(viewer, id).await?;
        let app = self.app();
        let mut write = Write::begin(app, viewer).await?;
        log::topic(id).lock(&write).await?;
        access::still_answers(&write, me).await?;
        let before = locked(&write, id).await?;
        let assignee = match active_user(&**write, user).await? {
            Some(assignee) if is_given(&**write, &assignee, Permission::ChatsAnswer).await? => assignee,
            _ => {
                let message = "There is no active user with this id and the permission `chats:answer`.";
                return Err(Error::bad_input("input.userId", message));
            }
        };
        if before.owner_id == Some(user.uuid()) {
            return Err(Error::bad_input(
                "input.userId",
                "This is the user's own session; assign it to somebody else.",
            ));
        }
        let persona = self.persona_of(&before)?;
        let asked = if before.handover().is_open() {
            before.clone().with_handover(Handover::requested(HandoverReason::Staff, app.ambient.now()))
        } else {
            before.clone()
        };
        let after = Session { handover_assignee_id: Some(user.uuid()), ..asked };
        if after.handover() != before.handover() {
            handover_mails::to_assignee(&mut write, app, &after, &persona, &assignee).await?;
            write.notify(&[assignee.id], Notice::ChatWaiting(id)).await?;
        }
        self.write(write, before, after, AuditAction::ChatSessionAssigned).await
    }

    /// Returns a session to the persona.
    ///
    /// # Errors
    /// [`Error::Forbidden`] without `chats:answer`, [`Error::NotFound`], [`Error::Conflict`] if no person was
    /// requested.
    pub(super) async fn give_back(&self, viewer: &Viewer, id: Id<Session>) -> Result<Session> {
        viewer.need(Permission::ChatsAnswer)?;
        let me = viewer.user_id()?;
        self.of_others(viewer, id).await?;
        let write = Write::begin(self.app(), viewer).await?;
        log::topic(id).lock(&write).await?;
        access::still_answers(&write, me).await?;
        let before = locked(&write, id).await?;
        let now_is = before.handover();
        if now_is.status == HandoverStatus::None {
            return Err(Error::Conflict(
                "Nobody requested a person in the session, so there is nothing to return.".into(),
            ));
        }
        let after = before.clone().with_person_gone()?.with_handover(now_is.returned());
        self.write(write, before, after, AuditAction::ChatSessionReturned).await
    }

    fn taken_by(&self, before: Handover, user: Uuid) -> Handover {
        let taken = Handover { status: HandoverStatus::Taken, assignee_id: Some(user), ..before };
        if before.is_open() {
            let now = Some(self.app().ambient.now());
            return Handover { reason: Some(HandoverReason::Staff), requested_at: now, ..taken };
        }
        taken
    }

    pub(super) fn persona_of(&self, session: &Session) -> Result<Arc<Persona>> {
        let persona = self.personas().get(&session.persona).cloned();
        persona.ok_or_else(|| Error::Conflict(format!("The persona `{}` no longer exists.", session.persona)))
    }

    /// Returns an error unless the viewer sees the session and is not its owner.
    async fn of_others(&self, viewer: &Viewer, id: Id<Session>) -> Result<()> {
        match access::speaker(self.app(), viewer, id).await? {
            Speaker::Staff(_) => Ok(()),
            Speaker::Owner => {
                Err(Error::NotAllowed("This is your own session; another team member must answer in it.".into()))
            }
        }
    }

    /// Starts a transaction on the session, in which the job of an unfinished reply is cancelled.
    async fn begin_and_cancel(&self, viewer: &Viewer, id: Id<Session>) -> Result<Write> {
        let app = self.app();
        let writing = message::Entity::find()
            .filter(message::Column::SessionId.eq(id))
            .filter(message::Column::Status.is_in(NOT_ENDED))
            .filter(message::Column::JobId.is_not_null())
            .order_by_asc(message::Column::Place);
        let job = writing.one(app.db.reader()).await?.and_then(|reply| reply.job_id);
        let tx = app.db.begin().await?;
        if let Some(job) = job {
            job_topic(job).lock(&tx).await?;
        }
        log::topic(id).lock(&tx).await?;
        let tx = match job {
            Some(job) => jobs::cancel_unless_ended(tx, &app.ambient, job).await?,
            None => tx,
        };
        Ok(Write::of(tx, app, viewer))
    }

    /// Stops the unfinished replies of a session, because a person answers.
    async fn stop_replies(&self, tx: &mut WriteTx, id: Id<Session>, actor: Uuid) -> Result<()> {
        let ambient = &self.app().ambient;
        let waiting = message::Entity::find()
            .filter(message::Column::SessionId.eq(id))
            .filter(message::Column::Status.is_in(NOT_ENDED))
            .order_by_asc(message::Column::Place);
        for reply in waiting.all(&**tx).await? {
            let stopped = Message { status: Status::Stopped, completed_at: Some(ambient.now()), ..reply };
            let ended = message::ActiveModel {
                status: Set(stopped.status),
                completed_at: Set(stopped.completed_at),
                ..Default::default()
            };
            let (reply, event) = (stopped.id, ChatLog::Stopped { message: Box::new(stopped) });
            log::append_end(tx, ambient, (id, Default::default()), (reply, ended), Some(actor), &event).await?;
        }
        Ok(())
    }

    /// Returns the audit log entry of a changed handover.
    fn entry(&self, action: AuditAction, before: &Session, after: &Session) -> Entry {
        let assignee = |handover: Handover| handover.assignee_id.map(Id::<User>::from_uuid);
        let state = |handover: Handover| json!({"status": handover.status, "assigneeId": assignee(handover)});
        let entry = Entry::of(action, after.id, self.persona_name(after));
        entry.before(state(before.handover())).after(state(after.handover()))
    }

    /// Writes a changed handover with its event and its audit log entry; an unchanged one is skipped.
    async fn write(&self, mut write: Write, before: Session, after: Session, action: AuditAction) -> Result<Session> {
        if after.handover() == before.handover() {
            return Ok(after);
        }
        let (app, id) = (self.app(), after.id);
        let actor = write.viewer().signed_in().map(|session| session.user_id);
        settle(&mut write, &app.ambient, &before, &after, actor).await?;
        let event = ChatLog::Handover { handover: after.handover() };
        let change = after.since(&before);
        let last_event = log::append_with(&mut write, &app.ambient, (id, change), actor, &event).await?;
        write.record(self.entry(action, &before, &after)).await?;
        write.commit().await?;
        Ok(Session { last_event, ..after })
    }
}

/// Returns the present session. Requires the lock on the topic.
async fn locked(tx: &WriteTx, id: Id<Session>) -> Result<Session> {
    session::Entity::find_by_id(id).one(&**tx).await?.ok_or(Error::NotFound("chat session"))
}
