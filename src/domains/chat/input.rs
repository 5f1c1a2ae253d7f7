//! Inputs of mutations.

use async_graphql::InputObject;

use super::session::Model as SessionRow;
use crate::{db::Id, domains::identity::User};

/// Note to store with a chat session.
#[derive(InputObject, Debug)]
pub struct ChatNoteInput {
    /// Name of the note, such as `page`; 1–50 characters.
    pub(super) name: String,
    /// Text of the note, up to 500 characters.
    pub(super) value: String,
}

/// Input for a new chat session.
#[derive(InputObject, Debug)]
pub struct CreateChatSessionInput {
    /// Key of the persona that answers, as listed by `personas`. Defaults to the default persona.
    pub(super) persona: Option<String>,
    /// Notes on the context, such as the page on which the chat was opened; up to 20 with unique names.
    #[graphql(default)]
    pub(super) metadata: Vec<ChatNoteInput>,
}

/// Input for a chat message.
#[derive(InputObject, Debug)]
pub struct SendChatMessageInput {
    /// Id of the session.
    pub(super) session_id: Id<SessionRow>,
    /// Text of 1–4,000 characters unless configured otherwise. Must contain a visible character, and no control
    /// characters except tabs and line ends.
    pub(super) text: String,
    /// Random key that identifies a repeated request, 1–200 characters. The same key in the same session returns the
    /// same message.
    pub(super) idempotency_key: Option<String>,
}

/// Input for assigning a chat session to a team member.
#[derive(InputObject, Debug)]
pub struct AssignChatSessionInput {
    /// Id of the session.
    pub(super) id: Id<SessionRow>,
    /// Id of the user who is to answer.
    pub(super) user_id: Id<User>,
}
