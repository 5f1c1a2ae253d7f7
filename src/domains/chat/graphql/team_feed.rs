//! The event feed of handovers in all sessions.

use serde::Deserialize;

use super::team::ChatHandoverEvent;
use crate::{
    app::App,
    auth::{Permission, Viewer},
    domains::{
        chat::{
            handover_event::{HandoverChanged, TOPIC},
            team::waiting,
        },
        shared::follow::{Begin, Feed, Place, Reading},
    },
    error::Result,
    events::{Event, Position},
    graphql::Timestamp,
};

/// The handover events of all sessions, without end.
pub(super) struct HandoverFeed;

impl Feed for HandoverFeed {
    type Item = ChatHandoverEvent;

    fn read(&self, event: &Event, place: Place) -> Result<Reading<ChatHandoverEvent>> {
        let changed = HandoverChanged::deserialize(&event.payload)?;
        Ok(Reading::Event(ChatHandoverEvent::changed(place, changed)))
    }

    fn check(&self, viewer: &Viewer) -> Result<()> {
        viewer.need(Permission::ChatsAnswer)
    }
}

/// Subscribes to handovers from `after`, or from their present state.
///
/// # Errors
/// [`Error::Forbidden`](crate::error::Error::Forbidden) without `chats:answer`, or when the database fails.
pub(super) async fn follow(app: &App, viewer: &Viewer, after: Option<Position>) -> Result<Begin<HandoverFeed>> {
    viewer.need(Permission::ChatsAnswer)?;
    // Live first, then the place, then the present state: what changes in between is told twice, but never missed.
    let mut events = app.events.subscribe(TOPIC.name(), after.unwrap_or_default());
    let mut state = None;
    if after.is_none() {
        let here = app.events.end().await?;
        events.start_from(here);
        let place = Place { cursor: app.events.cursor(here).into(), occurred_at: Timestamp(app.ambient.now()) };
        state = Some((ChatHandoverEvent::state(place, waiting(app).await?), here));
    }
    Ok(Begin { events, feed: HandoverFeed, state, is_over: false })
}
