//! The jobs of chat, as they are put into the queue.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{message::Model as Message, service::Chat, session::Model as Session};
use crate::{
    app::App,
    db::{Id, WriteTx},
    error::Result,
    jobs::{self, JobRow, NewJob},
};

/// Before other work: somebody waits for it.
const PRIORITY: i32 = 10;

/// Writes a reply.
#[derive(Debug)]
pub struct ReplyInChat(pub(super) Chat);

impl ReplyInChat {
    /// The job.
    pub fn new(chat: Chat) -> Self {
        Self(chat)
    }
}

/// Which reply.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct ReplyInput {
    pub(super) reply: Id<Message>,
    /// Its session; jobs of an earlier release lack it.
    #[serde(default)]
    pub(super) session: Option<Id<Session>>,
}

impl ReplyInput {
    /// What the job of `reply` is given.
    pub(super) fn of(reply: &Message) -> Self {
        Self { reply: reply.id, session: Some(reply.session_id) }
    }
}

/// Puts the job of a reply into the queue. It belongs to nobody: it is seen in the session, not among anybody's jobs.
pub(super) async fn enqueue_reply(tx: &mut WriteTx, app: &App, input: ReplyInput) -> Result<Id<JobRow>> {
    let new = NewJob { priority: PRIORITY, ..NewJob::new(input, None) };
    Ok(jobs::enqueue::<ReplyInChat>(tx, &app.ambient, new).await?.job.id)
}

/// Tells a visitor that no person has come, and asks for an address, unless somebody has taken the session over since.
#[derive(Debug)]
pub struct Unanswered(pub(super) Chat);

impl Unanswered {
    /// The job.
    pub fn new(chat: Chat) -> Self {
        Self(chat)
    }
}

/// Which session, and since when it waits.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct UnansweredInput {
    pub(super) session: Id<Session>,
    pub(super) requested_at: DateTime<Utc>,
}
