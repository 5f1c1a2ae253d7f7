//! Actions of participants in a session: sending messages, stopping and regenerating replies.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{CaseStatement, Expr, Func},
};
use serde_json::json;
use uuid::Uuid;

use super::{
    access::{self, Speaker},
    collecting, gathering, gone, handing_over,
    input::SendChatMessageInput,
    jobs::{ReplyInput, enqueue_reply},
    log::{self, ChatLog, KnownSoFar},
    message::{ActiveModel, Author, Column, Entity, Model as Message, NOT_ENDED, Role, Status},
    service::Chat,
    session::{self, Model as Session},
    visitor,
};
use crate::{
    app::App,
    auth::Viewer,
    db::{Id, WriteTx},
    domains::audit::{AuditAction, Entry, Write},
    error::{Error, Problems, Result},
    graphql::Listed,
    jobs::{self, JobRow, job_topic},
    limiter::Rule,
};

/// Maximum number of pending replies in a session.
const MAX_WAITING: i64 = 10;

/// The stored message and its pending reply.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) message: Message,
    /// `None` while a person answers.
    pub(super) reply: Option<Message>,
    pub(super) session: Session,
    /// The new expiry of the visitor's token; `None` for a user.
    pub(super) expires_at: Option<DateTime<Utc>>,
}

/// Returns the text in stored form: trimmed, with uniform line ends.
fn check(app: &App, said: &SendChatMessageInput) -> Result<String> {
    let most = app.config.chat.message_chars;
    let text = said.text.replace("\r\n", "\n").replace('\r', "\n").trim().to_owned();
    let mut problems = Problems::default();
    let is_control = |char: char| char.is_control() && char != '\n' && char != '\t';
    if !collecting::is_visible(&text) {
        problems.add("input.text", "Write something visible.");
    } else if text.chars().count() > most {
        problems.add("input.text", format!("Give 1 to {most} characters."));
    } else if text.contains(is_control) {
        problems.add("input.text", "Leave out control characters other than tabs and line ends.");
    }
    problems.check_idempotency_key("input.idempotencyKey", said.idempotency_key.as_deref());
    problems.into_result()?;
    Ok(text)
}

impl Chat {
    /// Stores a message in the viewer's session, and has it answered after the previous ones.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::BadInput`], [`Error::RateLimited`] if a visitor sends too fast,
    /// [`Error::IdempotencyMismatch`], [`Error::Conflict`] if too many messages wait for a reply.
    pub(super) async fn send(&self, viewer: &Viewer, said: SendChatMessageInput) -> Result<Sent> {
        let app = self.app();
        let id = said.session_id;
        let speaker = access::speaker(app, viewer, id).await?;
        let text = check(app, &said)?;
        if viewer.visitor().is_some() {
            self.admit_message(id).await?;
        }
        let mut write = Write::begin(app, viewer).await?;
        log::topic(id).lock(&write).await?;
        if let Speaker::Staff(user) = speaker {
            access::still_answers(&write, user).await?;
        }
        let session = session::Entity::find_by_id(id).one(&**write).await?.ok_or(Error::NotFound("chat session"))?;
        let key = said.idempotency_key.map(|key| key_of(&speaker, key));
        if let Some(known) = known_by_key(&write, &session, key.as_deref()).await? {
            let (message, reply) = known;
            if message.text != text {
                return Err(Error::IdempotencyMismatch);
            }
            let expires_at = viewer.visitor().map(|visitor| visitor.expires_at);
            return Ok(Sent { message, reply, session, expires_at });
        }
        let by = match speaker {
            Speaker::Owner => None,
            Speaker::Staff(user) => Some(answering(&session, user)?),
        };
        let (before, now) = (session.clone(), app.ambient.now());
        let session = match speaker {
            Speaker::Owner => gone::waiting_again(&write, session, now).await?,
            Speaker::Staff(_) => session,
        };
        let (message, reply) = store(&mut write, app, &session, (text, key), by).await?;
        if session.handover() != before.handover() {
            let persona = self.persona_of(&session)?;
            handing_over::call_team(&mut write, app, &session, &persona, now).await?;
        }
        let session = Session { last_message_at: message.created_at, ..session };
        let session = match speaker {
            Speaker::Owner => gathering::hear(&mut write, self, session, &message).await?,
            Speaker::Staff(_) => session,
        };
        let actor = viewer.signed_in().map(|session| session.user_id);
        let known = KnownSoFar::of(&session);
        let added = ChatLog::Added {
            message: Box::new(message.clone()),
            reply_id: reply.as_ref().map(|reply| reply.id),
            known,
        };
        let last_event =
            log::append_with(&mut write, &app.ambient, (id, session.since(&before)), actor, &added).await?;
        let handed = handing_over::tell(&mut write, self, &before, &session, viewer).await?;
        let expires_at = match viewer.visitor() {
            Some(_) => Some(visitor::prolong(&write, app, id).await?),
            None => None,
        };
        // Its words are private, and the audit log forgets nothing.
        let entry = Entry::of(AuditAction::ChatMessageSent, message.id, self.persona_name(&session));
        let entry = entry.after(json!({"sessionId": id, "characters": message.text.chars().count()}));
        write.record(entry).await?;
        write.commit().await?;
        self.visitors().forget(id);
        let session = Session { last_event: handed.unwrap_or(last_event), ..session };
        Ok(Sent { message, reply, session, expires_at })
    }

    async fn admit_message(&self, session: Id<Session>) -> Result<()> {
        let rule = Rule {
            name: "chat-message",
            attempts: self.app().config.chat.visitor_messages,
            window: Duration::from_secs(60),
        };
        self.attempt(rule, &session.to_string()).await
    }

    /// Stops a reply; a finished one stays unchanged.
    ///
    /// # Errors
    /// [`Error::NotFound`] unless it is a reply in a session of the viewer.
    pub(super) async fn stop(&self, viewer: &Viewer, id: Id<Message>) -> Result<Message> {
        let (app, ambient) = (self.app(), &self.app().ambient);
        let reply = self.own_reply(viewer, id).await?;
        let session = reply.session_id;
        let tx = app.db.begin().await?;
        if let Some(job) = reply.job_id {
            job_topic(job).lock(&tx).await?;
        }
        log::topic(session).lock(&tx).await?;
        let now_is = Entity::find_by_id(id).one(&*tx).await?.ok_or(Error::NotFound("chat message"))?;
        if now_is.status.is_final() {
            return Ok(now_is);
        }
        // A reply whose turn has come in between sees that it was stopped before it begins.
        let mut write = Write::of(cancel(tx, app, reply.job_id).await?, app, viewer);
        let stopped = Message { status: Status::Stopped, completed_at: Some(ambient.now()), ..now_is };
        let ended =
            ActiveModel { status: Set(stopped.status), completed_at: Set(stopped.completed_at), ..Default::default() };
        let actor = viewer.signed_in().map(|session| session.user_id);
        let event = ChatLog::Stopped { message: Box::new(stopped.clone()) };
        log::append_end(&mut write, ambient, (session, Default::default()), (id, ended), actor, &event).await?;
        next(&mut write, app, session).await?;
        let entry = Entry::of(AuditAction::ChatMessageStopped, id, "reply").after(json!({"sessionId": session}));
        write.record(entry).await?;
        write.commit().await?;
        Ok(stopped)
    }

    /// Regenerates the last reply of a session; the old one is kept as superseded.
    ///
    /// # Errors
    /// [`Error::NotFound`] unless it is a reply in a session of the viewer, [`Error::Conflict`] if it is unfinished or
    /// not the last one, [`Error::RateLimited`] if a visitor sends too fast.
    pub(super) async fn regenerate(&self, viewer: &Viewer, id: Id<Message>) -> Result<Message> {
        let app = self.app();
        let session = self.own_reply(viewer, id).await?.session_id;
        if viewer.visitor().is_some() {
            self.admit_message(session).await?;
        }
        let mut write = Write::begin(app, viewer).await?;
        log::topic(session).lock(&write).await?;
        let row = session::Entity::find_by_id(session).one(&**write).await?.ok_or(Error::NotFound("chat session"))?;
        let last =
            Entity::find().filter(Column::SessionId.eq(session)).order_by_desc(Column::Place).one(&**write).await?;
        let last = last.ok_or(Error::NotFound("chat message"))?;
        if row.handover().is_taken() {
            return Err(Error::Conflict("A person answers in the session, so the persona writes nothing.".to_owned()));
        }
        if last.id != id || !last.status.is_final() {
            let message = "Only the last reply of a session can be regenerated, after it has ended.";
            return Err(Error::Conflict(message.to_owned()));
        }
        let reply = pending_reply(app, &row, last.reply_to_id, last.place + 1);
        write.insert(&reply).await?;
        let change = ActiveModel { id: Set(id), superseded_by_id: Set(Some(reply.id)), ..Default::default() };
        Entity::update(change).exec_without_returning(&**write).await?;
        next(&mut write, app, session).await?;
        let entry = Entry::of(AuditAction::ChatMessageRegenerated, id, "reply");
        let entry = entry.after(json!({"sessionId": session, "supersededById": reply.id}));
        write.record(entry).await?;
        write.commit().await?;
        Ok(reply)
    }

    /// Returns a reply in the viewer's own session.
    async fn own_reply(&self, viewer: &Viewer, id: Id<Message>) -> Result<Message> {
        // Whoever may enter no session at all is told so, not that there is no such message.
        session::Entity::visible_to(viewer)?;
        let missing = || Error::NotFound("chat message");
        let found = Entity::find_by_id(id).one(self.app().db.reader()).await?;
        let reply = found.filter(|message| message.reply_to_id.is_some()).ok_or_else(missing)?;
        match access::own(self.app(), viewer, reply.session_id).await {
            Err(Error::NotFound(_)) => Err(missing()),
            other => other.map(|_| reply),
        }
    }
}

/// Cancels the unfinished job of a reply, if any. Must be called before other changes in the transaction.
async fn cancel(tx: WriteTx, app: &App, job: Option<Id<JobRow>>) -> Result<WriteTx> {
    let Some(job) = job else { return Ok(tx) };
    jobs::cancel_unless_ended(tx, &app.ambient, job).await
}

/// Returns a client's key in stored form: separate for each team member, since clients may simply count.
fn key_of(speaker: &Speaker, key: String) -> String {
    match speaker {
        Speaker::Owner => key,
        Speaker::Staff(user) => format!("{user}:{key}"),
    }
}

/// Returns the message with this key and its reply, if it was sent before.
async fn known_by_key(
    tx: &WriteTx,
    session: &Session,
    key: Option<&str>,
) -> Result<Option<(Message, Option<Message>)>> {
    let Some(key) = key else { return Ok(None) };
    let of_key = Entity::find().filter(Column::SessionId.eq(session.id)).filter(Column::ClientKey.eq(key));
    let Some(message) = of_key.one(&**tx).await? else { return Ok(None) };
    let replies = Entity::find()
        .filter(Column::SessionId.eq(session.id))
        .filter(Column::ReplyToId.eq(message.id))
        .order_by_desc(Column::Place);
    let reply = replies.one(&**tx).await?;
    Ok(Some((message, reply)))
}

/// Returns the team member who answers in a session.
///
/// # Errors
/// [`Error::Conflict`] if it is somebody else, or nobody.
fn answering(session: &Session, user: Uuid) -> Result<Uuid> {
    let handover = session.handover();
    if handover.is_taken() && handover.assignee_id == Some(user) {
        return Ok(user);
    }
    Err(Error::Conflict("Take over the session with `takeOverChatSession` before you answer in it.".to_owned()))
}

/// Inserts the message and its pending reply, which starts at once unless another is pending; no reply while a person
/// answers. `by` is the team member who sends it.
async fn store(
    tx: &mut WriteTx,
    app: &App,
    session: &Session,
    (text, key): (String, Option<String>),
    by: Option<Uuid>,
) -> Result<(Message, Option<Message>)> {
    let (waiting, last) = standing(tx, session.id).await?;
    if waiting >= MAX_WAITING {
        let message = format!("{MAX_WAITING} messages wait for a reply; send more after they are answered.");
        return Err(Error::Conflict(message));
    }
    let place = last + 1;
    let message = Message {
        role: if by.is_some() { Role::Assistant } else { Role::User },
        author: Some(if by.is_some() { Author::Staff } else { Author::Person }),
        staff_id: by,
        status: Status::Completed,
        text,
        client_key: key,
        completed_at: Some(app.ambient.now()),
        ..pending_reply(app, session, None, place)
    };
    if session.handover().is_taken() {
        Entity::insert(message.clone().into_active_model()).exec_without_returning(&**tx).await?;
        return Ok((message, None));
    }
    let mut reply = pending_reply(app, session, Some(message.id), place + 1);
    if waiting == 0 {
        reply.job_id = Some(enqueue_reply(tx, app, ReplyInput::of(&reply)).await?);
    }
    let rows = [message.clone(), reply.clone()].map(IntoActiveModel::into_active_model);
    Entity::insert_many(rows).exec_without_returning(&**tx).await?;
    Ok((message, Some(reply)))
}

/// Creates a message at the end of a session with the values given by the caller.
///
/// # Errors
/// When the database fails.
pub(super) async fn next_message(tx: &WriteTx, app: &App, session: &Session) -> Result<Message> {
    let (_, last) = standing(tx, session.id).await?;
    Ok(pending_reply(app, session, None, last + 1))
}

/// Returns the number of unfinished replies of a session, and the position of its last message.
async fn standing(tx: &WriteTx, session: Id<Session>) -> Result<(i64, i32)> {
    let waits = CaseStatement::new().case(Column::Status.is_in(NOT_ENDED), 1);
    let found: Option<(i64, Option<i32>)> = Entity::find()
        .filter(Column::SessionId.eq(session))
        .select_only()
        .expr_as(Func::count(waits), "waiting")
        .column_as(Column::Place.max(), "last")
        .into_tuple()
        .one(&**tx)
        .await?;
    let (waiting, last) = found.unwrap_or_default();
    Ok((waiting, last.unwrap_or_default()))
}

/// A reply that waits for its turn.
fn pending_reply(app: &App, session: &Session, reply_to: Option<Id<Message>>, place: i32) -> Message {
    Message {
        id: Id::new(&app.ambient),
        session_id: session.id,
        place,
        role: Role::Assistant,
        author: None,
        model: None,
        status: Status::Pending,
        text: String::new(),
        citations: "[]".to_owned(),
        reply_to_id: reply_to,
        superseded_by_id: None,
        error_code: None,
        error_message: None,
        client_key: None,
        job_id: None,
        staff_id: None,
        ended_by: None,
        created_at: app.ambient.now(),
        completed_at: None,
    }
}

/// Starts the next pending reply of a session, unless one is being written; replies are written one at a time, in order
/// of request. Requires the lock on the topic.
///
/// # Errors
/// When the database fails.
pub(super) async fn next(tx: &mut WriteTx, app: &App, session: Id<Session>) -> Result<()> {
    let waiting = Entity::find()
        .filter(Column::SessionId.eq(session))
        .filter(Column::Status.is_in(NOT_ENDED))
        .order_by_asc(Column::Place)
        .select_only()
        .columns([Column::Id, Column::JobId])
        .into_tuple::<(Id<Message>, Option<Id<JobRow>>)>();
    // The first is being written when it has a job.
    let Some((reply, None)) = waiting.one(&**tx).await? else { return Ok(()) };
    let job = enqueue_reply(tx, app, ReplyInput { reply, session: Some(session) }).await?;
    Entity::update_many().col_expr(Column::JobId, Expr::value(job)).filter(Column::Id.eq(reply)).exec(&**tx).await?;
    Ok(())
}
