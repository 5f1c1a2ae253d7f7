//! Who asks, as clients see it.

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

/// By what somebody proved who they are.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialKind {
    /// A sign-in with a password.
    SignIn,
    /// An API key.
    ApiKey,
    /// A token of another issuer whom this server believes.
    ExternalToken,
    /// An administrator acts in the place of the user.
    Impersonation,
}

/// The one who asks: a user, and what they may do by the token they came with.
pub struct Viewer {
    user: User,
    session: Session,
}

impl Viewer {
    /// The viewer of a session of `user`.
    pub fn new(user: User, session: Session) -> Self {
        Self { user, session }
    }
}

/// The one who asks: a user, and what they may do by the token they came with.
#[Object]
impl Viewer {
    /// The user; in whose place it is when an administrator impersonates somebody.
    async fn user(&self) -> &User {
        &self.user
    }

    /// What the viewer may do now: what the role gives, less what the token leaves out.
    async fn permissions(&self) -> Vec<Permission> {
        self.session.permissions.all()
    }

    /// By what the viewer proved who they are.
    async fn credential(&self) -> CredentialKind {
        match self.session.credential {
            Credential::SignIn { .. } => CredentialKind::SignIn,
            Credential::ApiKey { .. } => CredentialKind::ApiKey,
            Credential::External { .. } => CredentialKind::ExternalToken,
            Credential::Impersonation { .. } => CredentialKind::Impersonation,
        }
    }

    /// The administrator who acts in the place of the user; null when nobody does.
    async fn impersonator(&self, ctx: &Context<'_>) -> Option<Result<Person>> {
        let Credential::Impersonation { impersonator, .. } = self.session.credential else { return None };
        // The user sees themselves only, but must see who acts in their place.
        nullable(person_of(ctx, Id::from_uuid(impersonator))).await
    }

    /// The API key by which the viewer asks; null when it is none.
    async fn api_key(&self, ctx: &Context<'_>) -> Option<Result<ApiKey>> {
        let Credential::ApiKey { key } = self.session.credential else { return None };
        nullable(one::<ApiKeyEntity>(ctx, Id::from_uuid(key))).await
    }

    /// When the token stops being good; null is never.
    async fn expires_at(&self) -> Option<Timestamp> {
        Timestamp::maybe(self.session.expires_at)
    }
}

/// Queries for the one who asks.
#[derive(Default, Debug)]
pub struct ViewerQuery;

#[Object]
impl ViewerQuery {
    /// The one who asks; null when nobody is signed in, also for a visitor of a chat session.
    async fn viewer(&self, ctx: &Context<'_>) -> Option<Result<Viewer>> {
        nullable(async {
            let Some(session) = ctx.viewer()?.signed_in() else { return Ok(None) };
            let user = one::<UserEntity>(ctx, Id::from_uuid(session.user_id)).await?.ok_or(Error::NotFound("user"))?;
            Ok(Some(Viewer::new(user, session.clone())))
        })
        .await
    }
}
