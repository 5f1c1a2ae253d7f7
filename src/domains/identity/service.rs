//! The identity service. Its methods are in the files of their topics: `sign_in`, `authentication`, `editing` and
//! others.

use chrono::TimeDelta;

use super::{Issuers, TokenKey, standing::Standings};
use crate::app::App;

/// Sign-in and validity of credentials. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Identity {
    app: App,
    key: TokenKey,
    issuers: Issuers,
    standings: Standings,
}

impl Identity {
    /// Creates the service; `key` signs its tokens.
    pub fn new(app: App, key: TokenKey) -> Self {
        let issuers = Issuers::new(&app.config.auth.issuers, &app.clients.jwks, &app.ambient);
        Self { app, key, issuers, standings: Standings::new() }
    }

    /// Returns the application.
    pub(super) fn app(&self) -> &App {
        &self.app
    }

    /// Returns the signing key.
    pub(super) fn key(&self) -> &TokenKey {
        &self.key
    }

    /// Returns the trusted external issuers.
    pub(super) fn issuers(&self) -> &Issuers {
        &self.issuers
    }

    /// Returns the cache of credentials.
    pub(super) fn standings(&self) -> &Standings {
        &self.standings
    }

    /// Clears the cache of credentials in this process; other processes drop entries when they expire.
    pub(super) fn forget_standing(&self) {
        self.standings.forget();
    }

    pub(super) fn refresh_ttl(&self) -> TimeDelta {
        TimeDelta::from_std(self.app.config.auth.refresh_token_ttl).unwrap_or(TimeDelta::MAX)
    }
}
