//! Chat, as clients see it.

mod events;
mod handover;
mod messages;
mod mutations;
mod personas;
mod queries;
mod team;
mod types;

pub(super) use events::ChatReplyEvent;
pub(super) use messages::{ChatMessageFilter, ChatMessageOrder};
pub use mutations::ChatMutation;
pub use queries::{ChatQuery, ChatSessionFilter, ChatSessionOrder, ChatSubscription};
pub(super) use team::ChatHandoverEvent;
pub(crate) use types::{ChatMessage, ChatSession, message_of, session_of};
