//! GraphQL types, queries and mutations for notifications.

use async_graphql::{ComplexObject, Context, Object, Result, SimpleObject};

use crate::{
    app::App,
    auth::Viewer,
    db::Id,
    domains::{
        ContextExt,
        notification_kinds::{NotificationKind, NotificationSeverity},
        notifications::{
            Notification,
            entity::Entity,
            input::MarkNotificationsInput,
            service::{self, Counts},
        },
        shared::{NodeLink, one, root_list},
    },
    graphql::{About, CursorText, nullable},
};

#[ComplexObject]
impl Notification {
    /// Kind of notification.
    #[graphql(name = "kind")]
    async fn named_kind(&self) -> NotificationKind {
        NotificationKind::named(&self.kind)
    }

    /// Title for people, without names: what happened is read from the subject.
    async fn title(&self) -> &'static str {
        NotificationKind::named(&self.kind).title()
    }

    /// Severity of the notification.
    async fn severity(&self) -> NotificationSeverity {
        NotificationKind::named(&self.kind).severity()
    }

    /// True if the notification was marked as read.
    async fn is_read(&self) -> bool {
        self.read_at.is_some()
    }

    /// Object that the notification is about; null if it no longer exists, or if you may not see it.
    async fn subject(&self) -> NodeLink {
        NodeLink(self.subject_id.clone())
    }
}

/// Number of unread notifications of a kind.
#[derive(SimpleObject, Debug, Clone, Copy)]
pub struct NotificationKindCount {
    /// Kind of notification.
    kind: NotificationKind,
    /// Number of unread ones, at least 1.
    unread: u64,
}

/// Numbers of one's own unread notifications.
#[derive(SimpleObject, Debug, Clone)]
pub struct NotificationCounts {
    /// Number of unread notifications.
    unread: u64,
    /// Unread notifications by kind; kinds without any are left out.
    #[graphql(directive = About::apply(5))]
    by_kind: Vec<NotificationKindCount>,
    /// Cursor of this state. Pass it to `notificationAdded` as `after` to miss no event, or to `markNotifications` as
    /// `upTo` to mark what is counted here.
    cursor: CursorText,
}

impl NotificationCounts {
    async fn of(app: &App, viewer: &Viewer) -> crate::error::Result<Self> {
        let Counts { by_kind, position } = service::counts(app, viewer).await?;
        Ok(Self {
            unread: by_kind.iter().map(|(_, unread)| unread).sum(),
            by_kind: by_kind.into_iter().map(|(kind, unread)| NotificationKindCount { kind, unread }).collect(),
            cursor: app.events.cursor(position).into(),
        })
    }
}

/// Queries for notifications.
#[derive(Default, Debug)]
pub struct NotificationsQuery;

#[Object]
impl NotificationsQuery {
    /// The notification with this id; null if it does not exist, or if it is somebody else's.
    async fn notification(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the notification.")] id: Id<Notification>,
    ) -> Option<Result<Notification>> {
        nullable(one::<Entity>(ctx, id)).await
    }

    /// Numbers of your unread notifications.
    async fn notification_counts(&self, ctx: &Context<'_>) -> Result<NotificationCounts> {
        Ok(NotificationCounts::of(ctx.app()?, ctx.viewer()?).await?)
    }
}

root_list! {
    /// Your notifications, the last that happened first by default; null unless signed in. They are kept for 90 days after
    /// they were read and for 180 days unread, unless configured otherwise.
    NotificationsList: notifications of Entity,
    filter: "Conditions on the notifications.",
    order: "Sort order. Defaults to the last that happened first.",
    search: "Words that the title must contain, in any order, regardless of case; at most 10 words and 200 characters."
}

/// Result of marking notifications.
#[derive(SimpleObject)]
pub struct MarkNotificationsPayload {
    /// Notifications that were changed, up to 100, the last that happened first; those that were marked so already are left
    /// out.
    #[graphql(directive = About::apply(25))]
    notifications: Vec<Notification>,
    /// Numbers of unread notifications after the call.
    counts: NotificationCounts,
}

/// Mutations of notifications.
#[derive(Default, Debug)]
pub struct NotificationsMutation;

#[Object]
impl NotificationsMutation {
    /// Marks notifications of yours as read or unread, all or none: some by their ids, or any number up to a cursor, so that
    /// what arrives meanwhile stays unread. A repeated call changes nothing. Fails with `BAD_INPUT`, naming each id that does
    /// not exist or is somebody else's, and with `HISTORY_LOST` for a cursor of which the events are no longer kept.
    async fn mark_notifications(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Notifications to mark.")] input: MarkNotificationsInput,
    ) -> Result<MarkNotificationsPayload> {
        let (app, viewer) = (ctx.app()?, ctx.viewer()?);
        let notifications = service::mark(app, viewer, input).await?;
        Ok(MarkNotificationsPayload { notifications, counts: NotificationCounts::of(app, viewer).await? })
    }
}
