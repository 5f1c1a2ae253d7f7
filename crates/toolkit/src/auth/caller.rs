//! The caller identified by the token of a request or connection.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::session::Session;

/// An anonymous visitor with access to one chat session only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visitor {
    /// The chat session.
    pub chat_session: Uuid,
    /// Expiry time of the token, extended by use.
    pub expires_at: DateTime<Utc>,
}

/// A caller.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Caller {
    /// Without a token.
    #[default]
    Nobody,
    /// A user.
    User(Session),
    /// A visitor of a chat session.
    Visitor(Visitor),
}

impl Caller {
    /// Returns an identity for separating data of different callers: user and actor, or the chat session.
    pub fn person(&self) -> Option<(Uuid, Uuid)> {
        match self {
            Self::Nobody => None,
            Self::User(session) => Some((session.user_id, session.credential.actor(session.user_id))),
            Self::Visitor(visitor) => Some((visitor.chat_session, Uuid::nil())),
        }
    }
}
