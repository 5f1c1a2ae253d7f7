//! Users and sign-in: who somebody is, and whether that still holds.

mod graphql;
mod issuers;
mod loader;
mod password;
mod password_rules;
mod profile;
mod refresh;
mod service;
mod session;
mod token;
mod user;

pub(crate) use graphql::user_of;
pub use graphql::{IdentityMutation, IdentityQuery};
pub use issuers::{ExternalClaims, Issuers, issuer_of};
pub use loader::{IdentityLoader, loader};
pub use service::{FirstAdmin, Identity, create_user, ensure_admin};
pub use token::{TokenError, TokenKey};
pub use user::{Column as UserColumn, Entity as UserEntity, Model as User};
