//! GraphQL types of chat.

mod events;
mod feed;
mod handover;
mod mutations;
mod personas;
mod queries;
mod team;
mod team_feed;
mod types;

pub use mutations::ChatMutation;
pub use queries::{ChatQuery, ChatSessionsList, ChatSubscription};
