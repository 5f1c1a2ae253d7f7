//! Marking of notifications as read because what they told of waits no longer.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::{
    entity::{Column, Entity},
    events::Marked,
    notify::group_key,
    status::NotificationMark,
};
use crate::{
    ambient::Ambient,
    db::WriteTx,
    domains::notification_kinds::Notice,
    error::Result,
    events::{self, NewEvent},
};

/// Marks the unread notifications of `notice` as read, those of all users, because what it told of waits no longer. Requires
/// the lock on the topic of its object.
///
/// # Errors
/// When the database fails.
pub(crate) async fn settle(tx: &mut WriteTx, ambient: &Ambient, actor: Option<Uuid>, notice: Notice) -> Result<()> {
    // All are unread: those that were read have no key any more.
    let open = Entity::find().filter(Column::GroupKey.eq(group_key(notice))).order_by_asc(Column::UserId);
    let open = open.lock_exclusive().all(&**tx).await?;
    if open.is_empty() {
        return Ok(());
    }
    let these = Column::Id.is_in(open.iter().map(|row| row.id));
    NotificationMark::Read.update(ambient.now()).filter(these).exec(&**tx).await?;
    let marked = open.iter().map(|row| {
        let mark = NotificationMark::Read;
        let marked = Marked { user: row.user_id, mark, count: 1, unread_change: -1, notifications: vec![row.id] };
        NewEvent::of(&marked, actor)
    });
    events::append_all(tx, ambient, marked.collect::<Result<_, _>>()?).await?;
    Ok(())
}
