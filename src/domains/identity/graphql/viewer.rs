//! GraphQL types and queries for the signed-in user.

use async_graphql::{Context, Enum, Object, Result};

use crate::{
    auth::{Credential, Permission, Session},
    db::Id,
    domains::{
        ContextExt,
        identity::{ApiKey, ApiKeyEntity, Person, User, UserEntity, person_of},
        shared::one,
    },
    error::Error,
    graphql::{Timestamp, nullable},
};

/// Kind of credential.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialKind {
    /// Sign-in with a password.
    SignIn,
    /// API key.
    ApiKey,
    /// Token from a configured external issuer.
    ExternalToken,
    /// Impersonation by an administrator.
    Impersonation,
    /// A run that acts later on behalf of the user.
    Automation,
}

/// The signed-in user with the permissions of the credential used.
pub struct Viewer {
    user: User,
    session: Session,
}

impl Viewer {
    /// Creates the viewer of a session of `user`.
    pub fn new(user: User, session: Session) -> Self {
        Self { user, session }
    }
}

/// The signed-in user with the permissions of the credential used.
#[Object]
impl Viewer {
    /// The user; under impersonation, the impersonated user.
    async fn user(&self) -> &User {
        &self.user
    }

    /// Present permissions: those of the role, restricted by the credential.
    async fn permissions(&self) -> Vec<Permission> {
        self.session.permissions.all()
    }

    /// Kind of credential used.
    async fn credential(&self) -> CredentialKind {
        match self.session.credential {
            Credential::SignIn { .. } => CredentialKind::SignIn,
            Credential::ApiKey { .. } => CredentialKind::ApiKey,
            Credential::External { .. } => CredentialKind::ExternalToken,
            Credential::Impersonation { .. } => CredentialKind::Impersonation,
            Credential::Automation { .. } => CredentialKind::Automation,
        }
    }

    /// Administrator who impersonates the user; null if nobody does.
    async fn impersonator(&self, ctx: &Context<'_>) -> Option<Result<Person>> {
        let (Credential::Impersonation { impersonator, .. }
        | Credential::Automation { impersonator: Some(impersonator), .. }) = self.session.credential
        else {
            return None;
        };
        // The user sees themselves only, but must see who acts in their place.
        nullable(person_of(ctx, Id::from_uuid(impersonator))).await
    }

    /// API key used, or by which the run was started; null for other credentials.
    async fn api_key(&self, ctx: &Context<'_>) -> Option<Result<ApiKey>> {
        let (Credential::ApiKey { key } | Credential::Automation { key: Some(key), .. }) = self.session.credential
        else {
            return None;
        };
        nullable(one::<ApiKeyEntity>(ctx, Id::from_uuid(key))).await
    }

    /// Expiry time of the token; null if it never expires.
    async fn expires_at(&self) -> Option<Timestamp> {
        Timestamp::maybe(self.session.expires_at)
    }
}

/// Queries for the signed-in user.
#[derive(Default, Debug)]
pub struct ViewerQuery;

#[Object]
impl ViewerQuery {
    /// The signed-in user; null if nobody is signed in, and for visitors of a chat session.
    async fn viewer(&self, ctx: &Context<'_>) -> Option<Result<Viewer>> {
        nullable(async {
            let Some(session) = ctx.viewer()?.signed_in() else { return Ok(None) };
            let user = one::<UserEntity>(ctx, Id::from_uuid(session.user_id)).await?.ok_or(Error::NotFound("user"))?;
            Ok(Some(Viewer::new(user, session.clone())))
        })
        .await
    }
}
