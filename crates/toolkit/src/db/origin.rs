//! Identity of a database server, to notice when a database was replaced by another.

use std::path::PathBuf;

use sea_orm::{ConnectionTrait, DbErr, RuntimeErr, Statement};

use super::Db;

/// Statement that returns cluster, database and timeline; a promoted replica or a point-in-time recovery starts a new
/// timeline. `pg_control_checkpoint()` would report it only at the next checkpoint.
const SERVER: &str = "SELECT (SELECT system_identifier FROM pg_control_system())::text \
    || ' ' || (SELECT oid FROM pg_database WHERE datname = current_database())::text \
    || ' ' || left(pg_walfile_name(pg_current_wal_lsn()), 8) AS server WHERE NOT pg_is_in_recovery()";

impl Db {
    /// Returns the identity of the PostgreSQL server and its timeline. `None` on SQLite, on a standby, and if the
    /// server does not report it.
    ///
    /// # Errors
    /// If the database is unreachable.
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

    /// Returns the number of PostgreSQL connections opened so far, each of which may lead to a different server.
    pub fn connections_made(&self) -> u64 {
        self.connections_made.load(std::sync::atomic::Ordering::Acquire)
    }

    /// Returns the file of a SQLite database.
    pub fn sqlite_file(&self) -> Option<PathBuf> {
        let is_file = !self.is_postgres();
        is_file.then(|| self.writer.get_sqlite_connection_pool().connect_options().get_filename().to_owned())
    }
}

/// Returns true if a function is missing, not permitted or not supported, as on some managed servers.
fn is_not_offered(error: &DbErr) -> bool {
    let (DbErr::Query(RuntimeErr::SqlxError(error)) | DbErr::Exec(RuntimeErr::SqlxError(error))) = error else {
        return false;
    };
    let code = error.as_database_error().and_then(|error| error.code());
    code.is_some_and(|code| ["42883", "42501", "0A000"].contains(&code.as_ref()))
}
