//! Notification of users, in the transaction of the cause.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter,
    sea_query::{CaseStatement, Expr, ExprTrait, OnConflict},
};
use uuid::Uuid;

use super::{
    entity::{Column, Entity, Model},
    events::{Added, Changed},
};
use crate::{
    ambient::Ambient,
    db::{Id, WriteTx},
    domains::{
        identity::{User, active_among},
        notification_kinds::Notice,
    },
    error::Result,
    events::{self, NewEvent},
};

/// Maximum number of notifications per statement.
const AT_ONCE: usize = 250;

/// Notifies users, by the same few statements whatever their number: a row and an event for each. What happens again while
/// the notification of it is unread raises its count, and makes it unseen. Users who are not active are left out, and so is `actor`, the user
/// who caused it.
///
/// Those who notify of one object must wait for each other, by a lock on its topic, or else they might wait in a circle.
///
/// # Errors
/// When the database fails.
pub async fn notify(
    tx: &mut WriteTx,
    ambient: &Ambient,
    actor: Option<Uuid>,
    notices: &[(Id<User>, Notice)],
) -> Result<()> {
    let others = notices.iter().filter(|(user, _)| Some(user.uuid()) != actor);
    // In the order of the users, each of whom is told of one thing once.
    let wanted: BTreeMap<_, _> =
        others.map(|(user, notice)| ((user.uuid(), group_key(*notice)), (*user, *notice))).collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let active = active_among(&**tx, wanted.values().map(|(user, _)| *user)).await?;
    let rows = wanted.into_values().filter(|(user, _)| active.contains(user));
    let rows: Vec<_> = rows.map(|(user, notice)| row_of(ambient, actor, user, notice)).collect();
    for rows in rows.chunks(AT_ONCE) {
        write(tx, ambient, actor, rows).await?;
    }
    Ok(())
}

/// Returns the key under which what happens again is counted in one unread notification of a user.
pub(super) fn group_key(notice: Notice) -> String {
    format!("{} {}", notice.kind().as_str(), notice.subject())
}

fn row_of(ambient: &Ambient, actor: Option<Uuid>, user: Id<User>, notice: Notice) -> Model {
    let now = ambient.now();
    Model {
        id: Id::new(ambient),
        user_id: user,
        kind: notice.kind().as_str().to_owned(),
        subject_id: notice.subject(),
        group_key: Some(group_key(notice)),
        count: 1,
        event_id: 0,
        actor_id: actor.map(Id::from_uuid),
        created_at: now,
        updated_at: now,
        seen_at: None,
        read_at: None,
        archived_at: None,
    }
}

async fn write(tx: &mut WriteTx, ambient: &Ambient, actor: Option<Uuid>, rows: &[Model]) -> Result<()> {
    let again = OnConflict::columns([Column::UserId, Column::GroupKey])
        .value(Column::Count, Expr::col((Entity, Column::Count)).add(1))
        .value(Column::SeenAt, Expr::value(None::<DateTime<Utc>>))
        .update_columns([Column::UpdatedAt, Column::ActorId])
        .to_owned();
    let insert = Entity::insert_many(rows.iter().cloned().map(IntoActiveModel::into_active_model)).on_conflict(again);
    insert.exec_without_returning(&**tx).await?;
    let written = written(tx, rows).await?;
    let new: HashSet<_> = rows.iter().map(|row| row.id).collect();
    let event = |row: &Model| {
        let (user, notification) = (row.user_id, row.id);
        match new.contains(&row.id) {
            true => NewEvent::of(&Added { user, notification }, actor),
            false => NewEvent::of(&Changed { user, notification }, actor),
        }
    };
    let told = written.iter().map(event).collect::<Result<_, _>>()?;
    let told = events::append_all(tx, ambient, told).await?;
    // The place of each in the log, by which it is known what was seen up to a cursor.
    let places = written
        .iter()
        .zip(told)
        .fold(CaseStatement::new(), |places, (row, event)| places.case(Column::Id.eq(row.id), Expr::val(event)));
    Entity::update_many()
        .col_expr(Column::EventId, places.into())
        .filter(Column::Id.is_in(written.iter().map(|row| row.id)))
        .exec(&**tx)
        .await?;
    Ok(())
}

/// Returns the rows as they are now, each either new or an unread one of before.
async fn written(tx: &WriteTx, rows: &[Model]) -> Result<Vec<Model>> {
    let found = Entity::find()
        .filter(Column::UserId.is_in(rows.iter().map(|row| row.user_id)))
        .filter(Column::GroupKey.is_in(rows.iter().map(|row| row.group_key.clone())))
        .all(&**tx)
        .await?;
    let wanted: HashSet<_> = rows.iter().map(|row| (row.user_id, &row.group_key)).collect();
    Ok(found.into_iter().filter(|row| wanted.contains(&(row.user_id, &row.group_key))).collect())
}
