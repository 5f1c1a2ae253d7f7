//! Signals as they are detected.

use async_graphql::{ComplexObject, Context, Interface, Result, SimpleObject, Subscription};

use crate::{
    db::Id,
    domains::{
        ContextExt,
        intelligence::Company,
        shared::{
            follow::{Place, RootEvent, follow, resumed},
            one,
        },
        signals::{Signal, SignalEntity, events::Detected, follow::begin, service},
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
    pub(in crate::domains::signals) fn state(place: Place, total_count: u64, latest: Option<Signal>) -> Self {
        let Place { cursor, at } = place;
        Self::State(SignalsState { cursor, at, total_count, latest: latest.map(Box::new) })
    }

    /// A signal that was detected.
    pub(in crate::domains::signals) fn detected(place: Place, detected: Detected) -> Self {
        let Place { cursor, at } = place;
        Self::Detected(SignalDetected { cursor, at, signal_id: detected.signal })
    }
}

/// Subscriptions of signals.
#[derive(Default, Debug)]
pub struct SignalsSubscription;

#[Subscription]
impl SignalsSubscription {
    /// Signals as they are detected: the present state first, then each signal, without end. With `after` it begins with the
    /// first that was missed; `eventsCursor` of an earlier query is a place to begin from. Needs `signals:read`: losing
    /// it ends the subscription; what an event shows of customers, companies and users follows the rights that you have
    /// then. Fails with `HISTORY_LOST` when the events after the cursor are no longer kept.
    async fn signal_detected(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only the signals of this company's customers; of all when not given.")] company_id: Option<
            Id<Company>,
        >,
        #[graphql(desc = "The cursor of the last event that was seen.")] after: Option<CursorText>,
    ) -> Result<RootEvent<SignalEvent>> {
        let begin = async move {
            let (app, viewer) = (ctx.app()?, ctx.viewer()?);
            viewer.session()?;
            let after = resumed(ctx, after).await?;
            let followed = service::follow(app, viewer, company_id, after).await?;
            Ok(begin(&app.events, &app.ambient, company_id, followed))
        };
        follow(ctx, begin).await
    }
}
