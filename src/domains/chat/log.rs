//! What a chat session tells its followers, as the event log keeps it.

use sea_orm::{ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    collecting::Collected,
    handed_over::HandedOver,
    handover::Handover,
    message::{self, Model as Message},
    session::{self, ActiveModel as Change, Model as Session},
};
use crate::{
    ambient::Ambient,
    db::{Id, WriteTx},
    error::{Error, Result},
    events::{self, Event, NewEvent},
    jobs::Failure,
};

/// The kind of event that is a piece of a reply. Once the reply has ended these are deleted, for its end tells all of it.
pub(super) const DELTA: &str = "chat_delta";
/// The kind of all other events.
const EVENT: &str = "chat";

/// The topic of a session's events. Whoever writes on it locks it before their first change, so that they are read in the
/// order in which they were written.
pub(super) fn topic(session: Id<Session>) -> String {
    format!("session:{session}")
}

/// What is known of who is talked to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct KnownSoFar {
    /// What was collected.
    pub(super) collected: Collected,
    /// Whether that is all that is wanted.
    pub(super) is_complete: bool,
}

impl KnownSoFar {
    /// What is known in a session as it is.
    pub(super) fn of(session: &Session) -> Self {
        Self { collected: session.collected(), is_complete: session.completed_at.is_some() }
    }
}

/// Something that happened in a session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum ChatLog {
    /// Somebody said something, or the persona greeted.
    Added { message: Box<Message>, reply_id: Option<Id<Message>>, known: KnownSoFar },
    /// A reply began.
    Started { message_id: Id<Message>, reply_to: Id<Message>, supersedes: Option<Id<Message>> },
    /// A piece of a reply. The offset counts in units of UTF-16.
    Delta { message_id: Id<Message>, offset: i32, text: String },
    /// A reply began anew; what was told of it before counts no more.
    Replaced { message_id: Id<Message> },
    /// A reply is whole.
    Completed { message: Box<Message>, known: KnownSoFar },
    /// A reply could not be written.
    Failed { message_id: Id<Message>, failure: Failure },
    /// A reply was stopped.
    Stopped { message: Box<Message> },
    /// The hand-over to a person has changed.
    Handover { handover: Handover },
    /// The session is gone.
    Deleted,
}

impl ChatLog {
    /// The event that `event` of the log holds.
    ///
    /// # Errors
    /// When the payload is of another kind.
    pub(super) fn read(event: &Event) -> Result<Self> {
        Ok(Self::deserialize(&event.payload)?)
    }
}

/// Writes an event of a session and returns its id in the log. The topic is locked.
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

/// The same, together with a change of the session's row.
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

/// The same as [`append`], and returns the session as it is.
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

/// Ends a reply by `ended` and tells of it, with a change of the session's row. `false`: it had ended before, and the
/// transaction must not be committed.
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
    let update = update.filter(message::Column::State.is_in(message::NOT_ENDED));
    Ok(update.exec(&**tx).await?.rows_affected == 1)
}

async fn write(
    tx: &mut WriteTx,
    ambient: &Ambient,
    session: Id<Session>,
    actor: Option<Uuid>,
    event: &ChatLog,
) -> Result<i64> {
    let kind = if matches!(event, ChatLog::Delta { .. }) { DELTA } else { EVENT };
    let new = NewEvent { topic: topic(session), kind, payload: serde_json::to_value(event)?, actor };
    let id = events::append(tx, ambient, new).await?;
    if let ChatLog::Handover { handover } = *event {
        events::append(tx, ambient, HandedOver { session, handover }.to_new_event(actor)?).await?;
    }
    Ok(id)
}

fn missing(error: DbErr) -> Error {
    match error {
        DbErr::RecordNotUpdated => Error::NotFound("chat session"),
        other => other.into(),
    }
}
