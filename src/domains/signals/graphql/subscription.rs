//! Following signals.

use async_graphql::{Context, Result, Subscription};

use super::{events::SignalEvent, feed};
use crate::{
    db::Id,
    domains::{
        ContextExt,
        intelligence::Company,
        shared::follow::{RootEvent, follow, resumed},
        signals::service,
    },
    graphql::CursorText,
};

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
            Ok(feed::begin(&app.events, &app.ambient, company_id, followed))
        };
        follow(ctx, begin).await
    }
}
