//! What a store of files is: keys, whole files, and how they are written and read.

use std::{fmt, ops::Range, str::FromStr};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::BoxStream;
use rapport_toolkit::ambient::Ambient;
use uuid::Uuid;

use super::error::StoreError;

/// The place of a file in a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FileKey(Uuid);

impl FileKey {
    /// Returns a key that no other file has.
    #[must_use]
    pub fn new(ambient: &Ambient) -> Self {
        Self(ambient.uuid())
    }
}

impl fmt::Display for FileKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.simple())
    }
}

impl FromStr for FileKey {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        text.parse().map(Self)
    }
}

/// A part of a content, as it is read.
pub type Chunks = BoxStream<'static, Result<Bytes, StoreError>>;

/// A store of the content of files.
#[async_trait]
pub trait FileStore: fmt::Debug + Send + Sync + 'static {
    /// Begins to write a file.
    ///
    /// # Errors
    /// If the store is full or fails.
    async fn create(&self, key: FileKey) -> Result<Box<dyn FileWriter>, StoreError>;

    /// Reads these bytes of a file; `range` lies within the file.
    ///
    /// # Errors
    /// [`StoreError::Missing`], or if the store fails.
    async fn read(&self, key: FileKey, range: Range<u64>) -> Result<Chunks, StoreError>;

    /// Returns true if there is a whole file under `key`.
    ///
    /// # Errors
    /// If the store fails.
    async fn contains(&self, key: FileKey) -> Result<bool, StoreError>;

    /// Deletes a file and what is left of one that was never whole. A missing one is no error.
    ///
    /// # Errors
    /// If the store fails.
    async fn delete(&self, key: FileKey) -> Result<(), StoreError>;

    /// Returns the keys of all files, also of those that were never whole.
    fn keys(&self) -> BoxStream<'static, Result<FileKey, StoreError>>;
}

/// A file that is being written. Dropped, it leaves nothing that its reader sees.
#[async_trait]
pub trait FileWriter: Send {
    /// Appends bytes.
    ///
    /// # Errors
    /// If the store is full or fails.
    async fn write(&mut self, chunk: Bytes) -> Result<(), StoreError>;

    /// Ends the file, which is whole and durable when this returns.
    ///
    /// # Errors
    /// If the store is full or fails; then there is no file.
    async fn finish(self: Box<Self>) -> Result<(), StoreError>;

    /// Gives up, and deletes what was written.
    async fn discard(self: Box<Self>);
}
