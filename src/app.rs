//! State shared by the whole program, built once. Cheap to clone.

use std::{ops::Deref, sync::Arc};

use crate::{
    ambient::Ambient,
    clients::Clients,
    config::Config,
    db::Db,
    events::EventLog,
    limiter::{Budget, Throttle},
    secrets::Secrets,
};

/// The running program. Dereferences to [`AppParts`].
#[derive(Clone)]
pub struct App(Arc<AppParts>);

/// The parts of an [`App`].
pub struct AppParts {
    /// The settings.
    pub config: Config,
    /// The database.
    pub db: Db,
    /// Time and randomness.
    pub ambient: Ambient,
    /// Seals secrets for the database.
    pub secrets: Secrets,
    /// The event log.
    pub events: EventLog,
    /// The clients of external services.
    pub clients: Clients,
    /// Limits failed attempts.
    pub throttle: Throttle,
    /// Budgets that pay for operations.
    pub budget: Budget,
}

impl App {
    /// Creates the program from its parts.
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
