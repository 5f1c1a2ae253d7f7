//! Users, roles and sign-in, as clients see them.

mod api_keys;
mod invitations;
mod roles;
mod sign_in;
mod users;
mod viewer;

use async_graphql::{Context, MergedObject};

use super::{ApiKey, Person, Role, User, loader::NamedUser};
use crate::{
    db::Id,
    domains::ContextExt,
    error::{Error, Result},
};

pub(super) use api_keys::{ApiKeyFilter, ApiKeyOrder};
pub(super) use users::{UserFilter, UserOrder};

/// Queries for users, roles and keys.
#[derive(MergedObject, Default, Debug)]
pub struct IdentityQuery(viewer::ViewerQuery, users::UsersQuery, roles::RolesQuery, api_keys::ApiKeysQuery);

/// Mutations of users, roles and keys.
#[derive(MergedObject, Default, Debug)]
pub struct IdentityMutation(
    sign_in::SignInMutation,
    invitations::InvitationsMutation,
    users::UsersMutation,
    roles::RolesMutation,
    api_keys::ApiKeysMutation,
);

/// The user with this id, loaded together with those that sibling fields ask for.
pub(crate) async fn user_of(ctx: &Context<'_>, id: Id<User>) -> Result<Option<User>> {
    ctx.loader()?.load_one(id).await.map_err(Error::shared)
}

/// The person with this id, who is named by something that the viewer has been shown with all that it names, as an audit
/// entry is.
pub(crate) async fn person_of(ctx: &Context<'_>, id: Id<User>) -> Result<Option<Person>> {
    ctx.loader()?.load_one(NamedUser(id)).await.map_err(Error::shared)
}

/// The role with this id, loaded together with those that sibling fields ask for.
pub(crate) async fn role_of(ctx: &Context<'_>, id: Id<Role>) -> Result<Option<Role>> {
    ctx.loader()?.load_one(id).await.map_err(Error::shared)
}

/// The API key with this id, loaded together with those that sibling fields ask for.
pub(crate) async fn api_key_of(ctx: &Context<'_>, id: Id<ApiKey>) -> Result<Option<ApiKey>> {
    ctx.loader()?.load_one(id).await.map_err(Error::shared)
}
