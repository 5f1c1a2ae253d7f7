//! A canary of each key: a known text that it sealed when a process first started with it. A key that does not open its
//! canary is not the one that sealed the secrets.

use sea_orm::{ConnectionTrait, DbErr, Statement};

use super::{
    count::sealed_by,
    error::{KeysError, SealError},
    place::{Place, SealedColumn},
    ring::KeyRing,
};
use crate::{
    ambient::Ambient,
    db::{Db, WriteTx},
};

const TABLE: &str = "secret_keys";
const CLEAR: &str = "canary";

/// A canary.
pub(super) struct Canary {
    /// The id of its key.
    pub(super) id: String,
    sealed: String,
}

impl Canary {
    /// Returns true if the key of this id in `ring` is the one that sealed the canary.
    pub(super) fn is_of(&self, ring: &KeyRing) -> bool {
        ring.unseal(place(&self.id), &self.sealed).is_ok()
    }
}

fn place(id: &str) -> Place<'_> {
    Place { table: TABLE, row: id.as_bytes(), column: "canary" }
}

/// Returns all canaries, oldest first.
pub(super) async fn read(db: &impl ConnectionTrait) -> Result<Vec<Canary>, DbErr> {
    let sql = "SELECT key_id, canary FROM secret_keys ORDER BY created_at, key_id";
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    rows.iter().map(|row| Ok(Canary { id: row.try_get("", "key_id")?, sealed: row.try_get("", "canary")? })).collect()
}

/// Checks the keys, and keeps a canary of each new one.
///
/// # Errors
/// If a key is not the one of its id, or one is missing by which texts in `columns` are sealed.
pub(super) async fn check(
    db: &Db,
    ambient: &Ambient,
    ring: &KeyRing,
    stands_in: &str,
    columns: &[SealedColumn],
) -> Result<(), KeysError> {
    let canaries = read(db.reader()).await?;
    let new = new_keys(&canaries, ring, stands_in)?;
    for Canary { id, .. } in canaries.iter().filter(|canary| ring.ids().all(|id| id != canary.id)) {
        let rows = sealed_by(db, columns, id).await?;
        if rows > 0 {
            return Err(KeysError::Missing { id: id.clone(), place: stands_in.to_owned(), rows });
        }
    }
    if new.is_empty() {
        return Ok(());
    }
    let tx = db.begin().await?;
    // Processes that start together compare their keys one after the other.
    tx.lock(TABLE).await?;
    for id in new_keys(&read(&*tx).await?, ring, stands_in)? {
        keep(&tx, ambient, ring, id).await?;
    }
    Ok(tx.commit().await?)
}

/// Returns the ids of keys without a canary.
///
/// # Errors
/// If a key does not open its canary.
fn new_keys<'r>(canaries: &[Canary], ring: &'r KeyRing, stands_in: &str) -> Result<Vec<&'r str>, KeysError> {
    let mut new = Vec::new();
    for id in ring.ids() {
        match canaries.iter().find(|canary| canary.id == id) {
            None => new.push(id),
            Some(canary) if canary.is_of(ring) => {}
            Some(_) => return Err(KeysError::OtherKey { id: id.to_owned(), place: stands_in.to_owned() }),
        }
    }
    Ok(new)
}

async fn keep(tx: &WriteTx, ambient: &Ambient, ring: &KeyRing, id: &str) -> Result<(), KeysError> {
    let sealed: Result<_, SealError> = ring.seal_by(id, place(id), &CLEAR.into(), ambient.bytes());
    let sql = "INSERT INTO secret_keys (key_id, canary, created_at) VALUES ($1, $2, $3)";
    let values = [id.into(), sealed?.into(), ambient.now().into()];
    tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, values)).await?;
    Ok(())
}
