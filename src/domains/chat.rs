//! Chat: a persona answers users and visitors from a knowledge base, and collects data for leads.

mod access;
mod asked;
mod citation;
mod follow;
mod gathering;
mod gone;
mod graphql;
mod handing_over;
mod handover;
mod handover_event;
mod handover_mails;
mod input;
mod jobs;
mod list;
mod log;
mod matter;
mod message;
mod personal;
mod pick;
mod purge;
mod replying;
mod sending;
mod service;
mod session;
mod sessions;
mod team;
mod unanswered;
mod visitor;
mod winning;

pub use gone::AnswerersGone;
pub(crate) use gone::look_after_answerers;
pub use graphql::{ChatMutation, ChatQuery, ChatSessionsList, ChatSubscription};
pub(in crate::domains) use handover_event::HandoverChanged;
pub use jobs::{ReplyInChat, Unanswered};
pub use message::{ChatMessage, Entity as ChatMessageEntity, Model as ChatMessageRow};
pub use personal::Personal;
pub use purge::PurgeDeltas;
pub use rapport_rules::{collecting, personas};
pub use service::Chat;
pub use session::{ChatSession, Entity as ChatSessionEntity, Model as ChatSessionRow};
pub use visitor::is_visitor_token;

use rapport_rules::small_talk;
