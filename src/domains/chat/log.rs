//! Events of a chat session in the event log.

use sea_orm::{ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    collecting::Collected,
    handover::Handover,
    handover_event::HandoverChanged,
    message::{self, Model as Message},
    session::{self, ActiveModel as Change, Model as Session},
};
use crate::{
    ambient::Ambient,
    db::{Id, WriteTx},
    error::{Error, Result},
    events::{self, Event, NewEvent, Topic},
    jobs::Failure,
};

/// The kind of event that is a piece of a reply.
const PIECE: &str = "chat_reply.continued";
/// The kinds of such events, also of earlier releases. Once the reply has ended they are deleted, for its end tells all of it.
pub(super) const PIECES: [&str; 2] = [PIECE, "chat_delta"];

/// Returns the topic of a session's events. Writers lock it before their first change, so that events are read in the
/// order of writing.
pub(super) fn topic(session: Id<Session>) -> Topic {
    Topic::of_one("session", session)
}

/// The collected values at the time of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct KnownSoFar {
    /// The collected values.
    pub(super) collected: Collected,
    /// True if all required values are settled.
    pub(super) is_complete: bool,
}

impl KnownSoFar {
    /// Returns the collected values of a session.
    pub(super) fn of(session: &Session) -> Self {
        Self { collected: session.collected(), is_complete: session.completed_at.is_some() }
    }
}

/// An event of a session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum ChatLog {
    /// A message was added, or the persona greeted.
    Added { message: Box<Message>, reply_id: Option<Id<Message>>, known: KnownSoFar },
    /// A reply started.
    Started { message_id: Id<Message>, reply_to: Id<Message>, supersedes: Option<Id<Message>> },
    /// A piece of a reply. The offset counts UTF-16 units.
    Delta { message_id: Id<Message>, offset: i32, text: String },
    /// A reply restarted; its earlier pieces are void.
    Replaced { message_id: Id<Message> },
    /// A reply is complete.
    Completed { message: Box<Message>, known: KnownSoFar },
    /// A reply failed.
    Failed { message_id: Id<Message>, failure: Failure },
    /// A reply was stopped.
    Stopped { message: Box<Message> },
    /// The handover changed.
    Handover { handover: Handover },
    /// The session was deleted.
    Deleted,
}

impl ChatLog {
    /// Reads the event from an `event` of the log.
    ///
    /// # Errors
    /// If the payload has another format.
    pub(super) fn read(event: &Event) -> Result<Self> {
        Ok(Self::deserialize(&event.payload)?)
    }

    /// The kind under which the log keeps it.
    fn kind(&self) -> &'static str {
        match self {
            Self::Added { .. } => "chat_message.created",
            Self::Started { .. } => "chat_reply.started",
            Self::Delta { .. } => PIECE,
            Self::Replaced { .. } => "chat_reply.restarted",
            Self::Completed { .. } => "chat_reply.completed",
            Self::Failed { .. } => "chat_reply.failed",
            Self::Stopped { .. } => "chat_reply.stopped",
            // Not that of the catalogue, whose payload is another.
            Self::Handover { .. } => "chat_session.handover_changed",
            Self::Deleted => "chat_session.deleted",
        }
    }
}

/// Appends an event of a session and returns its id in the log. Requires the lock on the topic.
///
/// # Errors
/// When the database fails.
pub(super) async fn append(
    tx: &mut WriteTx,
    ambient: &Ambient,
    session: Id<Session>,
    actor: Option<Uuid>,
    event: &ChatLog,
) -> Result<i64> {
    append_with(tx, ambient, (session, Change::default()), actor, event).await
}

/// Appends an event together with a change of the session's row.
///
/// # Errors
/// When the database fails.
pub(super) async fn append_with(
    tx: &mut WriteTx,
    ambient: &Ambient,
    (session, change): (Id<Session>, Change),
    actor: Option<Uuid>,
    event: &ChatLog,
) -> Result<i64> {
    let id = write(tx, ambient, session, actor, event).await?;
    // Not for each piece: who goes on from an older place gets what it has seen again, by whose offset it knows it.
    if !matches!(event, ChatLog::Delta { .. } | ChatLog::Deleted) {
        let change = Change { id: Set(session), last_event: Set(id), ..change };
        session::Entity::update(change).exec_without_returning(&**tx).await.map_err(missing)?;
    }
    Ok(id)
}

/// Appends an event like [`append`], and returns the session.
///
/// # Errors
/// When the database fails.
pub(super) async fn append_and_read(
    tx: &mut WriteTx,
    ambient: &Ambient,
    session: Id<Session>,
    event: &ChatLog,
) -> Result<Session> {
    let id = write(tx, ambient, session, None, event).await?;
    let change = Change { id: Set(session), last_event: Set(id), ..Change::default() };
    session::Entity::update(change).exec(&**tx).await.map_err(missing)
}

/// Ends a reply with the event `ended` and a change of the session's row. Returns `false` if it had already ended; then
/// the transaction must not be committed.
///
/// # Errors
/// When the database fails.
pub(super) async fn append_end(
    tx: &mut WriteTx,
    ambient: &Ambient,
    (session, change): (Id<Session>, Change),
    (reply, ended): (Id<Message>, message::ActiveModel),
    actor: Option<Uuid>,
    event: &ChatLog,
) -> Result<bool> {
    let id = append_with(tx, ambient, (session, change), actor, event).await?;
    let ended = message::ActiveModel { ended_by: Set(Some(id)), ..ended };
    let update = message::Entity::update_many().set(ended).filter(message::Column::Id.eq(reply));
    let update = update.filter(message::Column::Status.is_in(message::NOT_ENDED));
    Ok(update.exec(&**tx).await?.rows_affected == 1)
}

async fn write(
    tx: &mut WriteTx,
    ambient: &Ambient,
    session: Id<Session>,
    actor: Option<Uuid>,
    event: &ChatLog,
) -> Result<i64> {
    let new = NewEvent { topic: topic(session), kind: event.kind(), payload: serde_json::to_value(event)?, actor };
    let id = events::append(tx, ambient, new).await?;
    if let ChatLog::Handover { handover } = *event {
        events::append(tx, ambient, NewEvent::of(&HandoverChanged { session, handover }, actor)?).await?;
    }
    Ok(id)
}

fn missing(error: DbErr) -> Error {
    match error {
        DbErr::RecordNotUpdated => Error::NotFound("chat session"),
        other => other.into(),
    }
}
