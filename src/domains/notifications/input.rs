//! Inputs of mutations.

use async_graphql::InputObject;

use super::{entity::Model as Notification, status::NotificationMark};
use crate::{db::Id, graphql::CursorText};

/// Notifications to mark: those of `ids`, or all up to `upTo`.
#[derive(InputObject, Debug)]
pub struct MarkNotificationsInput {
    /// Ids of the notifications, 1–100. Cannot be combined with `upTo`.
    pub(super) ids: Option<Vec<Id<Notification>>>,
    /// Cursor up to which all are marked, such as `notificationCounts.cursor` or that of the last event received; what
    /// happened after it stays as it is, and so does the archive. Cannot be combined with `ids`.
    pub(super) up_to: Option<CursorText>,
    /// Mark to set on them.
    pub(super) mark: NotificationMark,
}
