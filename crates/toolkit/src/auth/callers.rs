//! Authentication of callers.

use async_trait::async_trait;

use super::{caller::Caller, session::Credential, viewer::Viewer};
use crate::error::Error;

/// Reason why a token is rejected.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// Unknown or manipulated, or its user may no longer act.
    #[error("The access token is not valid; sign in again.")]
    Invalid,
    /// Expired.
    #[error("The access token has expired; sign in again.")]
    Expired,
    /// Cannot be checked now.
    #[error("The access token cannot be checked now; try again.")]
    Unavailable(#[source] Error),
}

impl From<Error> for TokenError {
    fn from(error: Error) -> Self {
        Self::Unavailable(error)
    }
}

impl From<TokenError> for Error {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Unavailable(cause) => cause,
            bad => Self::Unauthenticated(bad.to_string()),
        }
    }
}

/// Kind of a token, which decides what a client can do when it is rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// A token of a sign-in.
    AccessToken,
    /// An API key.
    ApiKey,
    /// The token of a visitor of a chat session.
    VisitorToken,
}

impl TokenKind {
    /// Returns the kind of the token with which `caller` came.
    pub fn of(caller: &Caller) -> Self {
        match caller {
            Caller::User(session) if matches!(session.credential, Credential::ApiKey { .. }) => Self::ApiKey,
            Caller::User(_) | Caller::Nobody => Self::AccessToken,
            Caller::Visitor(_) => Self::VisitorToken,
        }
    }

    /// Returns the message for a rejected token, short enough for the reason of a closed WebSocket.
    pub fn rejection(self, is_expired: bool) -> &'static str {
        match (self, is_expired) {
            (Self::AccessToken, false) => "The access token is not valid. Sign in again.",
            (Self::AccessToken, true) => "The access token has expired. Refresh it or sign in again.",
            (Self::ApiKey, false) => {
                "The API key is not valid: it is unknown or revoked, or its owner is not active. Use another key."
            }
            (Self::ApiKey, true) => "The API key has expired. Use another key.",
            (Self::VisitorToken, false) => {
                "The visitor token is not valid, or its chat session was deleted. Begin a new chat session."
            }
            (Self::VisitorToken, true) => "The visitor token has expired. Begin a new chat session.",
        }
    }
}

/// Authenticates callers and checks them again.
#[async_trait]
pub trait Callers: Send + Sync {
    /// Returns the caller of this token. `viewer` is the request that it came with.
    ///
    /// # Errors
    /// If the token is invalid or expired, or its owner may no longer act.
    async fn authenticate(&self, viewer: &Viewer, token: &str) -> Result<Caller, TokenError>;

    /// Returns `caller` with the present permissions.
    ///
    /// # Errors
    /// If they may no longer act, or if that cannot be checked.
    async fn recheck(&self, caller: &Caller) -> Result<Caller, TokenError>;
}
