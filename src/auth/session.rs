//! A user who is known, and by what.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{permission::Permissions, role::SystemRole};

/// By what somebody proved who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Credential {
    /// A sign-in with a password.
    SignIn {
        /// The session that it began.
        session: Uuid,
    },
    /// A key that the user made for a server.
    ApiKey {
        /// The key.
        key: Uuid,
    },
    /// A token of an issuer that the server trusts.
    External {
        /// Who the issuer says that it is.
        identity: Uuid,
        /// When it was made; a sign-out ends those that were made before.
        issued_at: Option<DateTime<Utc>>,
    },
    /// An administrator in the place of the user.
    Impersonation {
        /// The session that it began.
        session: Uuid,
        /// The administrator.
        impersonator: Uuid,
    },
}

impl Credential {
    /// The user who acts: the administrator where one acts in the place of `user`.
    pub fn actor(&self, user: Uuid) -> Uuid {
        match self {
            Self::Impersonation { impersonator, .. } => *impersonator,
            Self::SignIn { .. } | Self::ApiKey { .. } | Self::External { .. } => user,
        }
    }
}

/// A user who is known, with what they may do now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The user.
    pub user_id: Uuid,
    /// By what they are known.
    pub credential: Credential,
    /// Their role.
    pub role_id: Uuid,
    /// What the role gives, less what the credential takes away.
    pub permissions: Permissions,
    /// What the credential leaves of any role; `None` leaves all.
    pub scopes: Option<Permissions>,
    /// When the credential expires; `None` is never.
    pub expires_at: Option<DateTime<Utc>>,
}

impl Session {
    /// Whether the user is an administrator.
    pub fn is_admin(&self) -> bool {
        self.role_id == SystemRole::Admin.uuid()
    }
}
