//! Creation, update and deletion of custom roles.

use async_graphql::MaybeUndefined;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, sea_query::Expr,
};

use super::{
    Identity, fields,
    role::{ActiveModel, Column, Entity, Model as Role},
    user::{self, Status},
};
use crate::{
    app::App,
    auth::{Permission, Permissions, SystemRole, Viewer},
    db::{Id, WriteTx},
    domains::{
        audit::{self, Entry},
        chat,
    },
    error::{Error, Problems, Result},
    graphql::unless_null,
    text::identity_key,
};

/// Maximum number of custom roles.
const MAX_ROLES: u64 = 100;

/// Settings of a role; fields omitted in an update stay unchanged.
#[derive(Debug, Default)]
pub(super) struct RoleDraft {
    pub(super) name: MaybeUndefined<String>,
    pub(super) description: MaybeUndefined<String>,
    pub(super) permissions: MaybeUndefined<Vec<Permission>>,
}

/// Validated settings.
struct Checked {
    name: Option<String>,
    description: Option<String>,
    permissions: Option<Permissions>,
}

impl RoleDraft {
    fn check(self) -> Result<Checked> {
        let mut problems = Problems::default();
        let name = unless_null(&mut problems, "input.name", self.name);
        let description = unless_null(&mut problems, "input.description", self.description);
        let given = unless_null(&mut problems, "input.permissions", self.permissions);
        let checked = Checked {
            name: name.map(|text| fields::name(&mut problems, "input.name", &text, 60)),
            description: description.map(|text| fields::text(&mut problems, "input.description", &text, 500)),
            permissions: given.map(|given| given.into_iter().collect()),
        };
        problems.into_result()?;
        Ok(checked)
    }
}

fn kept(permissions: &Permissions) -> String {
    serde_json::to_string(&permissions.names()).unwrap_or_default()
}

fn audited(role: &Role) -> serde_json::Value {
    serde_json::json!({"name": role.name, "description": role.description, "permissions": role.given().names()})
}

/// Returns all roles, by name.
///
/// # Errors
/// If the viewer may not see them, or the database fails.
pub(super) async fn list(app: &App, viewer: &Viewer) -> Result<Vec<Role>> {
    viewer.need(Permission::UsersRead)?;
    let mut roles = Entity::find().all(app.db.reader()).await?;
    roles.sort_by_cached_key(|role| identity_key(&role.name));
    Ok(roles)
}

/// Returns those of the roles with these ids that `viewer` may see: their own, and all with `users:read`.
///
/// # Errors
/// If nobody is signed in, or the database fails.
pub(super) async fn find_visible(app: &App, viewer: &Viewer, ids: &[Id<Role>]) -> Result<Vec<Role>> {
    let (own, sees_all) = (viewer.session()?.role_id, viewer.may(Permission::UsersRead));
    find_all(app, ids.iter().copied().filter(|id| sees_all || id.uuid() == own)).await
}

/// Returns the roles with these ids. The caller has checked their visibility.
///
/// # Errors
/// When the database fails.
pub(super) async fn find_all(app: &App, ids: impl IntoIterator<Item = Id<Role>>) -> Result<Vec<Role>> {
    Ok(Entity::find().filter(Column::Id.is_in(ids)).all(app.db.reader()).await?)
}

impl Identity {
    /// Creates a custom role.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for permissions that the viewer lacks, [`Error::AlreadyExists`] if the name is taken.
    pub(super) async fn create_role(&self, viewer: &Viewer, draft: RoleDraft) -> Result<Role> {
        viewer.need(Permission::RolesManage)?;
        let draft = draft.check()?;
        let given = draft.permissions.unwrap_or_default();
        viewer.need_all(&given)?;
        let ambient = &self.app().ambient;
        let tx = self.begin_on_roles().await?;
        let name = draft.name.unwrap_or_default();
        keep_name_unique(&tx, &name, None).await?;
        if Entity::find().filter(Column::IsSystem.eq(false)).count(&*tx).await? >= MAX_ROLES {
            return Err(Error::Conflict(format!("There are {MAX_ROLES} custom roles; delete one first.")));
        }
        let role = Role {
            id: Id::new(ambient),
            name,
            description: draft.description.unwrap_or_default(),
            permissions: kept(&given),
            is_system: false,
            version: 1,
            created_at: ambient.now(),
            updated_at: ambient.now(),
        };
        Entity::insert(role.clone().into_active_model()).exec_without_returning(&*tx).await?;
        let entry = Entry::of("role.created", role.id, &role.name).after(audited(&role));
        audit::record(&tx, ambient, viewer, entry).await?;
        tx.commit().await?;
        Ok(role)
    }

    /// Updates a custom role unless it has changed since `expected_version`. Takes effect on open sessions within
    /// seconds.
    ///
    /// # Errors
    /// [`Error::Outdated`] if it has; [`Error::Forbidden`] if the role grants, before or after, permissions that the
    /// viewer lacks; [`Error::Conflict`] for system roles.
    pub(super) async fn update_role(
        &self,
        viewer: &Viewer,
        id: Id<Role>,
        expected_version: i32,
        draft: RoleDraft,
    ) -> Result<Role> {
        viewer.need(Permission::RolesManage)?;
        let draft = draft.check()?;
        let ambient = &self.app().ambient;
        let mut tx = self.begin_on_roles().await?;
        let role = custom_role(&tx, viewer, id).await?;
        if role.version != expected_version {
            return Err(Error::Outdated { noun: "role", version: role.version });
        }
        let mut after = Role { version: role.version + 1, updated_at: ambient.now(), ..role.clone() };
        if let Some(name) = draft.name {
            keep_name_unique(&tx, &name, Some(id)).await?;
            after.name = name;
        }
        if let Some(description) = draft.description {
            after.description = description;
        }
        if let Some(given) = draft.permissions {
            viewer.need_all(&given)?;
            after.permissions = kept(&given);
        }
        if audited(&after) == audited(&role) {
            return Ok(role);
        }
        let row = ActiveModel {
            id: Set(id),
            name: Set(after.name.clone()),
            description: Set(after.description.clone()),
            permissions: Set(after.permissions.clone()),
            version: Set(after.version),
            updated_at: Set(after.updated_at),
            ..Default::default()
        };
        Entity::update(row).exec(&*tx).await?;
        let entry = Entry::of("role.updated", id, &role.name).between(audited(&role), audited(&after));
        audit::record(&tx, ambient, viewer, entry).await?;
        chat::look_after_answerers(&mut tx, ambient).await?;
        tx.commit().await?;
        self.forget_standing();
        Ok(after)
    }

    /// Deletes a custom role without users.
    ///
    /// # Errors
    /// [`Error::Conflict`] for system roles and roles that users have.
    pub(super) async fn delete_role(&self, viewer: &Viewer, id: Id<Role>) -> Result<Role> {
        viewer.need(Permission::RolesManage)?;
        let tx = self.begin_on_roles().await?;
        let role = custom_role(&tx, viewer, id).await?;
        let users = user::Entity::find().filter(user::Column::RoleId.eq(id));
        let users = users.filter(user::Column::Status.ne(Status::Deleted)).count(&*tx).await?;
        if users > 0 {
            return Err(Error::Conflict(format!("The role is in use ({users}); give its users another one first.")));
        }
        // Users who were deleted keep a role that is there.
        user::Entity::update_many()
            .col_expr(user::Column::RoleId, Expr::value(SystemRole::Viewer.uuid()))
            .filter(user::Column::RoleId.eq(id))
            .exec(&*tx)
            .await?;
        Entity::delete_by_id(id).exec(&*tx).await?;
        let entry = Entry::of("role.deleted", id, &role.name).before(audited(&role));
        audit::record(&tx, &self.app().ambient, viewer, entry).await?;
        tx.commit().await?;
        Ok(role)
    }

    /// Starts a transaction on roles, serialized with those that assign roles to users.
    async fn begin_on_roles(&self) -> Result<WriteTx> {
        let tx = self.app().db.begin().await?;
        tx.lock("users").await?;
        Ok(tx)
    }
}

async fn custom_role(tx: &WriteTx, viewer: &Viewer, id: Id<Role>) -> Result<Role> {
    let role = Entity::find_by_id(id).one(&**tx).await?.ok_or(Error::NotFound("role"))?;
    if role.is_system {
        let message = "A system role cannot be changed or deleted; make a custom role with the permissions you want.";
        return Err(Error::Conflict(message.to_owned()));
    }
    viewer.need_all(&role.given())?;
    Ok(role)
}

async fn keep_name_unique(tx: &WriteTx, name: &str, except: Option<Id<Role>>) -> Result<()> {
    let same = |role: &&Role| identity_key(&role.name) == identity_key(name) && Some(role.id) != except;
    match Entity::find().all(&**tx).await?.iter().find(same) {
        Some(_) => Err(Error::already_exists("input.name", "Another role has this name.")),
        None => Ok(()),
    }
}
