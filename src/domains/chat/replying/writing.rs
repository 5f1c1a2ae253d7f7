//! Writes a reply as it comes: into its row, and piece by piece into the event log.

use std::time::Duration;

use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use tokio::time::{Instant, sleep_until};

use super::{Halt, Message};
use crate::{
    app::App,
    db::Id,
    domains::chat::{
        log::{self, ChatLog},
        message::{ActiveModel, Column, Entity, State},
        session::Model as Session,
    },
    error::Result,
    jobs::{Context, FencedTx},
};

/// The least time between two pieces. The first is told at once.
const INTERVAL: Duration = Duration::from_millis(50);

/// The text of one reply, which only its job writes. What the row holds, those who come late see; what the pieces in the
/// event log add up to, those who follow.
pub(super) struct Writer<'a> {
    app: &'a App,
    ctx: &'a Context,
    reply: Id<Message>,
    session: Id<Session>,
    /// All of it so far.
    text: String,
    /// How much of it has been told, in bytes and in units of UTF-16.
    told: (usize, i32),
    last: Option<Instant>,
}

impl<'a> Writer<'a> {
    /// Begins the reply, or begins it anew where an earlier attempt ended in the middle.
    pub(super) async fn begin(app: &'a App, ctx: &'a Context, reply: &Message) -> Result<Self, Halt> {
        let session = reply.session_id;
        let this = Self { app, ctx, reply: reply.id, session, text: String::new(), told: (0, 0), last: None };
        let mut fenced = ctx.begin().await?;
        let tx = fenced.tx();
        tx.lock(&log::topic(session)).await?;
        let now = Entity::find_by_id(reply.id).one(&**tx).await?.ok_or(Halt::Over)?;
        let event = match (now.state, now.reply_to_id) {
            (State::Pending, Some(reply_to)) => {
                let before = Entity::find()
                    .filter(Column::SessionId.eq(session))
                    .filter(Column::SupersededById.eq(now.id))
                    .one(&**tx)
                    .await?;
                let supersedes = before.map(|before| before.id);
                ChatLog::Started { message_id: now.id, reply_to, supersedes }
            }
            (State::Streaming, _) => ChatLog::Replaced { message_id: now.id },
            _ => return Err(Halt::Over),
        };
        let change = ActiveModel {
            id: Set(now.id),
            state: Set(State::Streaming),
            text: Set(String::new()),
            ..Default::default()
        };
        Entity::update(change).exec(&**tx).await?;
        log::append(tx, &app.ambient, session, None, &event).await?;
        fenced.commit().await?;
        Ok(this)
    }

    pub(super) fn reply(&self) -> Id<Message> {
        self.reply
    }

    /// The text so far.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Adds to the text. What is added is told at once when nothing was told for a while, else by [`Writer::tick`].
    pub(super) async fn push(&mut self, text: &str) -> Result<(), Halt> {
        self.text.push_str(text);
        if self.last.is_none_or(|last| last.elapsed() >= INTERVAL) { self.flush().await } else { Ok(()) }
    }

    /// Waits until something is due to be told; for ever when nothing is. Safe to drop while it waits.
    pub(super) async fn due(&self) {
        match self.last {
            Some(last) if self.text.len() > self.told.0 => sleep_until(last + INTERVAL).await,
            _ => std::future::pending().await,
        }
    }

    /// Tells what was added and not told.
    pub(super) async fn flush(&mut self) -> Result<(), Halt> {
        let Some(piece) = self.piece() else { return Ok(()) };
        let mut fenced = self.begin_next().await?;
        log::append(fenced.tx(), &self.app.ambient, self.session, None, &piece).await?;
        fenced.commit().await?;
        self.note_told();
        Ok(())
    }

    /// Forgets the text: what was told of it counts no more.
    pub(super) async fn restart(&mut self) -> Result<(), Halt> {
        self.text.clear();
        if self.told.0 == 0 {
            return Ok(());
        }
        let mut fenced = self.begin_next().await?;
        let event = ChatLog::Replaced { message_id: self.reply };
        log::append(fenced.tx(), &self.app.ambient, self.session, None, &event).await?;
        fenced.commit().await?;
        self.told = (0, 0);
        self.last = None;
        Ok(())
    }

    /// A transaction for the end of the reply, in which what was not told yet is told.
    pub(super) async fn begin_last(&self) -> Result<FencedTx, Halt> {
        let mut fenced = self.begin_next().await?;
        if let Some(piece) = self.piece() {
            log::append(fenced.tx(), &self.app.ambient, self.session, None, &piece).await?;
        }
        Ok(fenced)
    }

    /// A transaction in which the text stands as it is now.
    async fn begin_next(&self) -> Result<FencedTx, Halt> {
        let mut fenced = self.ctx.begin().await?;
        let tx = fenced.tx();
        tx.lock(&log::topic(self.session)).await?;
        let changed = Entity::update_many()
            .col_expr(Column::Text, Expr::value(self.text.as_str()))
            .filter(Column::Id.eq(self.reply))
            .filter(Column::State.eq(State::Streaming))
            .exec(&**tx)
            .await?;
        if changed.rows_affected == 1 { Ok(fenced) } else { Err(Halt::Over) }
    }

    fn piece(&self) -> Option<ChatLog> {
        let (bytes, offset) = self.told;
        let text = self.text.get(bytes..).filter(|text| !text.is_empty())?.to_owned();
        Some(ChatLog::Delta { message_id: self.reply, offset, text })
    }

    fn note_told(&mut self) {
        let (bytes, units) = self.told;
        let added = self.text.get(bytes..).unwrap_or_default().encode_utf16().count();
        self.told = (self.text.len(), units.saturating_add(i32::try_from(added).unwrap_or(i32::MAX)));
        self.last = Some(Instant::now());
    }
}
