//! What a reply is made from, and what comes of it.

use std::sync::Arc;

use super::drawing::Passage;
use crate::domains::chat::{
    gathering::Plan,
    message::{Author, Model as Message},
    personas::Persona,
    session::Model as Session,
};

/// What a reply is made from.
pub(super) struct Material {
    pub(super) session: Session,
    pub(super) persona: Arc<Persona>,
    /// What was said before, the oldest first; the message that is answered is the last.
    pub(super) history: Vec<Message>,
    pub(super) passages: Vec<Passage>,
    /// What is asked for at the end of it.
    pub(super) plan: Plan,
    /// Whether the reply takes the place of another one.
    pub(super) is_again: bool,
}

impl Material {
    /// The message that is answered.
    pub(super) fn question(&self) -> &str {
        self.history.last().map_or("", |message| message.text.as_str())
    }
}

/// A reply that is whole.
pub(super) struct Answer {
    pub(super) author: Author,
    pub(super) model: Option<String>,
    /// The numbers of the passages that it refers to.
    pub(super) cited: Vec<usize>,
}
