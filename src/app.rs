//! What the whole program shares: built once, handed to everything. Cheap to clone.

use std::{ops::Deref, sync::Arc};

use crate::{
    ambient::Ambient,
    clients::Clients,
    config::Config,
    db::Db,
    events::EventLog,
    limiter::{Budget, Throttle},
};

/// The running program. Fields are those of [`AppParts`].
#[derive(Clone)]
pub struct App(Arc<AppParts>);

/// What an [`App`] is made of.
pub struct AppParts {
    /// The settings.
    pub config: Config,
    /// The database.
    pub db: Db,
    /// Time and randomness.
    pub ambient: Ambient,
    /// The event log.
    pub events: EventLog,
    /// The outside world.
    pub clients: Clients,
    /// Counts attempts.
    pub throttle: Throttle,
    /// Pays for operations.
    pub budget: Budget,
}

impl App {
    /// Puts the parts together.
    pub fn new(parts: AppParts) -> Self {
        Self(Arc::new(parts))
    }
}

impl Deref for App {
    type Target = AppParts;

    fn deref(&self) -> &AppParts {
        &self.0
    }
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("App")
    }
}
