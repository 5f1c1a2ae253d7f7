//! Streaming of a reply to its row and, in pieces, to the event log.

use std::time::Duration;

use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, sea_query::Expr};
use tokio::time::{Instant, sleep_until};

use super::halt::Halt;
use crate::{
    app::App,
    db::{Id, WriteTx},
    domains::chat::{
        jobs::ReplyInput,
        log::{self, ChatLog},
        message::{ActiveModel, Column, Entity, Model as Message, Status},
        session::Model as Session,
    },
    error::Result,
    jobs::{Context, FencedTx},
};

/// Minimum time between two pieces. The first is sent at once.
const INTERVAL: Duration = Duration::from_millis(50);

/// The text of one reply, written only by its job. Its row serves clients that connect later; the pieces in the event
/// log serve subscribers.
pub(super) struct Writer<'a> {
    app: &'a App,
    ctx: &'a Context,
    /// The reply at its start.
    reply: Message,
    /// The whole text so far.
    text: String,
    /// The length of the published part, in bytes and in UTF-16 units.
    told: (usize, i32),
    last: Option<Instant>,
}

/// A started reply.
pub(super) struct Beginning<'a> {
    pub(super) writer: Writer<'a>,
    /// Its present session.
    pub(super) session: Session,
    /// True if it replaces another one.
    pub(super) is_again: bool,
}

impl<'a> Writer<'a> {
    /// Starts a reply, or restarts it if an earlier attempt ended in the middle.
    pub(super) async fn begin(app: &'a App, ctx: &'a Context, input: ReplyInput) -> Result<Beginning<'a>, Halt> {
        let session = match input.session {
            Some(session) => session,
            None => Entity::find_by_id(input.reply).one(app.db.reader()).await?.ok_or(Halt::Over)?.session_id,
        };
        let mut fenced = ctx.begin().await?;
        let tx = fenced.tx();
        log::topic(session).lock(tx).await?;
        let (reply, supersedes) = find(tx, session, input.reply).await?;
        let event = match (reply.status, reply.reply_to_id) {
            (Status::Pending, Some(reply_to)) => ChatLog::Started { message_id: reply.id, reply_to, supersedes },
            (Status::Streaming, _) => ChatLog::Replaced { message_id: reply.id },
            (Status::Pending, None) => return Err(Halt::Over),
            // Its job ended without saying so, or it was stopped before it began.
            (ended, _) => return Err(Halt::Ended(ended)),
        };
        let change = ActiveModel {
            id: Set(reply.id),
            status: Set(Status::Streaming),
            text: Set(String::new()),
            ..Default::default()
        };
        Entity::update(change).exec_without_returning(&**tx).await?;
        let session = log::append_and_read(tx, &app.ambient, session, &event).await?;
        fenced.commit().await?;
        let writer = Self { app, ctx, reply, text: String::new(), told: (0, 0), last: None };
        Ok(Beginning { writer, session, is_again: supersedes.is_some() })
    }

    /// Returns the reply at its start.
    pub(super) fn row(&self) -> &Message {
        &self.reply
    }

    pub(super) fn reply(&self) -> Id<Message> {
        self.reply.id
    }

    /// Returns the text so far.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Appends text that is published only with the end of the reply.
    pub(super) fn add(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Appends text. It is published at once if nothing was published for a while, otherwise by [`Writer::tick`].
    pub(super) async fn push(&mut self, text: &str) -> Result<(), Halt> {
        self.text.push_str(text);
        if self.last.is_none_or(|last| last.elapsed() >= INTERVAL) { self.flush().await } else { Ok(()) }
    }

    /// Waits until text is due to be published, or forever if there is none. Cancel-safe.
    pub(super) async fn due(&self) {
        match self.last {
            Some(last) if self.text.len() > self.told.0 => sleep_until(last + INTERVAL).await,
            _ => std::future::pending().await,
        }
    }

    /// Publishes the text appended so far.
    pub(super) async fn flush(&mut self) -> Result<(), Halt> {
        let Some(piece) = self.piece() else { return Ok(()) };
        let mut fenced = self.begin_next().await?;
        log::append(fenced.tx(), &self.app.ambient, self.reply.session_id, None, &piece).await?;
        fenced.commit().await?;
        self.note_told();
        Ok(())
    }

    /// Discards the text, including its published part.
    pub(super) async fn restart(&mut self) -> Result<(), Halt> {
        self.text.clear();
        if self.told.0 == 0 {
            return Ok(());
        }
        let mut fenced = self.begin_next().await?;
        let event = ChatLog::Replaced { message_id: self.reply.id };
        log::append(fenced.tx(), &self.app.ambient, self.reply.session_id, None, &event).await?;
        fenced.commit().await?;
        self.told = (0, 0);
        self.last = None;
        Ok(())
    }

    /// Starts the transaction that ends the reply, and publishes the rest of its text in it. The caller checks that the
    /// reply was not stopped meanwhile.
    pub(super) async fn begin_last(&self) -> Result<FencedTx, Halt> {
        let mut fenced = self.ctx.begin().await?;
        log::topic(self.reply.session_id).lock(fenced.tx()).await?;
        if let Some(piece) = self.piece() {
            log::append(fenced.tx(), &self.app.ambient, self.reply.session_id, None, &piece).await?;
        }
        Ok(fenced)
    }

    /// Starts a transaction that stores the present text.
    async fn begin_next(&self) -> Result<FencedTx, Halt> {
        let mut fenced = self.ctx.begin().await?;
        let tx = fenced.tx();
        log::topic(self.reply.session_id).lock(tx).await?;
        let changed = Entity::update_many()
            .col_expr(Column::Text, Expr::value(self.text.as_str()))
            .filter(Column::Id.eq(self.reply.id))
            .filter(Column::Status.eq(Status::Streaming))
            .exec(&**tx)
            .await?;
        if changed.rows_affected == 1 { Ok(fenced) } else { Err(Halt::Over) }
    }

    fn piece(&self) -> Option<ChatLog> {
        let (bytes, offset) = self.told;
        let text = self.text.get(bytes..).filter(|text| !text.is_empty())?.to_owned();
        Some(ChatLog::Delta { message_id: self.reply.id, offset, text })
    }

    fn note_told(&mut self) {
        let (bytes, units) = self.told;
        let added = self.text.get(bytes..).unwrap_or_default().encode_utf16().count();
        self.told = (self.text.len(), units.saturating_add(i32::try_from(added).unwrap_or(i32::MAX)));
        self.last = Some(Instant::now());
    }
}

/// Reads a reply and the one it replaces with one statement.
async fn find(tx: &WriteTx, session: Id<Session>, reply: Id<Message>) -> Result<(Message, Option<Id<Message>>), Halt> {
    let both = Condition::any().add(Column::Id.eq(reply)).add(Column::SupersededById.eq(reply));
    let found = Entity::find().filter(Column::SessionId.eq(session)).filter(both).all(&**tx).await?;
    let (mut these, before): (Vec<_>, Vec<_>) = found.into_iter().partition(|row| row.id == reply);
    let this = these.pop().ok_or(Halt::Over)?;
    Ok((this, before.first().map(|row| row.id)))
}
