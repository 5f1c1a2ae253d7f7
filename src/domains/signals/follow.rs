//! What the events of signals mean to their followers.

use super::{
    events::Detected,
    graphql::SignalEvent,
    service::{Followed, Standing},
};
use crate::{
    ambient::Ambient,
    auth::{Permission, Permissions, Viewer},
    db::Id,
    domains::{
        follow::{Begin, Feed, Place, Reading},
        intelligence::Company,
    },
    error::Result,
    events::{Event, EventLog},
};

/// What an event shows beside the signal itself, by the fields of the signal.
const SHOWN: [Permission; 3] = [Permission::CustomersRead, Permission::CompaniesRead, Permission::UsersRead];

/// The signals of one company, or of all.
pub(super) struct SignalFeed {
    company: Option<Id<Company>>,
    /// What the follower might see by the fields of a signal when they began.
    shown: Permissions,
}

impl Feed for SignalFeed {
    type Item = SignalEvent;

    fn read(&mut self, event: &Event, place: Place) -> Result<Reading<SignalEvent>> {
        let detected = Detected::read(event)?;
        if self.company.is_some_and(|company| company != detected.company) {
            return Ok(Reading::Skip);
        }
        Ok(Reading::Event(SignalEvent::detected(place, detected)))
    }

    fn check(&self, viewer: &Viewer) -> Result<()> {
        viewer.need(Permission::SignalsRead)?;
        // The fields below are read with the rights of the beginning; who has fewer now begins anew.
        viewer.need_all(&self.shown)
    }
}

/// The signals of `followed`, without end.
pub(super) fn begin(
    log: &EventLog,
    ambient: &Ambient,
    viewer: &Viewer,
    company: Option<Id<Company>>,
    followed: Followed,
) -> Begin<SignalFeed> {
    let Followed { events, state } = followed;
    let state = state.map(|(Standing { total, latest }, position)| {
        let place = Place { cursor: log.cursor(position).into(), at: ambient.now() };
        (SignalEvent::state(place, total, latest), position)
    });
    let shown = SHOWN.into_iter().filter(|permission| viewer.may(*permission)).collect();
    Begin { events, feed: SignalFeed { company, shown }, state, is_over: false }
}
