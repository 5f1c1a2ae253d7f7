//! Notifications: what a user is told of, as a row in the transaction of its cause, until they have read it.
//!
//! A row names the object that it is about and nothing of its content, which is read with the permissions of the reader.
//! What happens again before it was read is counted in the same row. The kinds are listed in
//! [`notification_kinds`](super::notification_kinds).

mod entity;
mod events;
mod forget;
mod graphql;
mod input;
mod job_ends;
mod list;
mod marking;
mod notify;
mod personal;
mod purge;
mod service;
mod status;

pub use entity::{Entity as NotificationEntity, Model as Notification};
pub(crate) use forget::forget_user;
pub use graphql::{NotificationsList, NotificationsMutation, NotificationsQuery, NotificationsSubscription};
pub(crate) use job_ends::notify_owner;
pub(crate) use marking::settle;
pub use notify::notify;
pub use personal::Personal;
pub use purge::PurgeNotifications;
