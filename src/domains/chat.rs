//! Chat: a persona answers users and visitors, draws on a knowledge base, and collects what makes a lead.

mod citation;
pub mod collecting;
mod follow;
mod gathering;
mod gone;
mod graphql;
mod handing_over;
mod handover;
mod handover_mails;
mod list;
mod log;
mod message;
pub mod personas;
mod purge;
mod replying;
mod sending;
mod service;
mod session;
mod small_talk;
mod team;
mod unanswered;
mod visitor;
mod winning;

pub use gone::AnswerersGone;
pub(crate) use gone::look_after_answerers;
pub use graphql::{ChatMutation, ChatQuery, ChatSessionsList, ChatSubscription};
pub use message::{ChatMessage, Entity as ChatMessageEntity, Model as ChatMessageRow};
pub use purge::PurgeDeltas;
pub use replying::ReplyInChat;
pub use service::Chat;
pub use session::{ChatSession, Entity as ChatSessionEntity, Model as ChatSessionRow};
pub use unanswered::Unanswered;
pub use visitor::is_visitor_token;
