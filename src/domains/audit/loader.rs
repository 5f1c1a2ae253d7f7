//! Audit entries by their ids, by one statement.

use std::{collections::HashMap, sync::Arc};

use async_graphql::dataloader::Loader;

use super::{AuditEntry, service};
use crate::{
    db::Id,
    domains::Batch,
    error::{Error, Result},
};

impl Loader<Id<AuditEntry>> for Batch {
    type Value = AuditEntry;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[Id<AuditEntry>]) -> Result<HashMap<Id<AuditEntry>, AuditEntry>, Arc<Error>> {
        let entries = service::find_many(&self.app, &self.viewer, keys).await?;
        Ok(entries.into_iter().map(|entry| (entry.id, entry)).collect())
    }
}
