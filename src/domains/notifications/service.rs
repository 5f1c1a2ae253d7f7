//! Business rules of notifications.

use std::collections::HashSet;

use sea_orm::{
    ColumnTrait, Condition, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Alias, Expr, ExprTrait, Query},
};
use uuid::Uuid;

use super::{
    entity::{Column, Entity, Model},
    events::{Marked, topic},
    input::MarkNotificationsInput,
    marking::set_read,
};
use crate::{
    app::App,
    auth::Viewer,
    db::{Id, WriteTx},
    domains::{audit::Write, identity::User, notification_kinds::NotificationKind},
    error::{Error, Problems, Result},
    events::{Position, Subscription},
    graphql::Listed,
};

/// Maximum number of ids per call.
const MAX_IDS: usize = 100;
/// Maximum number of marked notifications that are shown.
const SHOWN: u64 = 100;
/// Maximum number of unread notifications in the present state.
const IN_STATE: u64 = 25;

/// The numbers of unread notifications.
pub(super) struct Counts {
    pub(super) by_kind: Vec<(NotificationKind, u64)>,
    /// The position from which to follow what they do not count.
    pub(super) position: Position,
}

/// Counts the unread notifications of the viewer by kind.
pub(super) async fn counts(app: &App, viewer: &Viewer) -> Result<Counts> {
    let unread = Entity::visible_to(viewer)?.filter(Column::ReadAt.is_null());
    // The place first: what comes in between is counted, and told from there again, but never missed.
    let position = app.events.end().await?;
    let by_kind: Vec<(String, i64)> = unread
        .select_only()
        .column(Column::Kind)
        .column_as(Column::Id.count(), "unread")
        .group_by(Column::Kind)
        .into_tuple()
        .all(app.db.reader())
        .await?;
    // Kinds of another release are one.
    let unread_of = |kind: NotificationKind| {
        let rows = by_kind.iter().filter(|(name, _)| NotificationKind::named(name) == kind);
        (kind, rows.map(|(_, unread)| unread.unsigned_abs()).sum::<u64>())
    };
    let kinds = NotificationKind::ALL.iter().chain([&NotificationKind::Other]);
    let by_kind = kinds.map(|kind| unread_of(*kind)).filter(|(_, unread)| *unread > 0).collect();
    Ok(Counts { by_kind, position })
}

/// Returns the number of unread notifications of the viewer.
pub(super) async fn unread(app: &App, viewer: &Viewer) -> Result<u64> {
    Ok(Entity::visible_to(viewer)?.filter(Column::ReadAt.is_null()).count(app.db.reader()).await?)
}

/// Marks notifications of the viewer as read or unread. Returns the changed ones, up to [`SHOWN`], the last that happened
/// first.
///
/// # Errors
/// [`Error::BadInput`] with each id that is not one of the viewer's notifications; [`Error::BadCursor`] or a lost history for a
/// cursor that cannot be compared.
pub(super) async fn mark(app: &App, viewer: &Viewer, input: MarkNotificationsInput) -> Result<Vec<Model>> {
    let user = Id::<User>::from_uuid(viewer.user_id()?);
    let MarkNotificationsInput { ids, up_to, is_read } = input;
    let place = match &up_to {
        Some(cursor) => Some(app.events.resolve(cursor.decode()?).await?),
        None => None,
    };
    let mut write = Write::begin(app, viewer).await?;
    // Devices of one user wait for each other, so that each changes what the other has left.
    write.lock(topic(user).name()).await?;
    let wanted = match (ids, place) {
        (Some(ids), None) => named(&write, viewer, &ids).await?,
        (None, Some(place)) => up_to_place(user, place),
        _ => return Err(Error::bad_input("input", "Give either `ids` or `upTo`.")),
    };
    let is_other = if is_read { Column::ReadAt.is_null() } else { Column::ReadAt.is_not_null() };
    let wanted = wanted.add(is_other);
    let shown = last_of(&write, Entity::visible_to(viewer)?.filter(wanted.clone()), SHOWN).await?;
    if shown.is_empty() {
        return Ok(shown);
    }
    let read_at = is_read.then(|| app.ambient.now());
    let count = set_read(&write, wanted.add(Column::UserId.eq(user)), read_at).await?;
    let notifications = shown.iter().map(|row| row.id).collect();
    write.tell(&Marked { user, is_read, count, notifications }).await?;
    write.commit().await?;
    Ok(shown.into_iter().map(|row| Model { read_at, group_key: None, ..row }).collect())
}

/// Returns the condition on the notifications with these ids, all of which must be the viewer's.
async fn named(tx: &WriteTx, viewer: &Viewer, ids: &[Id<Model>]) -> Result<Condition> {
    if ids.is_empty() || ids.len() > MAX_IDS {
        return Err(Error::bad_input("input.ids", format!("Give 1 to {MAX_IDS} notifications.")));
    }
    let these = Column::Id.is_in(ids.iter().copied());
    let own = Entity::visible_to(viewer)?.filter(these.clone()).select_only().column(Column::Id);
    let own: HashSet<Id<Model>> = own.into_tuple().all(&**tx).await?.into_iter().collect();
    let mut problems = Problems::default();
    for (index, _) in ids.iter().enumerate().filter(|(_, id)| !own.contains(id)) {
        problems.add(format!("input.ids[{index}]"), "There is no such notification, or you may not see it.");
    }
    problems.into_result()?;
    Ok(Condition::all().add(these))
}

/// Returns the condition on the notifications of which no event after `place` tells.
fn up_to_place(user: Id<User>, place: Position) -> Condition {
    let column = |name: &'static str| Expr::col(Alias::new(name));
    let later = Condition::any()
        .add(column("tx").gt(place.tx))
        .add(Condition::all().add(column("tx").eq(place.tx)).add(column("id").gt(place.id)));
    let told_later = Query::select()
        .column(Alias::new("id"))
        .from(Alias::new("events"))
        .and_where(column("topic").eq(topic(user).name()))
        .cond_where(later)
        .take();
    Condition::all().add(Column::EventId.not_in_subquery(told_later))
}

async fn last_of(tx: &WriteTx, rows: sea_orm::Select<Entity>, most: u64) -> Result<Vec<Model>> {
    let last = rows.order_by_desc(Column::UpdatedAt).order_by_desc(Column::Id).limit(most);
    Ok(last.all(&**tx).await?)
}

/// The start of a subscription to the notifications of a user.
pub(super) struct Followed {
    pub(super) user: Uuid,
    /// The events after the subscriber's position.
    pub(super) events: Subscription,
    /// Unread notifications, the last that happened first, and the position of this state, if the subscriber starts without a
    /// cursor.
    pub(super) state: Option<(Vec<Model>, Position)>,
}

/// Subscribes to the viewer's notifications from `after`, or from their present state.
pub(super) async fn follow(app: &App, viewer: &Viewer, after: Option<Position>) -> Result<Followed> {
    let user = viewer.user_id()?;
    let unread = Entity::visible_to(viewer)?.filter(Column::ReadAt.is_null());
    // Live first, then the place, then the present state: what changes in between is told twice, but never missed.
    let mut events = app.events.subscribe(topic(Id::from_uuid(user)).name(), after.unwrap_or_default());
    if after.is_some() {
        return Ok(Followed { user, events, state: None });
    }
    let here = app.events.end().await?;
    events.start_from(here);
    let last = unread.order_by_desc(Column::UpdatedAt).order_by_desc(Column::Id).limit(IN_STATE);
    Ok(Followed { user, events, state: Some((last.all(app.db.reader()).await?, here)) })
}
