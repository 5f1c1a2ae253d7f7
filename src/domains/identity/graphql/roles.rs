//! Roles and permissions, as clients see them.

use async_graphql::{ComplexObject, Context, InputObject, MaybeUndefined, Object, Result, SimpleObject};

use crate::domains::identity::Identity;
use crate::{
    auth::Permission as Right,
    db::Id,
    domains::{
        ContextExt,
        identity::{
            Role,
            roles::{self, RoleDraft},
        },
    },
    graphql::About,
};

/// A right that roles give and API keys leave.
#[derive(SimpleObject, Debug, Clone)]
pub struct Permission {
    /// The name, such as `customers:read`.
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

    /// The names of what it gives, such as `customers:read`. `permissions` describes each.
    async fn permissions(&self) -> Vec<&'static str> {
        self.given().names()
    }
}

/// Queries for roles.
#[derive(Default, Debug)]
pub struct RolesQuery;

#[Object]
impl RolesQuery {
    /// All roles, by name: those of the system and your own. Needs `users:read`.
    #[graphql(directive = About::apply(10))]
    async fn roles(&self, ctx: &Context<'_>) -> Result<Vec<Role>> {
        Ok(roles::list(ctx.app()?, ctx.viewer()?).await?)
    }

    /// All permissions that there are, for those who make roles and API keys. For every signed-in user.
    #[graphql(directive = About::apply(10))]
    async fn permissions(&self, ctx: &Context<'_>) -> Result<Vec<Permission>> {
        ctx.viewer()?.session()?;
        let all = Right::all();
        Ok(all.map(|right| Permission { name: right.name(), description: right.description() }).collect())
    }
}

/// A new role.
#[derive(InputObject)]
pub struct CreateRoleInput {
    /// The name, unique, up to 60 characters.
    name: String,
    /// What it is for, up to 500 characters.
    description: Option<String>,
    /// The names of what it gives; none that you lack.
    permissions: Vec<String>,
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
    /// The names of all that it gives; none that you lack.
    permissions: MaybeUndefined<Vec<String>>,
}

/// Mutations of roles.
#[derive(Default, Debug)]
pub struct RolesMutation;

#[Object]
impl RolesMutation {
    /// Makes a custom role. Needs `roles:manage`, and every permission that it gives. Fails with `ALREADY_EXISTS` when the
    /// name is taken.
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
    async fn delete_role(&self, ctx: &Context<'_>, #[graphql(desc = "The role's id.")] id: Id<Role>) -> Result<Role> {
        Ok(ctx.service::<Identity>()?.delete_role(ctx.viewer()?, id).await?)
    }
}
