//! Users, as clients see them.

use async_graphql::{ComplexObject, Context, Enum, InputObject, MaybeUndefined, Object, Result, SimpleObject};

use super::user_of;
use crate::graphql::{Costs, TEXT};
use crate::domains::identity::Identity;
use crate::{
    db::Id,
    domains::{
        ContextExt,
        identity::{
            Role, User,
            editing::{UserChange, UserDraft},
            loader::RoleOfUser,
            status::UserAction,
            user::{Column, Entity, Status},
            users::{self, UserList},
        },
    },
    error::Error,
    graphql::{
        AsMany, AtMost, Connection, DateTimeFilter, EnumFilter, IdFilter, Order, OrderField, PageArgs, Paged,
        SortDirection, StringFilter, filter_input, nullable,
    },
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

filter_input! {
    /// Which users. All parts that are given must hold.
    pub struct UserFilter {
        /// By mail address.
        email: StringFilter => |filter| filter.on_text(Column::Email, Column::EmailFolded),
        /// By name.
        full_name: StringFilter => |filter| filter.on_text(Column::FullName, Column::NameKey),
        /// By role.
        role_id: IdFilter<Role> => |filter| filter.on(Column::RoleId),
        /// By whether they may sign in. Without it those who were deleted are left out.
        status: EnumFilter<Status> => |filter| filter.on(Column::Status),
        /// By when they last signed in.
        last_login_at: DateTimeFilter => |filter| filter.on(Column::LastLoginAt),
        /// By when they were made.
        created_at: DateTimeFilter => |filter| filter.on(Column::CreatedAt),
    }
}

impl UserFilter {
    /// Whether the filter says something of the status, in any of its parts.
    pub(crate) fn asks_for_status(&self) -> bool {
        let parts = self.and.iter().chain(&self.or).flatten().chain(self.not.as_deref());
        self.status.is_some() || parts.into_iter().any(Self::asks_for_status)
    }
}

/// By what users can be ordered.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserOrderField {
    /// The name, without regard to case.
    FullName,
    /// When they were made.
    CreatedAt,
    /// When they last signed in; who never did comes last.
    LastLoginAt,
}

/// The order of a list of them.
pub type UserOrder = Order<UserOrderField>;

impl OrderField for UserOrderField {
    type Entity = Entity;

    const DEFAULT: (Self, SortDirection) = (Self::FullName, SortDirection::Asc);

    fn column(self) -> Column {
        match self {
            Self::FullName => Column::NameKey,
            Self::CreatedAt => Column::CreatedAt,
            Self::LastLoginAt => Column::LastLoginAt,
        }
    }
}

/// Queries for users.
#[derive(Default, Debug)]
pub struct UsersQuery;

#[Object]
impl UsersQuery {
    /// The user with this id; null when there is none, or when it is somebody else and you lack `users:read`.
    async fn user(&self, ctx: &Context<'_>, #[graphql(desc = "The user's id.")] id: Id<User>) -> Option<Result<User>> {
        nullable(async {
            ctx.viewer()?.session()?;
            user_of(ctx, id).await
        })
        .await
    }

    /// All users, by name unless ordered otherwise. Needs `users:read`.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a list")]
    #[graphql(directive = Paged::apply())]
    async fn users(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 0 to 100; 25 when neither `first` nor `last` is given.")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which users.")] filter: Option<UserFilter>,
        #[graphql(desc = "In which order; by name when not given.")] order_by: Option<UserOrder>,
        #[graphql(
            desc = "A text that the name or the mail address holds in one piece, whatever its case and accents; up to 200 characters.",
            directive = Costs::apply(TEXT),
            validator(custom = "AtMost(200)")
        )]
        search: Option<String>,
    ) -> Result<Connection<User>> {
        let list = UserList { page: PageArgs::new(first, after, last, before), filter, order: order_by, search };
        let keyset = list.keyset();
        let (page, total) = users::list(ctx.app()?, ctx.viewer()?, list).await?;
        Ok(Connection::new(page, keyset, total))
    }
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
    async fn delete_user(&self, ctx: &Context<'_>, #[graphql(desc = "The user's id.")] id: Id<User>) -> Result<User> {
        Ok(ctx.service::<Identity>()?.act_on_user(ctx.viewer()?, id, UserAction::Delete).await?)
    }

    /// Does one thing with many users, or nothing at all: `BAD_INPUT` names each user for whom it cannot be done. Needs
    /// `users:manage`, and every permission that the users have.
    #[graphql(directive = AsMany::apply("input.ids", Some("users")))]
    async fn update_users(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom, and what to do.")] input: UpdateUsersInput,
    ) -> Result<UpdateUsersPayload> {
        let users = ctx.service::<Identity>()?.act_on_users(ctx.viewer()?, &input.ids, input.action).await?;
        Ok(UpdateUsersPayload { users })
    }
}
