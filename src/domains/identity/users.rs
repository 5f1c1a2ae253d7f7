//! Which users there are, for those who may see them.

use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, Select};

use super::{
    graphql::{UserFilter, UserOrder},
    role,
    user::{Column, Entity, Model, Status},
};
use crate::{
    app::App,
    auth::{Permission, SystemRole, Viewer},
    db::{Db, Id, Keyset, KeysetPage, fetch_page},
    error::Result,
    graphql::{PageArgs, TotalCount, contains},
};

/// Which users are wanted, and in which order.
#[derive(Debug, Clone, Default)]
pub(super) struct UserList {
    pub(super) page: PageArgs,
    pub(super) filter: Option<UserFilter>,
    pub(super) order: Option<UserOrder>,
    pub(super) search: Option<String>,
}

impl UserList {
    pub(super) fn keyset(&self) -> Keyset<Entity> {
        self.order.unwrap_or_default().keyset()
    }

    fn select(&self) -> Select<Entity> {
        let search = self.search.as_deref().map(str::trim).filter(|text| !text.is_empty());
        // Who was deleted shows only where somebody asks by status.
        let asks_status = self.filter.as_ref().is_some_and(UserFilter::asks_for_status);
        let condition = Condition::all()
            .add_option(self.filter.as_ref().map(UserFilter::condition))
            .add_option((!asks_status).then(|| Column::Status.ne(Status::Deleted)))
            .add_option(search.map(|text| {
                Condition::any().add(contains(Column::NameKey, text)).add(contains(Column::EmailFolded, text))
            }));
        Entity::find().filter(condition)
    }
}

/// A page of users, and the count of all.
pub(super) async fn list(app: &App, viewer: &Viewer, list: UserList) -> Result<(KeysetPage<Model>, TotalCount)> {
    viewer.need(Permission::UsersRead)?;
    let request = list.page.request(list.keyset())?;
    let page = fetch_page(app.db.reader(), list.select(), list.keyset(), &request).await?;
    let total = TotalCount::of_rows(&app.db, list.select());
    Ok((page, total))
}

/// Those of the users with these ids whom `viewer` may see: oneself, and all with `users:read`, also those who were
/// deleted, because what they did still names them.
///
/// # Errors
/// When nobody is signed in, or the database fails.
pub(super) async fn find_visible(db: &Db, viewer: &Viewer, ids: &[Id<Model>]) -> Result<Vec<Model>> {
    let (own, sees_all) = (viewer.user_id()?, viewer.may(Permission::UsersRead));
    find_all(db, ids.iter().copied().filter(|id| sees_all || id.uuid() == own)).await
}

/// The users with these ids. The caller has checked that they may be seen.
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

/// The users who are administrators and may sign in, in the order in which they were made. For the server itself, which
/// tells them what nobody else should see to.
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

/// The users who may sign in and whose role gives `permission`, in the order in which they were made. For the server itself,
/// which tells them of what they can do something about.
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

/// Whether the role of a user gives `permission` now.
///
/// # Errors
/// When the database fails.
pub async fn is_given(db: &impl ConnectionTrait, user: &Model, permission: Permission) -> Result<bool> {
    let role = role::Entity::find_by_id(user.role_id).one(db).await?;
    Ok(role.is_some_and(|role| role.given().contains(permission)))
}

/// The user with this id, if they may sign in.
///
/// # Errors
/// When the database fails.
pub(crate) async fn active_user<C: ConnectionTrait>(connection: &C, id: Id<Model>) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).filter(Column::Status.eq(Status::Active)).one(connection).await
}

/// The topic of what one user alone is told.
pub(crate) fn user_topic(id: Id<Model>) -> String {
    format!("user:{id}")
}
