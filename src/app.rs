//! State shared by the whole program, built once. Cheap to clone.

use std::{
    ops::Deref,
    sync::{Arc, OnceLock, Weak},
};

use crate::{
    ambient::Ambient,
    api::Api,
    clients::Clients,
    config::Config,
    db::Db,
    error::{Error, Result},
    events::EventLog,
    limiter::{Budget, Throttle},
    secrets::Secrets,
};

/// The running program. Dereferences to [`AppParts`].
#[derive(Clone)]
pub struct App {
    parts: Arc<AppParts>,
    /// Weak, because the API holds the program.
    api: Arc<OnceLock<Weak<dyn Api>>>,
}

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
        Self { parts: Arc::new(parts), api: Arc::default() }
    }

    /// Sets the API, once.
    pub fn set_api(&self, api: Weak<dyn Api>) {
        // Only the server sets it, where it is put together.
        let _ = self.api.set(api);
    }

    /// Returns the API, by which domains run operations of the schema.
    ///
    /// # Errors
    /// Before the server is put together, and after its end.
    pub fn api(&self) -> Result<Arc<dyn Api>> {
        let api = self.api.get().and_then(Weak::upgrade);
        api.ok_or_else(|| Error::internal(anyhow::anyhow!("the server is not put together")))
    }
}

impl Deref for App {
    type Target = AppParts;

    fn deref(&self) -> &AppParts {
        &self.parts
    }
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("App")
    }
}
