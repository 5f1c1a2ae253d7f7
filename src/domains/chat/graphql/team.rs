//! GraphQL types for the handover events of all sessions.

use async_graphql::{Interface, SimpleObject};

use super::{events::ChatHandoverChanged, handover::ChatHandover};
use crate::{
    domains::{
        chat::{ChatSession, handover_event::HandoverChanged, team::Waiting},
        shared::{Link, follow::Place},
    },
    graphql::{About, CursorText, Timestamp},
};

/// Event about the handover of chat sessions. Clients can select these fields alone and ignore unknown event types.
#[derive(Interface, Clone)]
#[graphql(
    field(
        name = "cursor",
        ty = "&CursorText",
        desc = "Cursor of the event. Pass it as `after` to continue after this event."
    ),
    field(name = "occurred_at", ty = "&Timestamp", desc = "Time of the event.")
)]
pub enum ChatHandoverEvent {
    /// The present state.
    State(ChatHandoversState),
    /// The handover of a session changed.
    Changed(ChatHandoverChanged),
}

/// Sessions that wait for a person, sent first when the subscription starts without `after`.
#[derive(SimpleObject, Clone)]
pub struct ChatHandoversState {
    /// Cursor of the event. Pass it as `after` to continue after this event.
    cursor: CursorText,
    /// Time of the event.
    occurred_at: Timestamp,
    /// Number of sessions that wait for a person.
    waiting_count: u64,
    /// Up to 25 waiting sessions, the longest waiting first; `chatSessions` lists all.
    #[graphql(directive = About::apply(25))]
    waiting: Vec<ChatSession>,
}

impl ChatHandoverEvent {
    /// Returns the present state.
    pub(super) fn state(place: Place, waiting: Waiting) -> Self {
        let Place { cursor, occurred_at } = place;
        let Waiting { count, first } = waiting;
        Self::State(ChatHandoversState {
            cursor,
            occurred_at,
            waiting_count: count,
            waiting: first.into_iter().map(ChatSession).collect(),
        })
    }

    /// Converts a handover change.
    pub(super) fn changed(place: Place, changed: HandoverChanged) -> Self {
        let Place { cursor, occurred_at } = place;
        let HandoverChanged { session, handover } = changed;
        // Not `within`: it may have been deleted since.
        let (session_id, session) = (session, Link::to(session));
        Self::Changed(ChatHandoverChanged {
            cursor,
            session,
            occurred_at,
            session_id,
            handover: ChatHandover(handover),
        })
    }
}
