//! Audit entries by their ids, by one statement.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{
    dataloader::{DataLoader, Loader},
    runtime::{TokioSpawner, TokioTimer},
};

use super::{AuditEntry, service};
use crate::{
    app::App,
    auth::Viewer,
    db::Id,
    error::{Error, Result},
};

/// The loader of audit entries.
pub type AuditLoader = DataLoader<Batch>;

/// Loads what the fields of one request ask for.
pub struct Batch {
    app: App,
    viewer: Viewer,
}

/// The loader for a request of `viewer`.
pub fn loader(app: &App, viewer: &Viewer) -> AuditLoader {
    let batch = Batch { app: app.clone(), viewer: viewer.clone() };
    DataLoader::new(batch, TokioSpawner::current(), TokioTimer::default())
}

impl Loader<Id<AuditEntry>> for Batch {
    type Value = AuditEntry;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[Id<AuditEntry>]) -> Result<HashMap<Id<AuditEntry>, AuditEntry>, Arc<Error>> {
        let entries = service::find_many(&self.app, &self.viewer, keys).await?;
        Ok(entries.into_iter().map(|entry| (entry.id, entry)).collect())
    }
}
