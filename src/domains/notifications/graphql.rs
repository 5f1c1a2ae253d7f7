//! GraphQL types of notifications.

mod events;
mod feed;
mod notification;
mod subscription;
mod words;

pub use notification::{NotificationsList, NotificationsMutation, NotificationsQuery};
pub use subscription::NotificationsSubscription;
