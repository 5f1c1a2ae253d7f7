//! Inputs of mutations.

use async_graphql::{Enum, InputObject, MaybeUndefined};

use super::{role::Model as Role, user::Model as User};
use crate::{auth::Permission, db::Id, graphql::Timestamp};

/// Input for a new user with a password chosen by you.
#[derive(InputObject)]
pub struct CreateUserInput {
    /// Mail address, which is also the sign-in name.
    pub(super) email: String,
    /// Display name, up to 200 characters.
    pub(super) full_name: String,
    /// Telephone number, up to 40 characters.
    pub(super) phone: Option<String>,
    /// Id of the role; you must have all its permissions.
    pub(super) role_id: Id<Role>,
    /// Password: at least 12 characters, and not a common one.
    #[graphql(secret)]
    pub(super) password: String,
}

/// Changes to a user. Omitted fields stay unchanged.
#[derive(InputObject)]
pub struct UpdateUserInput {
    /// Id of the user.
    pub(super) id: Id<User>,
    /// Version that you read; fails with `CONFLICT` if the user has changed since.
    pub(super) expected_version: i32,
    /// Mail address, which is also the sign-in name.
    pub(super) email: MaybeUndefined<String>,
    /// Display name, up to 200 characters.
    pub(super) full_name: MaybeUndefined<String>,
    /// Telephone number, up to 40 characters; null clears it.
    pub(super) phone: MaybeUndefined<String>,
    /// Id of the role; you must have all its permissions.
    pub(super) role_id: MaybeUndefined<Id<Role>>,
}

/// Input for activating or deactivating a user.
#[derive(InputObject)]
pub struct SetUserActiveInput {
    /// Id of the user.
    pub(super) id: Id<User>,
    /// True to allow signing in, false to forbid it.
    pub(super) is_active: bool,
}

/// Bulk action on users.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserAction {
    /// Allow them to sign in again.
    Activate,
    /// End their sessions and forbid signing in until they are activated.
    Deactivate,
    /// Delete them permanently: end their sessions, revoke their API keys and free their mail addresses. Past changes
    /// still refer to them.
    Delete,
}

/// Bulk action on users.
#[derive(InputObject)]
pub struct UpdateUsersInput {
    /// Ids of the users, 1–100.
    pub(super) ids: Vec<Id<User>>,
    /// Action to perform.
    pub(super) action: UserAction,
}

/// Input for a new role.
#[derive(InputObject)]
pub struct CreateRoleInput {
    /// Unique name, up to 60 characters.
    pub(super) name: String,
    /// Description, up to 500 characters.
    pub(super) description: Option<String>,
    /// Permissions to grant; you must have all of them.
    pub(super) permissions: Vec<Permission>,
}

/// Changes to a role. Omitted fields stay unchanged.
#[derive(InputObject)]
pub struct UpdateRoleInput {
    /// Id of the role.
    pub(super) id: Id<Role>,
    /// Version that you read; fails with `CONFLICT` if the role has changed since.
    pub(super) expected_version: i32,
    /// Unique name, up to 60 characters.
    pub(super) name: MaybeUndefined<String>,
    /// Description, up to 500 characters.
    pub(super) description: MaybeUndefined<String>,
    /// Complete list of permissions to grant; you must have all of them.
    pub(super) permissions: MaybeUndefined<Vec<Permission>>,
}

/// Input for a new API key.
#[derive(InputObject)]
pub struct CreateApiKeyInput {
    /// Name, up to 100 characters, which describes its use.
    pub(super) name: String,
    /// Permissions that the key may use; you must have all of them.
    pub(super) scopes: Vec<Permission>,
    /// Expiry time. Defaults to never.
    pub(super) expires_at: Option<Timestamp>,
}

/// Input for inviting a user.
#[derive(InputObject)]
pub struct InviteUserInput {
    /// Mail address to which the link is sent.
    pub(super) email: String,
    /// Display name, up to 200 characters.
    pub(super) full_name: String,
    /// Telephone number, up to 40 characters.
    pub(super) phone: Option<String>,
    /// Id of the role; you must have all its permissions.
    pub(super) role_id: Id<Role>,
    /// Key of your choice, 1–200 characters. Repeating the same key and input returns the first invitation without a
    /// second mail; a different input fails with `IDEMPOTENCY_MISMATCH`.
    pub(super) idempotency_key: Option<String>,
}

/// Input for accepting an invitation.
#[derive(InputObject)]
pub struct AcceptInvitationInput {
    /// Token from the link, after `token=`.
    #[graphql(secret)]
    pub(super) token: String,
    /// Password to set: at least 12 characters, and not a common one.
    #[graphql(secret)]
    pub(super) password: String,
    /// Display name, up to 200 characters. Defaults to the name in the invitation.
    pub(super) full_name: Option<String>,
}

/// Input for impersonating a user.
#[derive(InputObject)]
pub struct ImpersonateUserInput {
    /// Id of the user to impersonate.
    pub(super) user_id: Id<User>,
    /// Reason for the audit log, up to 500 characters.
    pub(super) reason: Option<String>,
}

/// Credentials to sign in with.
#[derive(InputObject)]
pub struct LoginInput {
    /// Mail address, ignoring case.
    pub(super) email: String,
    /// Password.
    #[graphql(secret)]
    pub(super) password: String,
}

/// Input for refreshing a session.
#[derive(InputObject)]
pub struct RefreshTokenInput {
    /// Refresh token from the last `login` or `refreshToken`.
    #[graphql(secret)]
    pub(super) refresh_token: String,
}

/// Changes to one's own profile. Omitted fields stay unchanged.
#[derive(InputObject)]
pub struct UpdateProfileInput {
    /// Display name, up to 200 characters.
    pub(super) full_name: MaybeUndefined<String>,
    /// Mail address, which is also the sign-in name.
    pub(super) email: MaybeUndefined<String>,
    /// Telephone number, up to 40 characters; null clears it.
    pub(super) phone: MaybeUndefined<String>,
}

/// Input for changing one's own password.
#[derive(InputObject)]
pub struct ChangePasswordInput {
    /// Present password.
    #[graphql(secret)]
    pub(super) current_password: String,
    /// New password: at least 12 characters, and not a common one.
    #[graphql(secret)]
    pub(super) new_password: String,
}
