//! The job types of chat, for enqueueing.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{message::Model as Message, service::Chat, session::Model as Session};
use crate::{
    app::App,
    db::{Id, WriteTx},
    error::Result,
    jobs::{self, JobRow, NewJob},
};

/// Priority above other jobs, because somebody is waiting.
const PRIORITY: i32 = 10;

/// Writes a reply.
#[derive(Debug)]
pub struct ReplyInChat(pub(super) Chat);

impl ReplyInChat {
    /// Creates the job.
    pub fn new(chat: Chat) -> Self {
        Self(chat)
    }
}

/// The input of the job.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct ReplyInput {
    pub(super) reply: Id<Message>,
    /// Its session; missing in jobs of an earlier release.
    #[serde(default)]
    pub(super) session: Option<Id<Session>>,
}

impl ReplyInput {
    /// Returns the input for `reply`.
    pub(super) fn of(reply: &Message) -> Self {
        Self { reply: reply.id, session: Some(reply.session_id) }
    }
}

/// Enqueues the job of a reply. It has no owner: it is visible in the session, not among a user's jobs.
pub(super) async fn enqueue_reply(tx: &mut WriteTx, app: &App, input: ReplyInput) -> Result<Id<JobRow>> {
    let new = NewJob { priority: PRIORITY, ..NewJob::new(input, None) };
    Ok(jobs::enqueue::<ReplyInChat>(tx, &app.ambient, new).await?.job.id)
}

/// Tells a visitor that no person came, and asks for an address, unless somebody has taken the session over.
#[derive(Debug)]
pub struct Unanswered(pub(super) Chat);

impl Unanswered {
    /// Creates the job.
    pub fn new(chat: Chat) -> Self {
        Self(chat)
    }
}

/// The session, and the time since which it waits.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct UnansweredInput {
    pub(super) session: Id<Session>,
    pub(super) requested_at: DateTime<Utc>,
}
