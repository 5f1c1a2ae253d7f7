//! GraphQL types, queries and mutations for notifications.

use async_graphql::{ComplexObject, Context, ID, Object, Result, SimpleObject};

use super::words;
use crate::{
    app::App,
    auth::Viewer,
    db::Id,
    domains::{
        ContextExt,
        identity::{Person, person_of},
        notification_kinds::{NotificationKind, NotificationSeverity},
        notifications::{
            Notification,
            entity::Entity,
            input::MarkNotificationsInput,
            service::{self, Counts},
            status::NotificationStatus,
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

    /// Title for people, without names.
    async fn title(&self) -> &'static str {
        NotificationKind::named(&self.kind).title()
    }

    /// Severity of the notification.
    async fn severity(&self) -> NotificationSeverity {
        NotificationKind::named(&self.kind).severity()
    }

    /// What happened in a sentence, made from the subject as it is now; "No longer available." if it no longer exists, or if
    /// you may not see it.
    async fn text(&self, ctx: &Context<'_>) -> Result<String> {
        let text = words::of(ctx, self).await?;
        Ok(text.unwrap_or_else(|| "No longer available.".to_owned()))
    }

    /// Path at which an application shows the subject, such as `/leads/lead_…`; null if the subject no longer exists, or if you
    /// may not see it.
    async fn action_url(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(words::of(ctx, self).await?.map(|_| format!("/{}/{}", words::folder(self), self.subject_id)))
    }

    /// Status of the notification.
    async fn status(&self) -> NotificationStatus {
        NotificationStatus::of(self)
    }

    /// User who caused it last; null for visitors and the server itself.
    async fn actor(&self, ctx: &Context<'_>) -> Option<Result<Person>> {
        let id = self.actor_id?;
        nullable(person_of(ctx, id)).await
    }

    /// Id of the object that the notification is about, which may no longer exist.
    async fn subject_id(&self) -> ID {
        ID::from(&self.subject_id)
    }

    /// Object that the notification is about; null if it no longer exists, or if you may not see it.
    async fn subject(&self) -> NodeLink {
        NodeLink(self.subject_id.clone())
    }
}

/// Number of unread notifications of a severity.
#[derive(SimpleObject, Debug, Clone, Copy)]
pub struct NotificationSeverityCount {
    /// Severity of the notifications.
    severity: NotificationSeverity,
    /// Number of unread ones, at least 1.
    unread: u64,
}

/// Numbers of one's own notifications that are not read or not seen.
#[derive(SimpleObject, Debug, Clone)]
pub struct NotificationCounts {
    /// Number of unread notifications.
    unread: u64,
    /// Number of unseen notifications: those that were added, or happened again, since they were marked as seen or read.
    unseen: u64,
    /// Unread notifications by severity, the gravest first; severities without any are left out.
    #[graphql(directive = About::apply(4))]
    by_severity: Vec<NotificationSeverityCount>,
    /// Cursor of this state. Pass it to `notificationAdded` as `after` to miss no event, or to `markNotifications` as
    /// `upTo` to mark what is counted here.
    cursor: CursorText,
}

impl NotificationCounts {
    async fn of(app: &App, viewer: &Viewer) -> crate::error::Result<Self> {
        let Counts { unread, unseen, by_severity, position } = service::counts(app, viewer).await?;
        let count = |(severity, unread)| NotificationSeverityCount { severity, unread };
        let by_severity = by_severity.into_iter().map(count).collect();
        Ok(Self { unread, unseen, by_severity, cursor: app.events.cursor(position).into() })
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

    /// Numbers of your unread and unseen notifications.
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
    /// Numbers of unread and unseen notifications after the call.
    counts: NotificationCounts,
}

/// Mutations of notifications.
#[derive(Default, Debug)]
pub struct NotificationsMutation;

#[Object]
impl NotificationsMutation {
    /// Marks notifications of yours as seen, read, unread or archived, all or none: some by their ids, or any number up to a
    /// cursor, so that what arrives meanwhile stays as it is. A repeated call changes nothing. Fails with `BAD_INPUT`, naming each id that does
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
