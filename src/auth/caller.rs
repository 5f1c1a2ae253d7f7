//! Who calls, as the token of a request or connection says.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::session::Session;

/// Somebody without an account who may enter one chat session, and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visitor {
    /// The chat session.
    pub chat_session: Uuid,
    /// When the token expires, unless it is used before.
    pub expires_at: DateTime<Utc>,
}

/// Who calls.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Caller {
    /// Somebody without a token.
    #[default]
    Nobody,
    /// A user.
    User(Session),
    /// A visitor of a chat session.
    Visitor(Visitor),
}

impl Caller {
    /// Who it is, for what must not pass from one to another: the user and the one who acts, or the chat session.
    pub fn person(&self) -> Option<(Uuid, Uuid)> {
        match self {
            Self::Nobody => None,
            Self::User(session) => Some((session.user_id, session.credential.actor(session.user_id))),
            Self::Visitor(visitor) => Some((visitor.chat_session, Uuid::nil())),
        }
    }
}
