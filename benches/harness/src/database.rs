//! The database under the server, spoken to past it.

use anyhow::{Context, Result, bail};
use sqlx::{AssertSqlSafe, PgPool, SqlitePool, postgres::PgPoolOptions, sqlite::SqlitePoolOptions};
use uuid::Uuid;

/// A PostgreSQL or SQLite database.
#[derive(Debug, Clone)]
pub(crate) enum Database {
    /// PostgreSQL.
    Postgres(PgPool),
    /// SQLite.
    Sqlite(SqlitePool),
}

impl Database {
    /// Opens the database at an address such as `DATABASE_URL` holds.
    ///
    /// # Errors
    /// When it is of another kind, or cannot be reached.
    pub(crate) async fn open(url: &str, connections: u32) -> Result<Self> {
        let context = || format!("opening {url}");
        if url.starts_with("postgres") {
            let pool = PgPoolOptions::new().max_connections(connections).connect(url).await;
            Ok(Self::Postgres(pool.with_context(context)?))
        } else if url.starts_with("sqlite") {
            let pool = SqlitePoolOptions::new().max_connections(connections).connect(url).await;
            Ok(Self::Sqlite(pool.with_context(context)?))
        } else {
            bail!("{url} is neither PostgreSQL nor SQLite")
        }
    }

    /// Runs statements made by this program, which hold nothing from outside.
    ///
    /// # Errors
    /// When the database refuses.
    pub(crate) async fn run(&self, sql: String) -> Result<()> {
        let sql = sqlx::raw_sql(AssertSqlSafe(sql));
        match self {
            Self::Postgres(pool) => {
                sql.execute(pool).await?;
            }
            Self::Sqlite(pool) => {
                sql.execute(pool).await?;
            }
        }
        Ok(())
    }

    /// The rows of a table.
    ///
    /// # Errors
    /// When there is no such table.
    pub(crate) async fn count(&self, table: &'static str) -> Result<u64> {
        let sql = AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
        let count: i64 = match self {
            Self::Postgres(pool) => sqlx::query_scalar(sql).fetch_one(pool).await?,
            Self::Sqlite(pool) => sqlx::query_scalar(sql).fetch_one(pool).await?,
        };
        Ok(u64::try_from(count)?)
    }

    /// An id as it is written in a statement.
    pub(crate) fn literal(&self, id: Uuid) -> String {
        match self {
            Self::Postgres(_) => format!("'{id}'"),
            Self::Sqlite(_) => format!("x'{}'", id.simple()),
        }
    }
}
