//! GraphQL types, queries and mutations for roles and permissions.

use async_graphql::{ComplexObject, Context, Object, Result, SimpleObject};

use crate::domains::identity::Identity;
use crate::{
    auth::Permission,
    db::Id,
    domains::{
        ContextExt,
        identity::{
            Role,
            input::{CreateRoleInput, UpdateRoleInput},
            loader::role_of,
            roles,
        },
    },
    graphql::{About, Requires, nullable},
};

/// Name and description of a permission.
#[derive(SimpleObject, Debug, Clone)]
pub struct PermissionInfo {
    /// The permission.
    permission: Permission,
    /// Name, such as `customers:read`, as used in error messages and descriptions of this schema.
    name: &'static str,
    /// One-sentence description.
    description: &'static str,
}

#[ComplexObject]
impl Role {
    /// Description of the role.
    async fn description(&self) -> &str {
        self.purpose()
    }

    /// Permissions that the role grants.
    async fn permissions(&self) -> Vec<Permission> {
        self.given().all()
    }
}

/// Queries for roles.
#[derive(Default, Debug)]
pub struct RolesQuery;

#[Object]
impl RolesQuery {
    /// The role with this id; null if it does not exist, or if it is not your own and you lack `users:read`.
    async fn role(&self, ctx: &Context<'_>, #[graphql(desc = "Id of the role.")] id: Id<Role>) -> Option<Result<Role>> {
        nullable(role_of(ctx, id)).await
    }

    /// All roles by name: the system roles and the custom ones; null without `users:read`.
    #[graphql(directive = About::apply(10), directive = Requires::apply(&["users:read"]))]
    async fn roles(&self, ctx: &Context<'_>) -> Option<Result<Vec<Role>>> {
        nullable(async { roles::list(ctx.app()?, ctx.viewer()?).await.map(Some) }).await
    }

    /// All permissions, for creating roles and API keys. Requires a signed-in user.
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

/// A deleted role.
#[derive(SimpleObject, Debug)]
pub struct DeletedRole {
    /// Id of the deleted role.
    id: Id<Role>,
}

/// Mutations of roles.
#[derive(Default, Debug)]
pub struct RolesMutation;

#[Object]
impl RolesMutation {
    /// Creates a custom role. Needs `roles:manage`, and every permission that it grants. Fails with `ALREADY_EXISTS` if
    /// the name is taken.
    #[graphql(directive = Requires::apply(&["roles:manage"]))]
    async fn create_role(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Settings of the new role.")] input: CreateRoleInput,
    ) -> Result<Role> {
        Ok(ctx.service::<Identity>()?.create_role(ctx.viewer()?, input).await?)
    }

    /// Updates a custom role, with effect on open sessions and subscriptions within seconds. Needs `roles:manage`, and
    /// every permission that it grants before and after. Fails with `ALREADY_EXISTS` if the name is taken, with `CONFLICT`
    /// for system roles, and if the role has changed since `expectedVersion`.
    #[graphql(directive = Requires::apply(&["roles:manage"]))]
    async fn update_role(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Changes to the role.")] input: UpdateRoleInput,
    ) -> Result<Role> {
        Ok(ctx.service::<Identity>()?.update_role(ctx.viewer()?, input).await?)
    }

    /// Deletes a custom role. Needs `roles:manage`, and every permission that it grants. Fails with `CONFLICT` for
    /// system roles, and for roles of users, also deactivated and invited ones. Deleted users get the role `viewer`.
    #[graphql(directive = Requires::apply(&["roles:manage"]))]
    async fn delete_role(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the role.")] id: Id<Role>,
    ) -> Result<DeletedRole> {
        let role = ctx.service::<Identity>()?.delete_role(ctx.viewer()?, id).await?;
        Ok(DeletedRole { id: role.id })
    }
}
