//! Chat, as clients see it.

mod events;
mod handover;
mod mutations;
mod personas;
mod queries;
mod team;
mod types;

pub(super) use events::ChatReplyEvent;
pub use mutations::ChatMutation;
pub use queries::{ChatQuery, ChatSessionsList, ChatSubscription};
pub(super) use team::ChatHandoverEvent;
