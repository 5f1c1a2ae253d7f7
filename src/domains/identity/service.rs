//! The service of identity: what signing in and looking after users have in common. Its methods stand in
//! the files of what they do: `sign_in`, `authentication`, `editing` and others.

use chrono::TimeDelta;

use super::{Issuers, TokenKey, standing::Standings};
use crate::app::App;

/// Sign-in, and the standing of those who are signed in. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Identity {
    app: App,
    key: TokenKey,
    issuers: Issuers,
    standings: Standings,
}

impl Identity {
    /// The service; `key` signs its tokens.
    pub fn new(app: App, key: TokenKey) -> Self {
        let issuers = Issuers::new(&app.config.auth.issuers, &app.clients.jwks, &app.ambient);
        Self { app, key, issuers, standings: Standings::new() }
    }

    /// The program.
    pub(super) fn app(&self) -> &App {
        &self.app
    }

    /// The key that signs.
    pub(super) fn key(&self) -> &TokenKey {
        &self.key
    }

    /// The issuers whose tokens are accepted beside our own.
    pub(super) fn issuers(&self) -> &Issuers {
        &self.issuers
    }

    /// What is remembered of credentials.
    pub(super) fn standings(&self) -> &Standings {
        &self.standings
    }

    /// Forgets what is remembered of credentials: here at once; other processes forget it when it is old.
    pub(super) fn forget_standing(&self) {
        self.standings.forget();
    }

    pub(super) fn refresh_ttl(&self) -> TimeDelta {
        TimeDelta::from_std(self.app.config.auth.refresh_token_ttl).unwrap_or(TimeDelta::MAX)
    }
}
