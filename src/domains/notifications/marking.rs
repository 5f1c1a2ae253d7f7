//! Marking of notifications as read or unread.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, sea_query::Expr};
use uuid::Uuid;

use super::{
    entity::{Column, Entity},
    events::Marked,
    notify::group_key,
};
use crate::{
    ambient::Ambient,
    db::WriteTx,
    domains::notification_kinds::Notice,
    error::Result,
    events::{self, NewEvent},
};

/// Marks notifications as read at a time, or as unread, and returns their number. What happens again is counted in none of
/// them any more.
///
/// # Errors
/// When the database fails.
pub(super) async fn set_read(tx: &WriteTx, which: Condition, read_at: Option<DateTime<Utc>>) -> Result<u64> {
    let done = Entity::update_many()
        .col_expr(Column::ReadAt, Expr::value(read_at))
        .col_expr(Column::GroupKey, Expr::value(None::<String>))
        .filter(which)
        .exec(&**tx)
        .await?;
    Ok(done.rows_affected)
}

/// Marks the unread notifications of `notice` as read, those of all users, because what it told of waits no longer. Requires
/// the lock on the topic of its object.
///
/// # Errors
/// When the database fails.
pub(crate) async fn settle(tx: &mut WriteTx, ambient: &Ambient, actor: Option<Uuid>, notice: Notice) -> Result<()> {
    let open = Entity::find().filter(Column::GroupKey.eq(group_key(notice))).order_by_asc(Column::UserId);
    let open = open.all(&**tx).await?;
    if open.is_empty() {
        return Ok(());
    }
    let these = Condition::all().add(Column::Id.is_in(open.iter().map(|row| row.id))).add(Column::ReadAt.is_null());
    set_read(tx, these, Some(ambient.now())).await?;
    let marked = open.iter().map(|row| {
        let marked = Marked { user: row.user_id, is_read: true, count: 1, notifications: vec![row.id] };
        NewEvent::of(&marked, actor)
    });
    events::append_all(tx, ambient, marked.collect::<Result<_, _>>()?).await?;
    Ok(())
}
