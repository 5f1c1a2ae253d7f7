//! The viewer of a request.

use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use uuid::Uuid;

use super::{
    caller::{Caller, Visitor},
    permission::{Permission, Permissions},
    run::Run,
    session::{Credential, Session},
};
use crate::{
    db::Asker,
    error::{Error, Result},
    limiter::BudgetSubject,
    request_id::RequestId,
};

/// Records if an answer depends on the viewer's identity, beyond their permissions. If not, it is the same for
/// everybody with the same permissions.
#[derive(Debug, Clone, Default)]
pub struct Looked(Arc<AtomicBool>);

impl Looked {
    /// Returns true if the identity was read.
    pub fn at_the_person(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// The maker of a request: a signed-in user, a visitor of a chat session, or nobody. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Viewer {
    /// Read only by [`Viewer::caller`], so that every access is recorded.
    caller: Caller,
    looked: Option<Looked>,
    via: Option<Run>,
    /// The request, for the log.
    pub request_id: RequestId,
    /// IP address of the client, if known.
    pub peer: Option<IpAddr>,
    /// User agent of the client.
    pub user_agent: Option<Arc<str>>,
}

impl Viewer {
    /// Creates the viewer for `caller` in the request with this id.
    pub fn new(caller: Caller, request_id: RequestId) -> Self {
        Self { caller, looked: None, via: None, request_id, peer: None, user_agent: None }
    }

    /// Creates the viewer for the server itself.
    pub fn system() -> Self {
        Self::new(Caller::Nobody, RequestId(String::new()))
    }

    /// Creates the viewer for a step of `via`, which acts on behalf of the user of `session`.
    pub fn automation(session: Session, via: Run) -> Self {
        Self { via: Some(via), ..Self::new(Caller::User(session), RequestId(String::new())) }
    }

    /// Returns what acts on behalf of the user; `None` if they act themselves.
    pub fn via(&self) -> Option<&Run> {
        self.via.as_ref()
    }

    /// Returns the same request with another caller.
    #[must_use]
    pub fn with_caller(mut self, caller: Caller) -> Self {
        self.set_caller(caller);
        self
    }

    /// Replaces the caller.
    pub fn set_caller(&mut self, caller: Caller) {
        self.caller = caller;
    }

    /// Returns the same viewer with a recorder of accesses to its identity.
    #[must_use]
    pub fn watched(&self) -> (Self, Looked) {
        let looked = Looked::default();
        (Self { looked: Some(looked.clone()), ..self.clone() }, looked)
    }

    /// Returns the caller. Code that depends only on permissions should use [`Viewer::may`].
    pub fn caller(&self) -> &Caller {
        if let Some(Looked(looked)) = &self.looked {
            looked.store(true, Ordering::Relaxed);
        }
        &self.caller
    }

    /// Returns the permissions; `None` unless a user is signed in.
    pub fn rights(&self) -> Option<&Permissions> {
        match &self.caller {
            Caller::User(session) => Some(&session.permissions),
            Caller::Visitor(_) | Caller::Nobody => None,
        }
    }

    /// Returns the session of the user; `None` unless a user is signed in.
    pub fn signed_in(&self) -> Option<&Session> {
        match self.caller() {
            Caller::User(session) => Some(session),
            Caller::Visitor(_) | Caller::Nobody => None,
        }
    }

    /// Returns the visitor of a chat session; `None` for other callers.
    pub fn visitor(&self) -> Option<&Visitor> {
        match self.caller() {
            Caller::Visitor(visitor) => Some(visitor),
            Caller::User(_) | Caller::Nobody => None,
        }
    }

    /// Returns the session of the user.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] unless a user is signed in.
    pub fn session(&self) -> Result<&Session> {
        self.signed_in().ok_or_else(unauthenticated)
    }

    /// Returns the id of the user.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] unless a user is signed in.
    pub fn user_id(&self) -> Result<Uuid> {
        Ok(self.session()?.user_id)
    }

    /// Returns the subject whose budget pays for the operations; an impersonator pays for their own.
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

    /// Returns the subject that limits concurrent database reads. A user with many API keys counts once; no answer
    /// depends on it, so it is no access to the identity.
    pub fn asker(&self) -> Asker {
        match (&self.caller, self.peer) {
            (Caller::User(session), _) => Asker::User(session.credential.actor(session.user_id).to_string()),
            (_, Some(address)) => Asker::Anonymous(BudgetSubject::address(address).to_string()),
            (_, None) => Asker::Anonymous(BudgetSubject::Unknown.to_string()),
        }
    }

    /// Returns true if the viewer has `permission`.
    pub fn may(&self, permission: Permission) -> bool {
        self.rights().is_some_and(|rights| rights.contains(permission))
    }

    /// Returns an error unless the viewer has `permission`.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] unless a user is signed in, [`Error::Forbidden`] or [`Error::OutOfScope`] if the viewer
    /// lacks it.
    pub fn need(&self, permission: Permission) -> Result<()> {
        let rights = self.rights().ok_or_else(unauthenticated)?;
        if rights.contains(permission) { Ok(()) } else { Err(self.forbidden(permission)) }
    }

    /// Returns an error unless the viewer has all of `permissions`, since nobody may grant what they lack, or manage
    /// users with more permissions.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] unless a user is signed in, [`Error::Forbidden`] with the first missing permission.
    pub fn need_all(&self, permissions: &Permissions) -> Result<()> {
        match permissions.missing_in(self.rights().ok_or_else(unauthenticated)?) {
            Some(missing) => Err(self.forbidden(missing)),
            None => Ok(()),
        }
    }

    /// Returns the error for a missing permission. That of an API key or a token with scopes depends on the credential.
    fn forbidden(&self, permission: Permission) -> Error {
        let is_in_scope = match &self.caller {
            Caller::User(Session { scopes: Some(scopes), .. }) => scopes.contains(permission),
            _ => true,
        };
        if is_in_scope {
            return Error::Forbidden(permission.name());
        }
        let credential = self.signed_in().map(|session| session.credential);
        let is_api_key =
            matches!(credential, Some(Credential::ApiKey { .. } | Credential::Automation { key: Some(_), .. }));
        Error::OutOfScope { permission: permission.name(), is_api_key, path: None }
    }

    /// Returns an error unless users act for themselves: neither API keys nor impersonators nor runs may change
    /// credentials.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] unless a user is signed in, [`Error::NotAllowed`] for API keys, impersonators and runs.
    pub fn in_person(&self) -> Result<&Session> {
        let session = self.session()?;
        let message = match session.credential {
            Credential::SignIn { .. } | Credential::External { .. } => return Ok(session),
            Credential::ApiKey { .. } => "This cannot be done with an API key; sign in instead.",
            Credential::Impersonation { .. } => "You are impersonating another user, who must do this themselves.",
            Credential::Automation { .. } => "This must be done in person, not by a run; sign in and do it yourself.",
        };
        Err(Error::NotAllowed(message.to_owned()))
    }
}

fn unauthenticated() -> Error {
    let message = "Sign in first: call `login` and send its token as `Authorization: Bearer <token>`.";
    Error::Unauthenticated(message.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::SystemRole;

    fn user() -> Viewer {
        let permissions: Permissions = [Permission::SignalsRead].into_iter().collect();
        let session = Session {
            user_id: Uuid::from_u128(1),
            credential: Credential::SignIn { session: Uuid::from_u128(2) },
            role_id: SystemRole::Admin.uuid(),
            permissions,
            scopes: None,
            expires_at: None,
        };
        Viewer::system().with_caller(Caller::User(session))
    }

    #[test]
    fn a_look_at_what_somebody_may_do_is_no_look_at_who_they_are() {
        let (viewer, looked) = user().watched();
        assert!(viewer.may(Permission::SignalsRead) && !viewer.may(Permission::UsersRead));
        assert!(viewer.need(Permission::SignalsRead).is_ok() && viewer.need(Permission::UsersRead).is_err());
        assert!(viewer.need_all(&Permissions::default()).is_ok());
        assert!(!looked.at_the_person());
    }

    #[test]
    fn every_look_at_who_somebody_is_is_noted_in_copies_too() {
        let looks: [fn(&Viewer); 6] = [
            |viewer| drop(viewer.caller().clone()),
            |viewer| assert!(viewer.signed_in().is_some()),
            |viewer| assert!(viewer.visitor().is_none()),
            |viewer| assert!(viewer.user_id().is_ok()),
            |viewer| assert!(viewer.in_person().is_ok()),
            |viewer| _ = viewer.budget_subject(),
        ];
        for look in looks {
            let (viewer, looked) = user().watched();
            look(&viewer.clone());
            assert!(looked.at_the_person());
        }
    }
}
