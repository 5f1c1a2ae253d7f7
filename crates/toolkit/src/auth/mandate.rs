//! The right to act later on behalf of a user, in a form that jobs and rows can keep.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    permission::Permissions,
    run::Run,
    session::{Credential, Session},
    viewer::Viewer,
};
use crate::error::Result;

/// The right to act later on behalf of a user. It holds no permissions: they are looked up at each step, and are those that
/// the role of the user gives at that time, within the scopes of the credential by which the user asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Mandate {
    user: Uuid,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    api_key: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    impersonator: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scopes: Option<Vec<String>>,
    via: Run,
}

impl Mandate {
    /// Creates the mandate that `viewer` gives to `via`.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`](crate::error::Error::Unauthenticated) unless a user is signed in.
    pub fn of(viewer: &Viewer, via: Run) -> Result<Self> {
        let session = viewer.session()?;
        let (api_key, impersonator) = match session.credential {
            Credential::SignIn { .. } | Credential::External { .. } => (None, None),
            Credential::ApiKey { key } => (Some(key), None),
            Credential::Impersonation { impersonator, .. } => (None, Some(impersonator)),
            Credential::Automation { key, impersonator } => (key, impersonator),
        };
        let scopes = session.scopes.as_ref().map(names);
        Ok(Self { user: session.user_id, api_key, impersonator, scopes, via })
    }

    /// Returns the mandate restricted to `scopes`, beside what restricts it already.
    #[must_use]
    pub fn within(self, scopes: &Permissions) -> Self {
        let scopes = self.scopes().map_or_else(|| scopes.clone(), |present| present.within(scopes));
        Self { scopes: Some(names(&scopes)), ..self }
    }

    /// Returns the user on whose behalf it acts.
    pub fn user(&self) -> Uuid {
        self.user
    }

    /// Returns the credential of its steps.
    pub fn credential(&self) -> Credential {
        Credential::Automation { key: self.api_key, impersonator: self.impersonator }
    }

    /// Returns the permissions within which it stays, without those that no longer exist; `None` is unrestricted.
    pub fn scopes(&self) -> Option<Permissions> {
        self.scopes.as_ref().map(|names| Permissions::of_names(names.iter().map(String::as_str)))
    }

    /// Returns what acts.
    pub fn via(&self) -> &Run {
        &self.via
    }

    /// Returns the session of a step, with the role and the permissions of that time.
    pub fn session(&self, role_id: Uuid, given: &Permissions) -> Session {
        let scopes = self.scopes();
        let permissions = scopes.as_ref().map_or_else(|| given.clone(), |scopes| given.within(scopes));
        let (user_id, credential) = (self.user, self.credential());
        Session { user_id, credential, role_id, permissions, scopes, expires_at: None }
    }
}

fn names(permissions: &Permissions) -> Vec<String> {
    permissions.names().into_iter().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::auth::{Caller, Permission, SystemRole};

    fn set(permissions: &[Permission]) -> Permissions {
        permissions.iter().copied().collect()
    }

    fn viewer(credential: Credential, scopes: Option<Permissions>) -> Viewer {
        let role_id = SystemRole::Manager.uuid();
        let permissions = set(&[Permission::SignalsRead]);
        let user_id = Uuid::from_u128(1);
        let session = Session { user_id, credential, role_id, permissions, scopes, expires_at: None };
        Viewer::system().with_caller(Caller::User(session))
    }

    #[test]
    fn a_mandate_holds_whom_it_acts_for_and_no_rights() {
        let key = Credential::ApiKey { key: Uuid::from_u128(2) };
        let mandate = Mandate::of(&viewer(key, Some(set(&[Permission::SignalsRead]))), Run::named("run_1")).unwrap();
        let stored = json!({"user": Uuid::from_u128(1), "apiKey": Uuid::from_u128(2), "scopes": ["signals:read"],
                            "via": "run_1"});
        assert_eq!(serde_json::to_value(&mandate).unwrap(), stored);
        assert_eq!(serde_json::from_value::<Mandate>(stored).unwrap(), mandate);
        let now = set(&[Permission::SignalsRead, Permission::UsersRead]);
        assert_eq!(mandate.session(Uuid::nil(), &now).permissions, set(&[Permission::SignalsRead]));
        assert_eq!(mandate.session(Uuid::nil(), &Permissions::default()).permissions, Permissions::default());
        assert!(Mandate::of(&Viewer::system(), Run::named("run_1")).is_err());
    }

    #[test]
    fn scopes_only_ever_become_fewer() {
        let own = Credential::SignIn { session: Uuid::from_u128(3) };
        let mandate = Mandate::of(&viewer(own, None), Run::named("run_1")).unwrap();
        assert_eq!(mandate.scopes(), None);
        let narrow = mandate.within(&set(&[Permission::SignalsRead, Permission::UsersRead]));
        let narrow = narrow.within(&set(&[Permission::UsersRead, Permission::RolesManage]));
        assert_eq!(narrow.scopes(), Some(set(&[Permission::UsersRead])));
        let gone: Mandate =
            serde_json::from_value(json!({"user": Uuid::nil(), "scopes": ["cakes:bake"], "via": "run_1"})).unwrap();
        assert_eq!(gone.scopes(), Some(Permissions::default()), "a permission that is no more opens nothing");
    }

    #[test]
    fn what_a_run_starts_acts_for_the_same_user_within_the_same_scopes() {
        let key = Credential::ApiKey { key: Uuid::from_u128(2) };
        let mandate = Mandate::of(&viewer(key, Some(set(&[Permission::SignalsRead]))), Run::named("run_1")).unwrap();
        let step = Viewer::automation(mandate.session(Uuid::nil(), &Permissions::default()), mandate.via().clone());
        let child = Mandate::of(&step, Run::named("run_2")).unwrap();
        assert_eq!(child, Mandate { via: Run::named("run_2"), ..mandate });
        assert!(step.in_person().is_err());
    }
}
