//! A signed-in user and their credential.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{permission::Permissions, role::SystemRole};

/// A credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Credential {
    /// A sign-in with a password.
    SignIn {
        /// The session started by the sign-in.
        session: Uuid,
    },
    /// An API key.
    ApiKey {
        /// The key.
        key: Uuid,
    },
    /// A token of a trusted issuer.
    External {
        /// The user's identity at the issuer.
        identity: Uuid,
        /// Issue time; a sign-out invalidates tokens issued before.
        issued_at: Option<DateTime<Utc>>,
    },
    /// Impersonation by an administrator.
    Impersonation {
        /// The session started by the impersonation.
        session: Uuid,
        /// The administrator.
        impersonator: Uuid,
    },
    /// A [`Mandate`](super::Mandate): a run that acts later on behalf of the user.
    Automation {
        /// The API key by which the run was started, if any.
        key: Option<Uuid>,
        /// The administrator who started it in the place of the user, if any.
        impersonator: Option<Uuid>,
    },
}

impl Credential {
    /// Returns the acting user: the administrator who impersonates `user`, or `user`.
    pub fn actor(&self, user: Uuid) -> Uuid {
        match self {
            Self::Impersonation { impersonator, .. } | Self::Automation { impersonator: Some(impersonator), .. } => {
                *impersonator
            }
            Self::SignIn { .. } | Self::ApiKey { .. } | Self::External { .. } | Self::Automation { .. } => user,
        }
    }
}

/// A signed-in user with their present permissions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The user.
    pub user_id: Uuid,
    /// The credential.
    pub credential: Credential,
    /// Their role.
    pub role_id: Uuid,
    /// The permissions of the role, restricted by the credential.
    pub permissions: Permissions,
    /// The scopes of the credential; `None` is unrestricted.
    pub scopes: Option<Permissions>,
    /// Expiry time of the credential; `None` if it never expires.
    pub expires_at: Option<DateTime<Utc>>,
}

impl Session {
    /// Returns true if the user is an administrator.
    pub fn is_admin(&self) -> bool {
        self.role_id == SystemRole::Admin.uuid()
    }
}
