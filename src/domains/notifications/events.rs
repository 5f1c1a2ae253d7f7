//! Events of notifications in the event log.

use serde::{Deserialize, Serialize};

use super::{entity::Model, status::NotificationMark};
use crate::{
    db::Id,
    domains::identity::User,
    events::{DomainEvent, Topic},
};

/// Returns the topic of a user's notifications. Unordered, so that those who notify many users wait for nobody.
pub(super) fn topic(user: Id<User>) -> Topic {
    Topic::unordered_of_one("notifications", user)
}

/// Defines events about one notification.
macro_rules! of_one {
    ($($(#[$doc:meta])* $name:ident: $kind:literal,)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        pub(super) struct $name {
            pub(super) user: Id<User>,
            pub(super) notification: Id<Model>,
        }

        impl DomainEvent for $name {
            const KIND: &'static str = $kind;

            fn topic(&self) -> Topic {
                topic(self.user)
            }
        }
    )*};
}

of_one! {
    /// A notification was added.
    Added: "notification.added",
    /// What a notification is about happened again before it was read.
    Changed: "notification.changed",
}

/// Notifications were marked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Marked {
    pub(super) user: Id<User>,
    /// The mark that they got.
    pub(super) mark: NotificationMark,
    /// Number of notifications that were marked.
    pub(super) count: u64,
    /// Change of the number of unread notifications.
    pub(super) unread_change: i64,
    /// Those of them that happened last.
    pub(super) notifications: Vec<Id<Model>>,
}

impl DomainEvent for Marked {
    const KIND: &'static str = "notification.marked";

    fn topic(&self) -> Topic {
        topic(self.user)
    }
}
