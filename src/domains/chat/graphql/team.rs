//! What those who may answer are told of the hand-overs of all sessions.

use async_graphql::{Interface, SimpleObject};

use super::{events::ChatHandoverChanged, handover::ChatHandover};
use crate::{
    domains::{
        chat::{ChatSession, handed_over::HandedOver, team::Waiting},
        shared::follow::Place,
    },
    graphql::{About, CursorText, Timestamp},
};

/// Something that happened to the hand-overs of chat sessions. A client may select these fields alone and ignore the kinds it
/// does not know.
#[derive(Interface, Clone)]
#[graphql(
    field(
        name = "cursor",
        ty = "&CursorText",
        desc = "The place of the event: give it as `after` to go on behind it."
    ),
    field(name = "at", ty = "&Timestamp", desc = "When it happened.")
)]
pub enum ChatHandoverEvent {
    /// The present state.
    State(ChatHandoversState),
    /// A person was asked for, has taken over, or has returned a session.
    Changed(ChatHandoverChanged),
}

/// The sessions in which a person is waited for: the first event for a client that knows nothing yet.
#[derive(SimpleObject, Clone)]
pub struct ChatHandoversState {
    /// The place of the event: give it as `after` to go on behind it.
    cursor: CursorText,
    /// When it happened.
    at: Timestamp,
    /// In how many sessions a person is waited for.
    waiting_count: u64,
    /// Those that wait longest, up to 25, the longest first; `chatSessions` has all.
    #[graphql(directive = About::apply(25))]
    waiting: Vec<ChatSession>,
}

impl ChatHandoverEvent {
    /// The present state.
    pub(super) fn state(place: Place, waiting: Waiting) -> Self {
        let Place { cursor, at } = place;
        let Waiting { count, first } = waiting;
        Self::State(ChatHandoversState {
            cursor,
            at,
            waiting_count: count,
            waiting: first.into_iter().map(ChatSession).collect(),
        })
    }

    /// A hand-over that has changed.
    pub(super) fn changed(place: Place, changed: HandedOver) -> Self {
        let Place { cursor, at } = place;
        let HandedOver { session, handover } = changed;
        Self::Changed(ChatHandoverChanged { cursor, session_id: session, at, handover: ChatHandover(handover) })
    }
}
