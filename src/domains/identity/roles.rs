//! Creation, update and deletion of custom roles.

use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use super::{
    Identity,
    input::{CreateRoleInput, UpdateRoleInput},
    role::{Column, Entity, Model as Role},
    user::{self, Status},
};
use crate::{
    app::App,
    auth::{Permission, Permissions, SystemRole, Viewer},
    db::{Id, WriteTx},
    domains::{
        audit::{AuditAction, Audited, Change, Versioned, Write},
        chat,
        shared::fields,
    },
    error::{Error, Problems, Result},
    graphql::unless_null,
    text::identity_key,
};

/// Maximum number of custom roles.
const MAX_ROLES: u64 = 100;

fn name(problems: &mut Problems, text: &str) -> String {
    fields::name(problems, "input.name", text, 60)
}

fn description(problems: &mut Problems, text: &str) -> String {
    fields::text(problems, "input.description", text, 500)
}

fn kept(permissions: &Permissions) -> String {
    serde_json::to_string(&permissions.names()).unwrap_or_default()
}

impl Audited for Role {
    fn called(&self) -> &str {
        &self.name
    }

    async fn state(&self, _tx: &WriteTx) -> Result<serde_json::Value> {
        Ok(serde_json::json!({
            "name": self.name,
            "description": self.description,
            "permissions": self.given().names(),
        }))
    }
}

impl Versioned for Role {
    const VERSION: Column = Column::Version;
    const UPDATED_AT: Column = Column::UpdatedAt;
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
    pub(super) async fn create_role(&self, viewer: &Viewer, input: CreateRoleInput) -> Result<Role> {
        viewer.need(Permission::RolesManage)?;
        let mut problems = Problems::default();
        let name = name(&mut problems, &input.name);
        let description = description(&mut problems, &input.description.unwrap_or_default());
        problems.into_result()?;
        let given: Permissions = input.permissions.into_iter().collect();
        viewer.need_all(&given)?;
        let ambient = &self.app().ambient;
        let write = self.begin_on_roles(viewer).await?;
        keep_name_unique(&write, &name, None).await?;
        if Entity::find().filter(Column::IsSystem.eq(false)).count(&**write).await? >= MAX_ROLES {
            return Err(Error::Conflict(format!("There are {MAX_ROLES} custom roles; delete one first.")));
        }
        let role = Role {
            id: Id::new(ambient),
            name,
            description,
            permissions: kept(&given),
            is_system: false,
            version: 1,
            created_at: ambient.now(),
            updated_at: ambient.now(),
        };
        write.create(AuditAction::RoleCreated, &role).await?;
        write.commit().await?;
        Ok(role)
    }

    /// Updates a custom role unless it has changed since `expected_version`. Takes effect on open sessions within
    /// seconds.
    ///
    /// # Errors
    /// [`Error::Outdated`] if it has; [`Error::Forbidden`] if the role grants, before or after, permissions that the
    /// viewer lacks; [`Error::Conflict`] for system roles.
    pub(super) async fn update_role(&self, viewer: &Viewer, input: UpdateRoleInput) -> Result<Role> {
        viewer.need(Permission::RolesManage)?;
        let (id, mut problems) = (input.id, Problems::default());
        let new_name = unless_null(&mut problems, "input.name", input.name);
        let new_name = new_name.map(|text| name(&mut problems, &text));
        let new_description = unless_null(&mut problems, "input.description", input.description);
        let new_description = new_description.map(|text| description(&mut problems, &text));
        let given = unless_null(&mut problems, "input.permissions", input.permissions);
        problems.into_result()?;
        let mut write = self.begin_on_roles(viewer).await?;
        custom_role(&write, id).await?;
        let Change { row: role, mut set } = write.change::<Role>(id, input.expected_version).await?;
        if let Some(name) = new_name.filter(|name| *name != role.name) {
            keep_name_unique(&write, &name, Some(id)).await?;
            set.name = Set(name);
        }
        if let Some(description) = new_description.filter(|description| *description != role.description) {
            set.description = Set(description);
        }
        if let Some(given) = given {
            let given: Permissions = given.into_iter().collect();
            viewer.need_all(&given)?;
            if given != role.given() {
                set.permissions = Set(kept(&given));
            }
        }
        let role = write.save(AuditAction::RoleUpdated, Change { row: role, set }).await?;
        chat::look_after_answerers(&mut write, &self.app().ambient).await?;
        write.commit().await?;
        self.forget_standing();
        Ok(role)
    }

    /// Deletes a custom role without users. Deleted users who had it get the role `viewer`, each with an audit log entry.
    ///
    /// # Errors
    /// [`Error::Conflict`] for system roles and roles that users have.
    pub(super) async fn delete_role(&self, viewer: &Viewer, id: Id<Role>) -> Result<Role> {
        viewer.need(Permission::RolesManage)?;
        let write = self.begin_on_roles(viewer).await?;
        let role = custom_role(&write, id).await?;
        let users = user::Entity::find().filter(user::Column::RoleId.eq(id));
        let users = users.filter(user::Column::Status.ne(Status::Deleted)).count(&**write).await?;
        if users > 0 {
            return Err(Error::Conflict(format!("{users} users have this role; give them another one first.")));
        }
        // Deleted users get a role that remains.
        let viewer_role = Id::from_uuid(SystemRole::Viewer.uuid());
        for row in user::Entity::find().filter(user::Column::RoleId.eq(id)).all(&**write).await? {
            let set = user::ActiveModel { role_id: Set(viewer_role), ..Default::default() };
            write.save(AuditAction::UserUpdated, Change { row, set }).await?;
        }
        write.delete(AuditAction::RoleDeleted, &role).await?;
        write.commit().await?;
        Ok(role)
    }

    /// Starts a transaction on roles, serialized with those that assign roles to users.
    async fn begin_on_roles(&self, viewer: &Viewer) -> Result<Write> {
        let write = Write::begin(self.app(), viewer).await?;
        write.lock("users").await?;
        Ok(write)
    }
}

async fn custom_role(write: &Write, id: Id<Role>) -> Result<Role> {
    let role = write.locked(id).await?;
    if role.is_system {
        let message = "A system role cannot be changed or deleted; make a custom role with the permissions you want.";
        return Err(Error::Conflict(message.to_owned()));
    }
    write.viewer().need_all(&role.given())?;
    Ok(role)
}

async fn keep_name_unique(tx: &WriteTx, name: &str, except: Option<Id<Role>>) -> Result<()> {
    let same = |role: &&Role| identity_key(&role.name) == identity_key(name) && Some(role.id) != except;
    match Entity::find().all(&**tx).await?.iter().find(same) {
        Some(_) => Err(Error::already_exists("input.name", "Another role has this name.")),
        None => Ok(()),
    }
}
