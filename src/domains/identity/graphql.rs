//! GraphQL types, queries and mutations for users, roles and sign-in.

mod api_keys;
mod invitations;
mod roles;
mod sign_in;
mod users;
mod viewer;

use async_graphql::MergedObject;

/// Queries for users, roles and API keys.
#[derive(MergedObject, Default, Debug)]
pub struct IdentityQuery(
    viewer::ViewerQuery,
    users::UsersQuery,
    users::UsersList,
    roles::RolesQuery,
    api_keys::ApiKeysQuery,
    api_keys::ApiKeysList,
);

/// Mutations of users, roles and API keys.
#[derive(MergedObject, Default, Debug)]
pub struct IdentityMutation(
    sign_in::SignInMutation,
    invitations::InvitationsMutation,
    users::UsersMutation,
    roles::RolesMutation,
    api_keys::ApiKeysMutation,
);
