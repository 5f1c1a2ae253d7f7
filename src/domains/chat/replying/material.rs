//! Input and result of writing a reply.

use std::sync::Arc;

use super::drawing::Passage;
use crate::domains::chat::{
    gathering::Plan,
    message::{Author, Model as Message},
    personas::Persona,
    session::Model as Session,
};

/// The input for a reply.
pub(super) struct Material {
    pub(super) session: Session,
    pub(super) persona: Arc<Persona>,
    /// The conversation, oldest message first; the last one is the message being answered.
    pub(super) history: Vec<Message>,
    pub(super) passages: Vec<Passage>,
    /// The plan of the reply.
    pub(super) plan: Plan,
    /// True if the reply replaces another one.
    pub(super) is_again: bool,
}

impl Material {
    /// Returns the text of the message being answered.
    pub(super) fn question(&self) -> &str {
        self.history.last().map_or("", |message| message.text.as_str())
    }
}

/// A complete reply.
pub(super) struct Answer {
    pub(super) author: Author,
    pub(super) model: Option<String>,
    /// The numbers of the cited passages.
    pub(super) cited: Vec<usize>,
}
