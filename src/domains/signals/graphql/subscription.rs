//! Subscription to signals.

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
    graphql::{CursorText, Requires},
};

/// Subscriptions of signals.
#[derive(Default, Debug)]
pub struct SignalsSubscription;

#[Subscription]
impl SignalsSubscription {
    /// Streams signals as they are detected, without end, after the present state. With `after`, resumes at the first
    /// missed event; `eventsCursor` of an earlier query is a valid start. Needs `signals:read`; losing it ends the
    /// subscription. Customers, companies and users in an event are visible according to the permissions at that time.
    /// Fails with `HISTORY_LOST` if the events after the cursor are no longer kept.
    #[graphql(directive = Requires::apply(&["signals:read"]))]
    async fn signal_detected(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Id of the company whose customers' signals to stream, which needs `companies:read`. Defaults to all."
        )]
        company_id: Option<Id<Company>>,
        #[graphql(desc = "Cursor of the last event received.")] after: Option<CursorText>,
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
