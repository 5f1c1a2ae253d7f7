//! Queries for users.

use std::collections::HashSet;

use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{
    role,
    user::{Column, Entity, Model, Status},
};
use crate::{
    auth::{Permission, SystemRole},
    db::{Db, Id},
    error::Result,
    events::Topic,
};

/// Returns the users with these ids. The caller has checked their visibility.
///
/// # Errors
/// When the database fails.
pub(super) async fn find_all(db: &Db, ids: impl IntoIterator<Item = Id<Model>>) -> Result<Vec<Model>> {
    let ids: Vec<_> = ids.into_iter().collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(Entity::find().filter(Column::Id.is_in(ids)).all(db.reader()).await?)
}

/// Returns the active administrators, oldest account first. For the server itself, to notify them of problems.
///
/// # Errors
/// When the database fails.
pub async fn active_administrators(db: &impl ConnectionTrait) -> Result<Vec<Model>> {
    let administrators = Entity::find()
        .filter(Column::RoleId.eq(SystemRole::Admin.uuid()))
        .filter(Column::Status.eq(Status::Active))
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id);
    Ok(administrators.all(db).await?)
}

/// Returns the active users whose role grants `permission`, oldest account first. For the server itself, to notify them
/// of tasks.
///
/// # Errors
/// When the database fails.
pub async fn active_users_with(db: &impl ConnectionTrait, permission: Permission) -> Result<Vec<Model>> {
    // Custom roles are few (100 at most), and what a system role gives stands in no row.
    let roles = role::Entity::find().all(db).await?;
    let giving = roles.iter().filter(|role| role.given().contains(permission)).map(|role| role.id);
    let users = Entity::find()
        .filter(Column::RoleId.is_in(giving))
        .filter(Column::Status.eq(Status::Active))
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id);
    Ok(users.all(db).await?)
}

/// Returns true if the user's role grants `permission`.
///
/// # Errors
/// When the database fails.
pub async fn is_given(db: &impl ConnectionTrait, user: &Model, permission: Permission) -> Result<bool> {
    let role = role::Entity::find_by_id(user.role_id).one(db).await?;
    Ok(role.is_some_and(|role| role.given().contains(permission)))
}

/// Returns the user with this id, if active.
///
/// # Errors
/// When the database fails.
pub(crate) async fn active_user<C: ConnectionTrait>(connection: &C, id: Id<Model>) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).filter(Column::Status.eq(Status::Active)).one(connection).await
}

/// Returns those of `ids` that are active users. For the server itself, to notify them.
///
/// # Errors
/// When the database fails.
pub(crate) async fn active_among<C: ConnectionTrait>(
    connection: &C,
    ids: impl IntoIterator<Item = Id<Model>>,
) -> Result<HashSet<Id<Model>>> {
    let active = Entity::find().filter(Column::Id.is_in(ids)).filter(Column::Status.eq(Status::Active));
    let ids: Vec<Id<Model>> = active.select_only().column(Column::Id).into_tuple().all(connection).await?;
    Ok(ids.into_iter().collect())
}

/// Returns the topic of events for one user only.
pub(crate) fn user_topic(id: Id<Model>) -> Topic {
    Topic::of_one("user", id)
}
