//! GraphQL types for signal events.

use async_graphql::{ComplexObject, Context, Interface, Result, SimpleObject};

use crate::{
    db::Id,
    domains::{
        shared::{follow::Place, one},
        signals::{Signal, SignalEntity, events},
    },
    graphql::{CursorText, Timestamp, nullable},
};

/// Event about signals. Clients can select these fields alone and ignore unknown event types.
#[derive(Interface, Debug, Clone)]
#[graphql(
    field(
        name = "cursor",
        ty = "&CursorText",
        desc = "Cursor of the event. Pass it as `after` to continue after this event."
    ),
    field(name = "occurred_at", ty = "&Timestamp", desc = "Time of the event.")
)]
pub enum SignalEvent {
    /// The present state.
    State(SignalsState),
    /// A signal was detected.
    Detected(SignalDetected),
}

/// Present state of the signals, sent first when the subscription starts without `after`.
#[derive(SimpleObject, Debug, Clone)]
pub struct SignalsState {
    /// Cursor of the event. Pass it as `after` to continue after this event.
    cursor: CursorText,
    /// Time of the event.
    occurred_at: Timestamp,
    /// Number of signals of the subscribed company, or of all companies.
    total_count: u64,
    /// Last detected signal; null if there is none.
    latest: Option<Box<Signal>>,
}

/// A signal was detected.
#[derive(SimpleObject, Debug, Clone)]
#[graphql(complex)]
pub struct SignalDetected {
    /// Cursor of the event. Pass it as `after` to continue after this event.
    cursor: CursorText,
    /// Time of the event.
    occurred_at: Timestamp,
    #[graphql(skip)]
    signal_id: Id<Signal>,
}

#[ComplexObject]
impl SignalDetected {
    /// The detected signal; null if it no longer exists.
    async fn signal(&self, ctx: &Context<'_>) -> Option<Result<Signal>> {
        nullable(one::<SignalEntity>(ctx, self.signal_id)).await
    }
}

impl SignalEvent {
    /// Returns the present state.
    pub(super) fn state(place: Place, total_count: u64, latest: Option<Signal>) -> Self {
        let Place { cursor, occurred_at } = place;
        Self::State(SignalsState { cursor, occurred_at, total_count, latest: latest.map(Box::new) })
    }

    /// Converts the event of a detected signal.
    pub(super) fn detected(place: Place, detected: events::SignalDetected) -> Self {
        let Place { cursor, occurred_at } = place;
        Self::Detected(SignalDetected { cursor, occurred_at, signal_id: detected.signal })
    }
}
