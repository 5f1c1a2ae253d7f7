//! Settings of the database.

use std::path::PathBuf;

use secrecy::SecretString;
use url::Url;

use super::reader::Reader;

/// The database and its connections.
#[derive(Debug, Clone)]
pub struct DatabaseConfig {
    /// The URL.
    pub url: DatabaseUrl,
    /// Maximum number of connections of this process.
    pub max_connections: u32,
    /// Durability of commits on SQLite.
    pub synchronous: Synchronous,
}

/// Durability of commits on SQLite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Synchronous {
    /// On disk before it is acknowledged.
    Full,
    /// On disk some time later: a power failure may lose the latest commits.
    Normal,
}

impl std::str::FromStr for Synchronous {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "full" => Ok(Self::Full),
            "normal" => Ok(Self::Normal),
            _ => Err(()),
        }
    }
}

/// The URL of a database of either kind.
#[derive(Debug, Clone)]
pub enum DatabaseUrl {
    /// A file, created if missing.
    Sqlite(PathBuf),
    /// A server; the URL may contain a password.
    Postgres(SecretString),
}

/// Reads the settings.
pub(super) fn gather(r: &mut Reader<'_>) -> DatabaseConfig {
    r.section("Database");
    let url = r.text(
        "DATABASE_URL",
        "sqlite://data/rapport.db",
        "A file (sqlite://path, created if missing) or a PostgreSQL server (postgres://user:password@host/name).",
    );
    let url = if let Some(path) = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:")) {
        if path.is_empty() || path.starts_with(":memory:") {
            r.problem("DATABASE_URL", "must name a file after sqlite://, such as sqlite://data/rapport.db");
        }
        DatabaseUrl::Sqlite(PathBuf::from(path.split('?').next().unwrap_or(path)))
    } else {
        let is_postgres = ["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme));
        if !is_postgres || Url::parse(&url).is_err() {
            r.problem("DATABASE_URL", "must be a valid address beginning with sqlite://, postgres:// or postgresql://");
        }
        if is_postgres {
            DatabaseUrl::Postgres(SecretString::from(url))
        } else {
            DatabaseUrl::Sqlite(PathBuf::from(url))
        }
    };
    let max_connections =
        r.number("DATABASE_MAX_CONNECTIONS", 10, 2..=1000, "Maximum number of database connections of this process.");
    let synchronous = r.parse(
        "SQLITE_SYNCHRONOUS",
        "full",
        "Durability of commits on SQLite: full is on disk before it is acknowledged; normal is faster, but a power failure may lose the latest ones.",
    );
    DatabaseConfig { url, max_connections, synchronous }
}
