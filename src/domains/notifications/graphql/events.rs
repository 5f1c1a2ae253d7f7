//! GraphQL types for events of notifications.

use async_graphql::{ComplexObject, Context, Interface, Result, SimpleObject};

use crate::{
    db::Id,
    domains::{
        ContextExt,
        notifications::{Notification, entity::Entity, events::Marked, service, status::NotificationMark},
        shared::{Link, follow::Place, one},
    },
    graphql::{About, CursorText, Timestamp},
};

/// Event about your notifications. Clients can select these fields alone and ignore unknown event types.
#[derive(Interface, Debug, Clone)]
#[graphql(
    field(
        name = "cursor",
        ty = "&CursorText",
        desc = "Cursor of the event. Pass it as `after` to continue after this event."
    ),
    field(name = "occurred_at", ty = "&Timestamp", desc = "Time of the event."),
    field(name = "unread_count", ty = "u64", desc = "Number of your unread notifications after the event.")
)]
pub enum NotificationEvent {
    /// The present state.
    State(NotificationsState),
    /// A notification was added.
    Added(NotificationAdded),
    /// It happened again.
    Changed(NotificationChanged),
    /// Notifications were marked.
    Marked(NotificationsMarked),
}

/// Defines an event type with the common fields and its own.
macro_rules! event {
    (
        $(#[doc = $doc:literal])* $name:ident { $($(#[$meta:meta])* $field:ident: $type:ty,)* }
        $($resolvers:tt)*
    ) => {
        $(#[doc = $doc])*
        #[derive(SimpleObject, Debug, Clone)]
        #[graphql(complex)]
        pub struct $name {
            /// Cursor of the event. Pass it as `after` to continue after this event.
            cursor: CursorText,
            /// Time of the event.
            occurred_at: Timestamp,
            $($(#[$meta])* $field: $type,)*
        }

        #[ComplexObject]
        impl $name {
            /// Number of your unread notifications after the event.
            async fn unread_count(&self, ctx: &Context<'_>) -> Result<u64> {
                Ok(service::unread_at(ctx.app()?, ctx.viewer()?, self.cursor.decode()?.position).await?)
            }

            $($resolvers)*
        }
    };
}

event! {
    /// Present state of your notifications, sent first when the subscription starts without `after`.
    NotificationsState {
        /// Up to 25 unread notifications, the last that happened first; `notifications` lists all.
        #[graphql(directive = About::apply(25))]
        unread: Vec<Notification>,
    }
}

event! {
    /// A notification was added.
    NotificationAdded {
        /// The notification, as it is now; null if it no longer exists.
        notification: Link<Entity>,
    }
}

event! {
    /// What an unread notification is about happened again.
    NotificationChanged {
        /// The notification, as it is now; null if it no longer exists.
        notification: Link<Entity>,
    }
}

event! {
    /// Notifications were marked, here or on another device.
    NotificationsMarked {
        /// Mark that they got.
        mark: NotificationMark,
        /// Number of notifications that were marked.
        marked_count: u64,
        #[graphql(skip)]
        ids: Vec<Id<Notification>>,
    }

    /// Up to 100 of the marked notifications, as they are now, the last that happened first; `notifications` lists all.
    #[graphql(directive = About::apply(25))]
    async fn notifications(&self, ctx: &Context<'_>) -> Result<Vec<Notification>> {
        let found = futures_util::future::try_join_all(self.ids.iter().map(|id| one::<Entity>(ctx, *id))).await?;
        Ok(found.into_iter().flatten().collect())
    }
}

impl NotificationEvent {
    /// Returns the present state.
    pub(super) fn state(Place { cursor, occurred_at }: Place, unread: Vec<Notification>) -> Self {
        Self::State(NotificationsState { cursor, occurred_at, unread })
    }

    /// Converts the event of an added notification.
    pub(super) fn added(Place { cursor, occurred_at }: Place, id: Id<Notification>) -> Self {
        Self::Added(NotificationAdded { cursor, occurred_at, notification: Link::to(id) })
    }

    /// Converts the event of a changed notification.
    pub(super) fn changed(Place { cursor, occurred_at }: Place, id: Id<Notification>) -> Self {
        Self::Changed(NotificationChanged { cursor, occurred_at, notification: Link::to(id) })
    }

    /// Converts the event of marked notifications.
    pub(super) fn marked(Place { cursor, occurred_at }: Place, marked: Marked) -> Self {
        let Marked { mark, count, notifications, .. } = marked;
        Self::Marked(NotificationsMarked { cursor, occurred_at, mark, marked_count: count, ids: notifications })
    }
}
