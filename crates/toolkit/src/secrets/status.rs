//! The keys, and the number of secrets that each sealed.

use super::{
    canary::{self, Canary},
    count,
    error::KeysError,
    keys::Keys,
    place::SealedColumn,
    ring::KeyRing,
};
use crate::db::Db;

/// All keys, and the number of secrets that each sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The keys of the installation in their order, then those that the database knows.
    pub keys: Vec<KeyStatus>,
    /// Number of texts in sealed columns that no known key sealed.
    pub unknown: u64,
}

/// A key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyStatus {
    /// The id.
    pub id: String,
    /// Number of secrets that it sealed.
    pub rows: u64,
    /// Its use.
    pub state: KeyState,
}

/// The use of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyState {
    /// Seals new secrets.
    Seals,
    /// Opens what it sealed.
    Opens,
    /// Was not used before, while others were: perhaps no server has it.
    New,
    /// Is not the key that was used by this id: a start with it stops.
    Other,
    /// Is not among the keys of the installation.
    Missing,
}

/// Counts the secrets of each key, also of keys with which a start would stop.
///
/// # Errors
/// If the database fails.
pub async fn status(db: &Db, keys: &Keys, columns: &[SealedColumn]) -> Result<Status, KeysError> {
    let ring = KeyRing::new(&keys.keys)?;
    let canaries = canary::read(db.reader()).await?;
    let all = count::all(db, columns).await?;
    let missing = canaries.iter().map(|canary| canary.id.as_str()).filter(|known| ring.ids().all(|id| id != *known));
    let mut status = Status { keys: Vec::new(), unknown: all };
    for id in ring.ids().chain(missing) {
        let rows = count::sealed_by(db, columns, id).await?;
        status.unknown = status.unknown.saturating_sub(rows);
        status.keys.push(KeyStatus { id: id.to_owned(), rows, state: state(id, &ring, &canaries) });
    }
    Ok(status)
}

fn state(id: &str, ring: &KeyRing, canaries: &[Canary]) -> KeyState {
    if ring.ids().all(|other| other != id) {
        return KeyState::Missing;
    }
    match canaries.iter().find(|canary| canary.id == id) {
        Some(canary) if !canary.is_of(ring) => KeyState::Other,
        None if !canaries.is_empty() => KeyState::New,
        _ if ring.sealing() == Some(id) => KeyState::Seals,
        _ => KeyState::Opens,
    }
}
