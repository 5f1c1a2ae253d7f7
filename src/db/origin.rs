//! Where a database comes from: by this it is noticed that it is another one than it was.

use std::path::PathBuf;

use sea_orm::{ConnectionTrait, DbErr, RuntimeErr, Statement};

use super::Db;

/// The cluster, the database in it, and the timeline: a promoted replica and a recovery to a point in time begin a new one.
/// Of `pg_control_checkpoint()` one would learn it at the next checkpoint only.
const SERVER: &str = "SELECT (SELECT system_identifier FROM pg_control_system())::text \
    || ' ' || (SELECT oid FROM pg_database WHERE datname = current_database())::text \
    || ' ' || left(pg_walfile_name(pg_current_wal_lsn()), 8) AS server WHERE NOT pg_is_in_recovery()";

impl Db {
    /// The name of the PostgreSQL server and of its timeline. `None` on SQLite, on a standby, and where the server does not
    /// tell.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn server(&self) -> Result<Option<String>, DbErr> {
        if !self.is_postgres() {
            return Ok(None);
        }
        match self.reader.query_one_raw(Statement::from_string(self.backend(), SERVER)).await {
            Ok(row) => row.map(|row| row.try_get("", "server")).transpose(),
            Err(error) if is_not_offered(&error) => {
                tracing::debug!(%error, "PostgreSQL does not tell its timeline");
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// The number of connections that were made to PostgreSQL so far. Each may lead to another server than the one before.
    pub fn connections_made(&self) -> u64 {
        self.connections_made.load(std::sync::atomic::Ordering::Acquire)
    }

    /// The file of a SQLite database.
    pub fn sqlite_file(&self) -> Option<PathBuf> {
        let is_file = !self.is_postgres();
        is_file.then(|| self.writer.get_sqlite_connection_pool().connect_options().get_filename().to_owned())
    }
}

/// Whether a function is missing, not allowed or not supported, as on some managed servers.
fn is_not_offered(error: &DbErr) -> bool {
    let (DbErr::Query(RuntimeErr::SqlxError(error)) | DbErr::Exec(RuntimeErr::SqlxError(error))) = error else {
        return false;
    };
    let code = error.as_database_error().and_then(|error| error.code());
    code.is_some_and(|code| ["42883", "42501", "0A000"].contains(&code.as_ref()))
}
