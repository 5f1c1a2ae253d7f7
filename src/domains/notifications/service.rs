//! Business rules of notifications.

use std::collections::HashSet;

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    Statement, Value,
    sea_query::{Alias, Expr, ExprTrait, Query},
};
use uuid::Uuid;

use super::{
    entity::{Column, Entity, Model},
    events::{Added, Marked, topic},
    input::MarkNotificationsInput,
};
use crate::{
    app::App,
    auth::Viewer,
    db::{Id, WriteTx},
    domains::{
        audit::Write,
        identity::User,
        notification_kinds::{NotificationKind, NotificationSeverity},
    },
    error::{Error, Problems, Result},
    events::{DomainEvent, Position, Subscription},
    graphql::Listed,
};

/// Maximum number of ids per call.
const MAX_IDS: usize = 100;
/// Maximum number of marked notifications that are shown.
const SHOWN: u64 = 100;
/// Maximum number of unread notifications in the present state.
const IN_STATE: u64 = 25;

/// The numbers of unread and unseen notifications.
pub(super) struct Counts {
    pub(super) unread: u64,
    pub(super) unseen: u64,
    /// Unread ones by severity, the gravest first, without those of which there are none.
    pub(super) by_severity: Vec<(NotificationSeverity, u64)>,
    /// The position from which to follow what they do not count.
    pub(super) position: Position,
}

/// Counts the unread and unseen notifications of the viewer.
pub(super) async fn counts(app: &App, viewer: &Viewer) -> Result<Counts> {
    let open = Condition::any().add(Column::ReadAt.is_null()).add(Column::SeenAt.is_null());
    let open = Entity::visible_to(viewer)?.filter(open);
    // The place first: what comes in between is counted, and told from there again, but never missed.
    let position = app.events.end().await?;
    let without = |column: Column| Column::Id.count().sub(column.count());
    let by_kind: Vec<(String, i64, i64)> = open
        .select_only()
        .column(Column::Kind)
        .column_as(without(Column::ReadAt), "unread")
        .column_as(without(Column::SeenAt), "unseen")
        .group_by(Column::Kind)
        .into_tuple()
        .all(app.db.reader())
        .await?;
    let unread_of = |severity: NotificationSeverity| {
        let rows = by_kind.iter().filter(|(kind, ..)| NotificationKind::named(kind).severity() == severity);
        (severity, rows.map(|(_, unread, _)| unread.unsigned_abs()).sum::<u64>())
    };
    let by_severity: Vec<_> = NotificationSeverity::GRAVEST_FIRST.into_iter().map(unread_of).collect();
    Ok(Counts {
        unread: by_severity.iter().map(|(_, unread)| unread).sum(),
        unseen: by_kind.iter().map(|(.., unseen)| unseen.unsigned_abs()).sum(),
        by_severity: by_severity.into_iter().filter(|(_, unread)| *unread > 0).collect(),
        position,
    })
}

/// Returns the number of unread notifications of the viewer as it was at `place` in the log: that of now, without what the
/// events after it changed, in one statement and so of one moment. Nobody has to wait for the others to write a figure.
pub(super) async fn unread_at(app: &App, viewer: &Viewer, place: Position) -> Result<u64> {
    let user = Id::<User>::from_uuid(viewer.user_id()?);
    let change = if app.db.is_postgres() {
        "CAST(CAST(payload AS json) ->> 'unreadChange' AS bigint)"
    } else {
        "CAST(json_extract(payload, '$.unreadChange') AS INTEGER)"
    };
    let sql = format!(
        "SELECT (SELECT COUNT(*) FROM notifications WHERE user_id = $1 AND read_at IS NULL) - COALESCE((\
         SELECT CAST(SUM(CASE kind WHEN $2 THEN 1 WHEN $3 THEN {change} ELSE 0 END) AS bigint) \
         FROM events WHERE topic = $4 AND (tx, id) > ($5, $6)), 0) AS unread"
    );
    let topic = topic(user);
    let values: [Value; 6] = [
        user.uuid().into(),
        Added::KIND.into(),
        Marked::KIND.into(),
        topic.name().into(),
        place.tx.into(),
        place.id.into(),
    ];
    let statement = Statement::from_sql_and_values(app.db.backend(), sql, values);
    let row = app.db.reader().query_one_raw(statement).await?;
    let unread: i64 = row.map(|row| row.try_get("", "unread")).transpose()?.unwrap_or_default();
    // Those that were marked as unread and are past their retention were deleted without an event.
    Ok(u64::try_from(unread).unwrap_or_default())
}

/// Marks notifications of the viewer. Returns the changed ones, up to [`SHOWN`], the last that happened first.
///
/// # Errors
/// [`Error::BadInput`] with each id that is not one of the viewer's notifications; [`Error::BadCursor`] or a lost history for a
/// cursor that cannot be compared.
pub(super) async fn mark(app: &App, viewer: &Viewer, input: MarkNotificationsInput) -> Result<Vec<Model>> {
    let user = Id::<User>::from_uuid(viewer.user_id()?);
    let MarkNotificationsInput { ids, up_to, mark } = input;
    let place = match &up_to {
        Some(cursor) => Some(app.events.resolve(cursor.decode()?).await?),
        None => None,
    };
    let are_named = ids.is_some();
    let mut write = Write::begin(app, viewer).await?;
    // Devices of one user wait for each other, so that each changes what the other has left.
    write.lock(topic(user).name()).await?;
    let wanted = match (ids, place) {
        (Some(ids), None) => named(&write, viewer, &ids).await?,
        (None, Some(place)) => up_to_place(user, place),
        _ => return Err(Error::bad_input("input", "Give either `ids` or `upTo`.")),
    };
    let wanted = wanted.add(Column::UserId.eq(user)).add(mark.changes(are_named));
    hold_unread(&write, user).await?;
    let shown = last_of(Entity::find().filter(wanted.clone()), SHOWN).all(&**write).await?;
    if shown.is_empty() {
        return Ok(shown);
    }
    let unread = Entity::find().filter(wanted.clone()).filter(Column::ReadAt.is_null()).count(&**write).await?;
    let count = mark.update(app.ambient.now()).filter(wanted).exec(&**write).await?.rows_affected;
    let notifications: Vec<_> = shown.iter().map(|row| row.id).collect();
    let these = Entity::find().filter(Column::Id.is_in(notifications.iter().copied()));
    let marked = last_of(these, SHOWN).all(&**write).await?;
    let unread_change = mark.unread_change(count, unread);
    write.tell(&Marked { user, mark, count, unread_change, notifications }).await?;
    write.commit().await?;
    Ok(marked)
}

/// Locks those of a user's notifications that may happen again. Those who write wait meanwhile, and what they wrote before is
/// seen by the next statement: none is marked as read that has just happened again.
async fn hold_unread(tx: &WriteTx, user: Id<User>) -> Result<()> {
    let open = Entity::find().filter(Column::UserId.eq(user)).filter(Column::GroupKey.is_not_null());
    let open = open.select_only().column(Column::Id).order_by_asc(Column::GroupKey).lock_exclusive();
    open.into_tuple::<Id<Model>>().all(&**tx).await?;
    Ok(())
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

/// Returns the query for those of `rows` that happened last.
fn last_of(rows: Select<Entity>, most: u64) -> Select<Entity> {
    rows.order_by_desc(Column::UpdatedAt).order_by_desc(Column::Id).limit(most)
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
    Ok(Followed { user, events, state: Some((last_of(unread, IN_STATE).all(app.db.reader()).await?, here)) })
}
