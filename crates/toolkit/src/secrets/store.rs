//! Sealing and opening.

use std::sync::Arc;

use secrecy::SecretString;
use uuid::Uuid;

use super::{
    canary,
    error::{KeysError, SealError},
    keys::Keys,
    place::SealedColumn,
    ring::KeyRing,
};
use crate::{ambient::Ambient, db::Db};

/// Seals secrets for the database and opens them. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Secrets {
    pub(super) ring: Arc<KeyRing>,
    pub(super) columns: &'static [SealedColumn],
    pub(super) ambient: Ambient,
}

impl Secrets {
    /// Checks `keys` against the database, and keeps a canary of each new key. `columns` are all that hold sealed texts.
    /// Without a key nothing can be sealed.
    ///
    /// # Errors
    /// If a key is another one than before, or one is missing by which texts in `columns` are sealed.
    pub async fn open(
        db: &Db,
        ambient: &Ambient,
        keys: &Keys,
        columns: &'static [SealedColumn],
    ) -> Result<Self, KeysError> {
        let ring = KeyRing::new(&keys.keys)?;
        canary::check(db, ambient, &ring, &keys.place, columns).await?;
        Ok(Self { ring: Arc::new(ring), columns, ambient: ambient.clone() })
    }

    /// Returns true if there is a key to seal by.
    pub fn is_configured(&self) -> bool {
        self.ring.sealing().is_some()
    }

    /// Seals `clear` for `column` of `row`; what is returned opens nowhere else. Sealing the same again returns another text.
    ///
    /// # Errors
    /// [`SealError::NotConfigured`] without a key, and [`SealError::NotRegistered`].
    pub fn seal(&self, column: &SealedColumn, row: Uuid, clear: &SecretString) -> Result<String, SealError> {
        if !self.columns.contains(column) {
            return Err(SealError::NotRegistered(*column));
        }
        self.ring.seal(column.place(&row), clear, self.ambient.bytes())
    }

    /// Opens the text that stands in `column` of `row`.
    ///
    /// # Errors
    /// If it is no sealed text, was changed, was sealed for another place, or its key is missing.
    pub fn unseal(&self, column: &SealedColumn, row: Uuid, sealed: &str) -> Result<SecretString, SealError> {
        self.ring.unseal(column.place(&row), sealed)
    }
}
