//! The event feed of a user's notifications.

use serde::Deserialize;
use uuid::Uuid;

use super::events::NotificationEvent;
use crate::{
    ambient::Ambient,
    auth::Viewer,
    domains::{
        notifications::{
            events::{Added, Changed, Marked},
            service::Followed,
        },
        shared::follow::{Begin, Feed, Place, Reading},
    },
    error::{Error, Result},
    events::{DomainEvent, Event, EventLog},
    graphql::Timestamp,
};

/// The notifications of one user.
pub(super) struct NotificationFeed {
    user: Uuid,
}

impl Feed for NotificationFeed {
    type Item = NotificationEvent;

    fn read(&self, event: &Event, place: Place) -> Result<Reading<NotificationEvent>> {
        Ok(Reading::Event(match event.kind.as_str() {
            Added::KIND => NotificationEvent::added(place, Added::deserialize(&event.payload)?.notification),
            Changed::KIND => NotificationEvent::changed(place, Changed::deserialize(&event.payload)?.notification),
            Marked::KIND => NotificationEvent::marked(place, Marked::deserialize(&event.payload)?),
            _ => return Ok(Reading::Skip),
        }))
    }

    fn check(&self, viewer: &Viewer) -> Result<()> {
        if viewer.user_id()? == self.user { Ok(()) } else { Err(Error::NotFound("user")) }
    }
}

/// Returns the start of the subscription to `followed`, without end.
pub(super) fn begin(log: &EventLog, ambient: &Ambient, followed: Followed) -> Begin<NotificationFeed> {
    let Followed { user, events, state } = followed;
    let state = state.map(|(unread, position)| {
        let place = Place { cursor: log.cursor(position).into(), occurred_at: Timestamp(ambient.now()) };
        (NotificationEvent::state(place, unread), position)
    });
    Begin { events, feed: NotificationFeed { user }, state, is_over: false }
}
