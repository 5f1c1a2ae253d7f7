//! Who finds out who calls.

use async_trait::async_trait;

use super::{caller::Caller, viewer::Viewer};
use crate::error::Error;

/// Why a token is not accepted.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// It is not ours, it was changed, or its user may not act any more.
    #[error("The access token is not valid; sign in again.")]
    Invalid,
    /// It was good once.
    #[error("The access token has expired; sign in again.")]
    Expired,
    /// It cannot be checked now.
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

/// Finds out who calls, and what they may do now.
#[async_trait]
pub trait Callers: Send + Sync {
    /// Who calls with this token. `viewer` is the request that it came with.
    ///
    /// # Errors
    /// When the token is bad or expired, or who has it may not act any more.
    async fn authenticate(&self, viewer: &Viewer, token: &str) -> Result<Caller, TokenError>;

    /// `caller` with what they may do now.
    ///
    /// # Errors
    /// When they may not act any more, or when that cannot be found out.
    async fn recheck(&self, caller: &Caller) -> Result<Caller, TokenError>;
}
