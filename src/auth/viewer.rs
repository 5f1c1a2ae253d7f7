//! The one who asks.

use std::{net::IpAddr, sync::Arc};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Caller, Permission, Permissions, SystemRole, Visitor};
use crate::{
    error::{Error, Result},
    graphql::RequestId,
    limiter::BudgetSubject,
};

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

/// Who makes a request: a signed-in user, a visitor of a chat session, or nobody. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Viewer {
    /// Who it is.
    pub caller: Caller,
    /// The request, for the log.
    pub request_id: RequestId,
    /// The address the request came from, where it is known.
    pub peer: Option<IpAddr>,
    /// The program that sent it, as it calls itself.
    pub user_agent: Option<Arc<str>>,
}

impl Viewer {
    /// The server itself, where nobody asked.
    pub fn system() -> Self {
        Self { caller: Caller::Nobody, request_id: RequestId(String::new()), peer: None, user_agent: None }
    }

    /// The session of the user; `None` when nobody is signed in, which a visitor is not.
    pub fn signed_in(&self) -> Option<&Session> {
        match &self.caller {
            Caller::User(session) => Some(session),
            Caller::Visitor(_) | Caller::Nobody => None,
        }
    }

    /// The visitor of a chat session; `None` for everybody else.
    pub fn visitor(&self) -> Option<&Visitor> {
        match &self.caller {
            Caller::Visitor(visitor) => Some(visitor),
            Caller::User(_) | Caller::Nobody => None,
        }
    }

    /// The session of the user.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] when nobody is signed in.
    pub fn session(&self) -> Result<&Session> {
        let message = "Sign in first: call `login` and send its token as `Authorization: Bearer <token>`.";
        self.signed_in().ok_or_else(|| Error::Unauthenticated(message.to_owned()))
    }

    /// The user's id.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] when nobody is signed in.
    pub fn user_id(&self) -> Result<Uuid> {
        Ok(self.session()?.user_id)
    }

    /// Whose budget the viewer's operations are charged to: who acts in somebody's place pays for it themselves.
    pub fn budget_subject(&self) -> BudgetSubject {
        match (self.signed_in(), self.peer) {
            (Some(session), _) => match session.credential {
                Credential::ApiKey { key } => BudgetSubject::ApiKey(key),
                other => BudgetSubject::User(other.actor(session.user_id)),
            },
            (None, Some(address)) => BudgetSubject::address(address),
            (None, None) => BudgetSubject::Unknown,
        }
    }

    /// Whether the viewer has `permission`.
    pub fn may(&self, permission: Permission) -> bool {
        self.signed_in().is_some_and(|session| session.permissions.contains(permission))
    }

    /// Holds that the viewer has `permission`.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] when nobody is signed in, [`Error::Forbidden`] when the viewer lacks it.
    pub fn need(&self, permission: Permission) -> Result<()> {
        if self.session()?.permissions.contains(permission) { Ok(()) } else { Err(Error::Forbidden(permission.name())) }
    }

    /// Holds that the viewer has all of `permissions`: nobody gives what they lack, or steers who has more.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] when nobody is signed in, [`Error::Forbidden`] with the first that the viewer lacks.
    pub fn need_all(&self, permissions: &Permissions) -> Result<()> {
        match permissions.missing_in(&self.session()?.permissions) {
            Some(missing) => Err(Error::Forbidden(missing.name())),
            None => Ok(()),
        }
    }

    /// Holds that users act for themselves: credentials are changed neither by API keys nor in somebody's place.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] when nobody is signed in, [`Error::NotAllowed`] for the others.
    pub fn in_person(&self) -> Result<&Session> {
        let session = self.session()?;
        let message = match session.credential {
            Credential::SignIn { .. } | Credential::External { .. } => return Ok(session),
            Credential::ApiKey { .. } => "An API key may not do this; sign in yourself.",
            Credential::Impersonation { .. } => "You act in the place of another user, who must do this themselves.",
        };
        Err(Error::NotAllowed(message.to_owned()))
    }
}
