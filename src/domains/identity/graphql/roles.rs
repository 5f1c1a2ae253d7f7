//! Roles and permissions, as clients see them.

use async_graphql::{ComplexObject, Context, InputObject, MaybeUndefined, Object, Result, SimpleObject};

use crate::domains::identity::Identity;
use crate::{
    auth::Permission,
    db::Id,
    domains::{
        ContextExt,
        identity::{
            Role,
            loader::role_of,
            roles::{self, RoleDraft},
        },
    },
    graphql::{About, Requires, nullable},
};

/// What there is to say of a permission.
#[derive(SimpleObject, Debug, Clone)]
pub struct PermissionInfo {
    /// Which.
    permission: Permission,
    /// Its name, such as `customers:read`, as error messages and this schema's descriptions write it.
    name: &'static str,
    /// What it lets people do.
    description: &'static str,
}

#[ComplexObject]
impl Role {
    /// What the role is for.
    async fn description(&self) -> &str {
        self.purpose()
    }

    /// What it gives.
    async fn permissions(&self) -> Vec<Permission> {
        self.given().all()
    }
}

/// Queries for roles.
#[derive(Default, Debug)]
pub struct RolesQuery;

#[Object]
impl RolesQuery {
    /// The role with this id; null when there is none, or when it is not yours and you lack `users:read`.
    async fn role(&self, ctx: &Context<'_>, #[graphql(desc = "The role's id.")] id: Id<Role>) -> Option<Result<Role>> {
        nullable(role_of(ctx, id)).await
    }

    /// All roles, by name: those of the system and your own; null without `users:read`.
    #[graphql(directive = About::apply(10), directive = Requires::apply(&["users:read"]))]
    async fn roles(&self, ctx: &Context<'_>) -> Option<Result<Vec<Role>>> {
        nullable(async { roles::list(ctx.app()?, ctx.viewer()?).await.map(Some) }).await
    }

    /// All permissions that there are, for those who make roles and API keys. For every signed-in user.
    #[graphql(directive = About::apply(10))]
    async fn permissions(&self, ctx: &Context<'_>) -> Result<Vec<PermissionInfo>> {
        ctx.viewer()?.session()?;
        let info = |permission: Permission| PermissionInfo {
            permission,
            name: permission.name(),
            description: permission.description(),
        };
        Ok(Permission::all().map(info).collect())
    }
}

/// A new role.
#[derive(InputObject)]
pub struct CreateRoleInput {
    /// The name, unique, up to 60 characters.
    name: String,
    /// What it is for, up to 500 characters.
    description: Option<String>,
    /// What it gives; nothing that you lack.
    permissions: Vec<Permission>,
}

/// What to change of a role. What is left out, or null, stays.
#[derive(InputObject)]
pub struct UpdateRoleInput {
    /// The role's id.
    id: Id<Role>,
    /// The version that you read; `CONFLICT` when somebody has changed the role since.
    expected_version: i32,
    /// The name, unique, up to 60 characters.
    name: MaybeUndefined<String>,
    /// What it is for, up to 500 characters.
    description: MaybeUndefined<String>,
    /// All that it gives; nothing that you lack.
    permissions: MaybeUndefined<Vec<Permission>>,
}

/// A role that was deleted.
#[derive(SimpleObject, Debug)]
pub struct DeletedRole {
    /// The id that it had.
    id: Id<Role>,
}

/// Mutations of roles.
#[derive(Default, Debug)]
pub struct RolesMutation;

#[Object]
impl RolesMutation {
    /// Makes a custom role. Needs `roles:manage`, and every permission that it gives. Fails with `ALREADY_EXISTS` when the
    /// name is taken.
    #[graphql(directive = Requires::apply(&["roles:manage"]))]
    async fn create_role(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new role.")] input: CreateRoleInput,
    ) -> Result<Role> {
        let CreateRoleInput { name, description, permissions } = input;
        let draft = RoleDraft {
            name: MaybeUndefined::Value(name),
            description: description.map_or(MaybeUndefined::Undefined, MaybeUndefined::Value),
            permissions: MaybeUndefined::Value(permissions),
        };
        Ok(ctx.service::<Identity>()?.create_role(ctx.viewer()?, draft).await?)
    }

    /// Changes a custom role; it acts on open sessions and subscriptions within seconds. Needs `roles:manage`, and every
    /// permission that it gives or would give. Fails with `CONFLICT` for roles of the system, and when somebody has changed
    /// the role since `expectedVersion`.
    #[graphql(directive = Requires::apply(&["roles:manage"]))]
    async fn update_role(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which role, and how.")] input: UpdateRoleInput,
    ) -> Result<Role> {
        let UpdateRoleInput { id, expected_version, name, description, permissions } = input;
        let draft = RoleDraft { name, description, permissions };
        Ok(ctx.service::<Identity>()?.update_role(ctx.viewer()?, id, expected_version, draft).await?)
    }

    /// Deletes a custom role. Needs `roles:manage`, and every permission that it gives. Fails with `CONFLICT` for roles of
    /// the system, and while users have it.
    #[graphql(directive = Requires::apply(&["roles:manage"]))]
    async fn delete_role(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The role's id.")] id: Id<Role>,
    ) -> Result<DeletedRole> {
        let role = ctx.service::<Identity>()?.delete_role(ctx.viewer()?, id).await?;
        Ok(DeletedRole { id: role.id })
    }
}
