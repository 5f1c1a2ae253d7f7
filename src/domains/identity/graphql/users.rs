//! GraphQL types, queries and mutations for users.

use async_graphql::{ComplexObject, Context, Object, Result, SimpleObject};

use crate::{
    db::Id,
    domains::{
        ContextExt,
        identity::{
            Identity, Role, User,
            input::{CreateUserInput, SetUserActiveInput, UpdateUserInput, UpdateUsersInput},
            loader::RoleOfUser,
            user::Entity,
        },
        shared::{one, root_list},
    },
    error::Error,
    graphql::{AsMany, Requires, nullable},
};

#[ComplexObject]
impl User {
    /// Role, which grants the user's permissions.
    async fn role(&self, ctx: &Context<'_>) -> Result<Role> {
        // Who sees the user sees the role: also in the answer to a sign-in, where nobody is signed in yet.
        let role = ctx.loader()?.load_one(RoleOfUser(self.role_id)).await?;
        Ok(role.ok_or(Error::NotFound("role"))?)
    }
}

/// Queries for users.
#[derive(Default, Debug)]
pub struct UsersQuery;

#[Object]
impl UsersQuery {
    /// The user with this id; null if they do not exist, or if it is somebody else and you lack `users:read`.
    async fn user(&self, ctx: &Context<'_>, #[graphql(desc = "Id of the user.")] id: Id<User>) -> Option<Result<User>> {
        nullable(one::<Entity>(ctx, id)).await
    }
}

root_list! {
    /// All users, by name by default; null without `users:read`.
    UsersList: users of Entity,
    needs: "users:read",
    filter: "Conditions on the users.",
    order: "Sort order. Defaults to the name.",
    search: "Words that the name or mail address must contain, in any order, ignoring case and accents; at most 10 words and 200 characters."
}

/// Result of a bulk action on users.
#[derive(SimpleObject)]
pub struct UpdateUsersPayload {
    /// Users after the action, in the order of the ids.
    users: Vec<User>,
}

/// Mutations of users.
#[derive(Default, Debug)]
pub struct UsersMutation;

#[Object]
impl UsersMutation {
    /// Creates a user with a password. Needs `users:manage`. Fails with `ALREADY_EXISTS` if the address is taken.
    #[graphql(directive = Requires::apply(&["users:manage"]))]
    async fn create_user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Settings of the new user.")] input: CreateUserInput,
    ) -> Result<User> {
        Ok(ctx.service::<Identity>()?.create_user(ctx.viewer()?, input).await?)
    }

    /// Updates a user. Needs `users:manage`, and every permission that the user has before and after. A new role takes
    /// effect on open sessions within seconds. Fails with `ALREADY_EXISTS` if the address is taken, with `CONFLICT` if the
    /// user has changed since `expectedVersion`, or if no active administrator would remain.
    #[graphql(directive = Requires::apply(&["users:manage"]))]
    async fn update_user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Changes to the user.")] input: UpdateUserInput,
    ) -> Result<User> {
        Ok(ctx.service::<Identity>()?.update_user(ctx.viewer()?, input).await?)
    }

    /// Activates a user, or deactivates them and ends their sessions within seconds. Needs `users:manage`, and every
    /// permission of the user. Fails with `CONFLICT` if no active administrator would remain.
    #[graphql(directive = Requires::apply(&["users:manage"]))]
    async fn set_user_active(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The user and the new status.")] input: SetUserActiveInput,
    ) -> Result<User> {
        Ok(ctx.service::<Identity>()?.set_user_active(ctx.viewer()?, input).await?)
    }

    /// Deletes a user permanently: ends their sessions, revokes their API keys and frees the mail address. Past changes
    /// still refer to the user. Needs `users:manage`, and every permission of the user. Fails with `CONFLICT` if no
    /// active administrator would remain.
    #[graphql(directive = Requires::apply(&["users:manage"]))]
    async fn delete_user(&self, ctx: &Context<'_>, #[graphql(desc = "Id of the user.")] id: Id<User>) -> Result<User> {
        Ok(ctx.service::<Identity>()?.delete_user(ctx.viewer()?, id).await?)
    }

    /// Performs an action on many users, all or none: `BAD_INPUT` names each user for whom it is impossible, and `CONFLICT`
    /// those without whom no active administrator would remain. Needs `users:manage`, and every permission of the users.
    #[graphql(directive = AsMany::apply("input.ids", Some("users")), directive = Requires::apply(&["users:manage"]))]
    async fn update_users(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The action and the users.")] input: UpdateUsersInput,
    ) -> Result<UpdateUsersPayload> {
        let users = ctx.service::<Identity>()?.update_users(ctx.viewer()?, input).await?;
        Ok(UpdateUsersPayload { users })
    }
}
