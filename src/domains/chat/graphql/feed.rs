//! The event feed of a chat session.

use std::sync::Arc;

use uuid::Uuid;

use super::events::ChatReplyEvent;
use crate::{
    auth::Viewer,
    db::Id,
    domains::{
        chat::{
            access,
            follow::Followed,
            handover::HandoverStatus,
            log::ChatLog,
            personas::{Persona, Personas},
            session::Model as Session,
        },
        shared::follow::{Begin, Feed, Place, Reading},
    },
    error::{Error, Result},
    events::{Event, EventLog},
    graphql::Timestamp,
};

/// The events of a session, until it is deleted.
pub(super) struct ChatFeed {
    session: Id<Session>,
    owner: Option<Uuid>,
    /// True if a person was ever requested.
    was_handed_over: bool,
    persona: Option<Arc<Persona>>,
}

impl Feed for ChatFeed {
    type Item = ChatReplyEvent;

    fn read(&self, event: &Event, place: Place) -> Result<Reading<ChatReplyEvent>> {
        let logged = ChatLog::read(event)?;
        let is_end = logged == ChatLog::Deleted;
        let item = ChatReplyEvent::logged(place, self.session, self.persona.as_deref(), logged);
        Ok(if is_end { Reading::Farewell(item) } else { Reading::Event(item) })
    }

    fn check(&self, viewer: &Viewer) -> Result<()> {
        let may_see = access::may_see(viewer, self.session, (self.owner, self.was_handed_over))?;
        if may_see { Ok(()) } else { Err(Error::NotFound("chat session")) }
    }
}

/// Returns the start of the subscription for [`crate::domains::shared::follow::follow`].
pub(super) fn begin(log: &EventLog, personas: &Personas, followed: Followed) -> Begin<ChatFeed> {
    let Followed { session, events, state } = followed;
    let persona = personas.get(&session.persona).cloned();
    let state = state.map(|(replies, position)| {
        let place = Place { cursor: log.cursor(position).into(), occurred_at: Timestamp(session.last_message_at) };
        (ChatReplyEvent::state(place, &session, persona.as_deref(), replies), position)
    });
    let was_handed_over = session.handover_status != HandoverStatus::None;
    let feed = ChatFeed { session: session.id, owner: session.owner_id, was_handed_over, persona };
    Begin { events, feed, state, is_over: false }
}
