//! Signals as they are detected.

use async_graphql::{ComplexObject, Context, Interface, Result, SimpleObject};

use crate::{
    db::Id,
    domains::{
        shared::{follow::Place, one},
        signals::{Signal, SignalEntity, events::Detected},
    },
    graphql::{CursorText, Timestamp, nullable},
};

/// Something that happened to the signals. A client may select these fields alone and ignore the kinds it does not know.
#[derive(Interface, Debug, Clone)]
#[graphql(
    field(
        name = "cursor",
        ty = "&CursorText",
        desc = "The place of the event: give it as `after` to go on behind it."
    ),
    field(name = "at", ty = "&Timestamp", desc = "When it happened.")
)]
pub enum SignalEvent {
    /// The present state.
    State(SignalsState),
    /// A signal was detected.
    Detected(SignalDetected),
}

/// The present state of the signals: the first event for a client that knows nothing yet.
#[derive(SimpleObject, Debug, Clone)]
pub struct SignalsState {
    /// The place of the event: give it as `after` to go on behind it.
    cursor: CursorText,
    /// When it happened.
    at: Timestamp,
    /// How many signals there are, of the company that is followed or of all.
    total_count: u64,
    /// The one that was detected last; null when there is none.
    latest: Option<Box<Signal>>,
}

/// A signal was detected.
#[derive(SimpleObject, Debug, Clone)]
#[graphql(complex)]
pub struct SignalDetected {
    /// The place of the event: give it as `after` to go on behind it.
    cursor: CursorText,
    /// When it happened.
    at: Timestamp,
    #[graphql(skip)]
    signal_id: Id<Signal>,
}

#[ComplexObject]
impl SignalDetected {
    /// The signal; null when it is gone by now.
    async fn signal(&self, ctx: &Context<'_>) -> Option<Result<Signal>> {
        nullable(one::<SignalEntity>(ctx, self.signal_id)).await
    }
}

impl SignalEvent {
    /// The present state.
    pub(super) fn state(place: Place, total_count: u64, latest: Option<Signal>) -> Self {
        let Place { cursor, at } = place;
        Self::State(SignalsState { cursor, at, total_count, latest: latest.map(Box::new) })
    }

    /// A signal that was detected.
    pub(super) fn detected(place: Place, detected: Detected) -> Self {
        let Place { cursor, at } = place;
        Self::Detected(SignalDetected { cursor, at, signal_id: detected.signal })
    }
}
