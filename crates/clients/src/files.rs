//! The content of files: a folder, or an S3-compatible store. Nothing stands under a key until all of it is there.

mod error;
mod folder;
mod s3;
mod s3_http;
mod store;

use std::sync::Arc;

use rapport_toolkit::{
    ambient::Ambient,
    config::{FileStoreConfig, FilesConfig},
};

pub use error::StoreError;
use folder::FolderStore;
use s3::S3Store;
pub use store::{Chunks, FileKey, FileStore, FileWriter};

/// Returns the configured store; `None` if there is none.
///
/// # Errors
/// If it cannot be used, with a message for the person who starts the server.
pub fn open(config: &FilesConfig, ambient: &Ambient) -> anyhow::Result<Option<Arc<dyn FileStore>>> {
    Ok(match &config.store {
        None => None,
        Some(FileStoreConfig::Folder(path)) => Some(Arc::new(FolderStore::open(path)?)),
        Some(FileStoreConfig::S3(s3)) => Some(Arc::new(S3Store::new(s3, ambient)?)),
    })
}
