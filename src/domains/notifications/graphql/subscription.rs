//! Subscription to notifications.

use async_graphql::{Context, Result, Subscription};

use super::{events::NotificationEvent, feed};
use crate::{
    domains::{
        ContextExt,
        notifications::service,
        shared::follow::{RootEvent, follow, resumed},
    },
    graphql::CursorText,
};

/// Subscriptions of notifications.
#[derive(Default, Debug)]
pub struct NotificationsSubscription;

#[Subscription]
impl NotificationsSubscription {
    /// Streams your notifications as they are added, repeated or marked, without end, after the present state. With `after`,
    /// resumes at the first missed event; `notificationCounts.cursor` and `eventsCursor` are valid starts. Subjects are
    /// visible according to the permissions at the time of the event. Fails with `HISTORY_LOST` if the events after the
    /// cursor are no longer kept.
    async fn notification_added(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Cursor of the last event received.")] after: Option<CursorText>,
    ) -> Result<RootEvent<NotificationEvent>> {
        let begin = async move {
            let (app, viewer) = (ctx.app()?, ctx.viewer()?);
            viewer.session()?;
            let after = resumed(ctx, after).await?;
            Ok(feed::begin(&app.events, &app.ambient, service::follow(app, viewer, after).await?))
        };
        follow(ctx, begin).await
    }
}
