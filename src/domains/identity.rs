//! Users, roles and sign-in: who somebody is, whether that still holds, and what they may do.

mod api_key;
mod api_keys;
mod editing;
mod external_identity;
mod fields;
mod graphql;
mod impersonation;
mod invitation;
mod invitations;
mod issuers;
mod loader;
mod password;
mod password_rules;
mod profile;
mod proof;
mod refresh;
mod role;
mod roles;
mod service;
mod session;
mod standing;
mod status;
mod token;
mod user;
mod users;

pub use api_key::Model as ApiKey;
pub use graphql::{IdentityMutation, IdentityQuery};
pub(crate) use graphql::{api_key_of, role_of, user_of};
pub use issuers::{ExternalClaims, Issuers, issuer_of};
pub use loader::{IdentityLoader, loader};
pub use role::Model as Role;
pub use service::{FirstAdmin, Identity, create_user, ensure_admin};
pub use token::{TokenError, TokenKey};
pub use user::{Column as UserColumn, Entity as UserEntity, Model as User, Status as UserStatus};
