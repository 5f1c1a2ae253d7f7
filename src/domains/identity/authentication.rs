//! Authentication and rechecking of credentials.

use super::{
    api_keys, issuer_of,
    service::Identity,
    standing::{Known, Standing},
    token::Verified,
};
use crate::{
    auth::{Credential, Session, TokenError, Viewer},
    config::OWN_ISSUER,
};

impl Identity {
    /// Returns the session of a token: one of ours, an API key, or one of a trusted issuer. `viewer` is the request
    /// that it came with.
    ///
    /// # Errors
    /// If the token is invalid or expired, or the user may no longer act.
    pub async fn authenticate(&self, viewer: &Viewer, token: &str) -> Result<Session, TokenError> {
        if api_keys::is_api_key(token) {
            return api_keys::authenticate(self.app(), token).await;
        }
        match issuer_of(token) {
            Some(issuer) if issuer != OWN_ISSUER => self.authenticate_external(viewer, token).await,
            _ => self.authenticate_own(token).await,
        }
    }

    /// Returns the session of a token of ours.
    pub(super) async fn authenticate_own(&self, token: &str) -> Result<Session, TokenError> {
        let Verified { session, expires_at } = self.key().verify(token, self.app().ambient.now())?;
        let standing = self.standing(Known::Session(session)).await?;
        let credential = match standing.impersonator {
            Some(impersonator) => Credential::Impersonation { session, impersonator },
            None => Credential::SignIn { session },
        };
        standing.session(credential, None, Some(expires_at))
    }

    /// Returns the session with its user's present permissions, checked before each event of a subscription, which may
    /// outlive a role. The expiry of a token is ignored: a socket may have received a new one since, and closes by
    /// itself.
    ///
    /// # Errors
    /// If the user may no longer act.
    pub async fn recheck(&self, session: &Session) -> Result<Session, TokenError> {
        let Some(known) = Known::of(session.credential) else { return self.recheck_automation(session).await };
        let standing = self.standing(known).await?;
        standing.session(session.credential, session.scopes.clone(), session.expires_at)
    }

    async fn standing(&self, known: Known) -> Result<Standing, TokenError> {
        let standing = self.standings().of(&self.app().db, known).await?;
        let now = self.app().ambient.now();
        standing.filter(|standing| standing.expires_at.is_none_or(|end| end > now)).ok_or(TokenError::Invalid)
    }
}
