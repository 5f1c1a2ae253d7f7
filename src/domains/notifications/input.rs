//! Inputs of mutations.

use async_graphql::InputObject;

use super::entity::Model as Notification;
use crate::{db::Id, graphql::CursorText};

/// Notifications to mark as read or unread: those of `ids`, or all up to `upTo`.
#[derive(InputObject, Debug)]
pub struct MarkNotificationsInput {
    /// Ids of the notifications, 1–100. Cannot be combined with `upTo`.
    pub(super) ids: Option<Vec<Id<Notification>>>,
    /// Cursor up to which all are marked, such as `notificationCounts.cursor` or that of the last event received; what
    /// happened after it stays as it is. Cannot be combined with `ids`.
    pub(super) up_to: Option<CursorText>,
    /// True to mark them as read, false as unread.
    pub(super) is_read: bool,
}
