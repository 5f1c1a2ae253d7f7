//! The store of files.

use std::sync::Arc;

use crate::{
    app::App,
    clients::files::{FileKey, FileStore},
    config::FILES_DIR,
    error::{Error, Result},
};

/// Returns the store.
///
/// # Errors
/// [`Error::ProviderNotConfigured`] without one.
pub(super) fn store(app: &App) -> Result<&Arc<dyn FileStore>> {
    let missing = || Error::ProviderNotConfigured { what: "A store of files".to_owned(), setting: FILES_DIR };
    app.clients.files.as_ref().ok_or_else(missing)
}

/// Deletes a content that no row names any more. If that fails, the sweep does it.
pub(super) async fn delete_quietly(store: &dyn FileStore, key: FileKey) {
    if let Err(error) = store.delete(key).await {
        tracing::warn!(%error, "the content of a deleted file is left for the sweep");
    }
}
