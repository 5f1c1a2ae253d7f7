//! Authentication of callers.

use async_trait::async_trait;

use super::{caller::Caller, viewer::Viewer};
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
