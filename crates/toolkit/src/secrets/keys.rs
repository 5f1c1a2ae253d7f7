//! The keys of an installation.

use std::path::{Path, PathBuf};

use base64::{Engine, prelude::BASE64_STANDARD};

use super::error::KeysError;
use crate::{
    ambient::Ambient,
    config::{Config, DatabaseUrl, SECRETS_KEYS, SealingKey},
    private_files,
};

/// The keys of an installation, of which the first seals, and where they stand.
#[derive(Debug, Clone)]
pub struct Keys {
    pub(super) keys: Vec<SealingKey>,
    /// The setting or file, for messages.
    pub(super) place: String,
}

impl Keys {
    /// Returns the keys of the settings. With the embedded database and without the setting they stand in a file beside
    /// it, made with one key if missing.
    ///
    /// # Errors
    /// If that file is unreadable or cannot be written.
    pub fn of(config: &Config, ambient: &Ambient) -> Result<Self, KeysError> {
        match &config.database.url {
            DatabaseUrl::Sqlite(database) if config.sealing_keys.is_empty() => Self::kept_beside(database, ambient),
            _ => Ok(Self { keys: config.sealing_keys.clone(), place: SECRETS_KEYS.to_owned() }),
        }
    }

    fn kept_beside(database: &Path, ambient: &Ambient) -> Result<Self, KeysError> {
        let mut file = database.to_path_buf().into_os_string();
        file.push(".secrets-keys");
        let file = PathBuf::from(file);
        // Only an empty file is written: whatever stands in it may be the only copy of a key.
        let text = private_files::keep(&file, |text| text.trim().is_empty(), || new_key(ambient));
        let text = text.map_err(|source| KeysError::File { file: file.clone(), source })?;
        match SealingKey::parse_list(text.trim()) {
            Ok(keys) => Ok(Self { keys, place: format!("the file {}", file.display()) }),
            Err(problems) => Err(KeysError::Content { file, problem: problems.join("; ") }),
        }
    }
}

/// Returns a new key as the setting holds it. Its id is random: a key that was made in place of a lost one must not be taken
/// for it.
fn new_key(ambient: &Ambient) -> String {
    let id = hex::encode(ambient.bytes::<4>());
    format!("made-{id}:{}\n", BASE64_STANDARD.encode(ambient.bytes::<{ SealingKey::LENGTH }>()))
}
