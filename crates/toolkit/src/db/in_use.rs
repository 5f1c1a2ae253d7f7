//! Detection of servers that use a database, for commands that must run alone.

use std::{
    fs::{File, TryLockError},
    path::{Path, PathBuf},
    time::Duration,
};

use sqlx::{Postgres, pool::PoolConnection};

use super::Db;
use crate::{
    config::{DatabaseConfig, DatabaseUrl},
    private_files,
};

/// Statement that takes the lock that all servers share on PostgreSQL, one session each.
pub(crate) const SHARE: &str = "SELECT pg_advisory_lock_shared(hashtextextended('rapport in use', 0))";
const TAKE: &str = "SELECT pg_try_advisory_lock(hashtextextended('rapport in use', 0))";

/// Maximum number of attempts to take the lock: PostgreSQL ends a server's session shortly after the server has ended.
const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(100);

/// Returns the lock file that servers share on SQLite.
fn file_of(database: &Path) -> PathBuf {
    let mut path = database.to_path_buf().into_os_string();
    path.push(".in-use");
    path.into()
}

/// Marks the SQLite database at `path` as in use while the file is kept open.
pub(super) fn share(path: &Path) -> std::io::Result<File> {
    let file = private_files::open(&file_of(path))?;
    file.lock_shared()?;
    Ok(file)
}

/// Exclusive use of a database: no server runs on it, or can start, while this is kept.
#[expect(dead_code, reason = "what is kept is the lock")]
pub struct AloneOn(Option<File>, Option<PoolConnection<Postgres>>);

impl std::fmt::Debug for AloneOn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AloneOn")
    }
}

impl AloneOn {
    /// Takes exclusive use of the database of `config`, to which `db` is a connection.
    ///
    /// # Errors
    /// With a message for the terminal if a server runs on it.
    pub async fn new(config: &DatabaseConfig, db: &Db) -> anyhow::Result<Self> {
        let mut tries = TRIES;
        loop {
            if let Some(alone) = Self::take(config, db).await? {
                return Ok(alone);
            }
            tries -= 1;
            anyhow::ensure!(tries > 0, "A server runs on this database. Stop it first, and all others that do.");
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn take(config: &DatabaseConfig, db: &Db) -> anyhow::Result<Option<Self>> {
        if let DatabaseUrl::Sqlite(path) = &config.url {
            let file = private_files::open(&file_of(path))?;
            return match file.try_lock() {
                Ok(()) => Ok(Some(Self(Some(file), None))),
                Err(TryLockError::WouldBlock) => Ok(None),
                Err(TryLockError::Error(error)) => Err(error.into()),
            };
        }
        let Some(pool) = db.postgres() else { anyhow::bail!("the database is of another kind") };
        let mut connection = pool.acquire().await?;
        // With the connection the lock is given back.
        connection.close_on_drop();
        let is_alone: bool = sqlx::query_scalar(TAKE).fetch_one(&mut *connection).await?;
        Ok(is_alone.then(|| Self(None, Some(connection))))
    }
}
