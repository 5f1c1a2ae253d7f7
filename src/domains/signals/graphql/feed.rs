//! The event feed of signals.

use super::events::SignalEvent;
use crate::{
    ambient::Ambient,
    auth::{Permission, Viewer},
    db::Id,
    domains::{
        intelligence::Company,
        shared::follow::{Begin, Feed, Place, Reading},
        signals::{
            events::SignalDetected,
            service::{Followed, Standing},
        },
    },
    error::Result,
    events::{Event, EventLog},
    graphql::Timestamp,
};

/// The signals of one company, or of all.
pub(super) struct SignalFeed {
    company: Option<Id<Company>>,
}

impl Feed for SignalFeed {
    type Item = SignalEvent;

    fn read(&self, event: &Event, place: Place) -> Result<Reading<SignalEvent>> {
        let detected = SignalDetected::read(event)?;
        if self.company.is_some_and(|company| company != detected.company) {
            return Ok(Reading::Skip);
        }
        Ok(Reading::Event(SignalEvent::detected(place, detected)))
    }

    fn check(&self, viewer: &Viewer) -> Result<()> {
        viewer.need(Permission::SignalsRead)
    }
}

/// Returns the start of the subscription to `followed`, without end.
pub(super) fn begin(
    log: &EventLog,
    ambient: &Ambient,
    company: Option<Id<Company>>,
    followed: Followed,
) -> Begin<SignalFeed> {
    let Followed { events, state } = followed;
    let state = state.map(|(Standing { total, latest }, position)| {
        let place = Place { cursor: log.cursor(position).into(), occurred_at: Timestamp(ambient.now()) };
        (SignalEvent::state(place, total, latest), position)
    });
    Begin { events, feed: SignalFeed { company }, state, is_over: false }
}
