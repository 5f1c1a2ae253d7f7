//! Users, as clients see them.

use async_graphql::{ComplexObject, Context, InputObject, MaybeUndefined, Object, Result, SimpleObject};

use crate::{
    db::Id,
    domains::{
        ContextExt,
        identity::{
            Identity, Role, User,
            editing::{UserChange, UserDraft},
            loader::RoleOfUser,
            status::UserAction,
            user::Entity,
        },
        shared::{one, root_list},
    },
    error::Error,
    graphql::{AsMany, Requires, nullable},
};

#[ComplexObject]
impl User {
    /// What the user is in the company, which decides what they may do.
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
    /// The user with this id; null when there is none, or when it is somebody else and you lack `users:read`.
    async fn user(&self, ctx: &Context<'_>, #[graphql(desc = "The user's id.")] id: Id<User>) -> Option<Result<User>> {
        nullable(one::<Entity>(ctx, id)).await
    }
}

root_list! {
    /// All users, by name unless ordered otherwise; null without `users:read`.
    UsersList: users of Entity,
    needs: "users:read",
    filter: "Which users.",
    order: "In which order; by name when not given.",
    search: "Words that must occur in the name or the mail address, in any order, regardless of case and accents; at most 10 words and 200 characters."
}

/// A user who signs in with a password that you give them.
#[derive(InputObject)]
pub struct CreateUserInput {
    /// The mail address, which is also the name to sign in with.
    email: String,
    /// The name to show, up to 200 characters.
    full_name: String,
    /// The telephone number, up to 40 characters.
    phone: Option<String>,
    /// The role; one with no permission that you lack.
    role_id: Id<Role>,
    /// The password: at least 12 characters, and not one that is guessed first.
    #[graphql(secret)]
    password: String,
}

/// What to change of a user. What is left out stays.
#[derive(InputObject)]
pub struct UpdateUserInput {
    /// The user's id.
    id: Id<User>,
    /// The version that you read; `CONFLICT` when somebody has changed the user since.
    expected_version: i32,
    /// The mail address, which is also the name to sign in with.
    email: MaybeUndefined<String>,
    /// The name to show, up to 200 characters.
    full_name: MaybeUndefined<String>,
    /// The telephone number, up to 40 characters; null clears it.
    phone: MaybeUndefined<String>,
    /// The role; one with no permission that you lack.
    role_id: MaybeUndefined<Id<Role>>,
}

/// Whether a user may sign in.
#[derive(InputObject)]
pub struct SetUserActiveInput {
    /// The user's id.
    id: Id<User>,
    /// Whether they may.
    is_active: bool,
}

/// One thing to do with many users.
#[derive(InputObject)]
pub struct UpdateUsersInput {
    /// The users' ids, 1 to 100.
    ids: Vec<Id<User>>,
    /// What to do.
    action: UserAction,
}

/// What came of one thing that was done with many users.
#[derive(SimpleObject)]
pub struct UpdateUsersPayload {
    /// The users as they are now, in the order of the ids.
    users: Vec<User>,
}

/// Mutations of users.
#[derive(Default, Debug)]
pub struct UsersMutation;

#[Object]
impl UsersMutation {
    /// Makes a user with a password. Needs `users:manage`. Fails with `ALREADY_EXISTS` when the address is taken.
    #[graphql(directive = Requires::apply(&["users:manage"]))]
    async fn create_user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new user.")] input: CreateUserInput,
    ) -> Result<User> {
        let CreateUserInput { email, full_name, phone, role_id, password } = input;
        let draft = UserDraft { email, full_name, phone, role_id };
        Ok(ctx.service::<Identity>()?.create_user(ctx.viewer()?, draft, password).await?)
    }

    /// Changes a user. Needs `users:manage`, and every permission that the user has or would have. A new role acts on open
    /// sessions within seconds. Fails with `CONFLICT` when somebody has changed the user since `expectedVersion`, or when
    /// no active administrator would be left.
    #[graphql(directive = Requires::apply(&["users:manage"]))]
    async fn update_user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom to change, and how.")] input: UpdateUserInput,
    ) -> Result<User> {
        let UpdateUserInput { id, expected_version, email, full_name, phone, role_id } = input;
        let change = UserChange { email, full_name, phone, role_id };
        Ok(ctx.service::<Identity>()?.update_user(ctx.viewer()?, id, expected_version, change).await?)
    }

    /// Lets a user sign in again, or no more; then their sessions end within seconds. Needs `users:manage`, and every
    /// permission that the user has. Fails with `CONFLICT` when no active administrator would be left.
    #[graphql(directive = Requires::apply(&["users:manage"]))]
    async fn set_user_active(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom, and whether.")] input: SetUserActiveInput,
    ) -> Result<User> {
        let action = if input.is_active { UserAction::Activate } else { UserAction::Deactivate };
        Ok(ctx.service::<Identity>()?.act_on_user(ctx.viewer()?, input.id, action).await?)
    }

    /// Deletes a user for ever: sessions end, API keys are revoked, the mail address is free again. What the user did still
    /// names them. Needs `users:manage`, and every permission that the user has. Fails with `CONFLICT` when no active
    /// administrator would be left.
    #[graphql(directive = Requires::apply(&["users:manage"]))]
    async fn delete_user(&self, ctx: &Context<'_>, #[graphql(desc = "The user's id.")] id: Id<User>) -> Result<User> {
        Ok(ctx.service::<Identity>()?.act_on_user(ctx.viewer()?, id, UserAction::Delete).await?)
    }

    /// Does one thing with many users, or nothing at all: `BAD_INPUT` names each user for whom it cannot be done. Needs
    /// `users:manage`, and every permission that the users have.
    #[graphql(directive = AsMany::apply("input.ids", Some("users")), directive = Requires::apply(&["users:manage"]))]
    async fn update_users(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom, and what to do.")] input: UpdateUsersInput,
    ) -> Result<UpdateUsersPayload> {
        let users = ctx.service::<Identity>()?.act_on_users(ctx.viewer()?, &input.ids, input.action).await?;
        Ok(UpdateUsersPayload { users })
    }
}
