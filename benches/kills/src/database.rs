//! The database, and the tables that the reactions are written to.

use anyhow::{Context, Result, anyhow};
use migration::{Migrator, MigratorTrait};
use rapport_toolkit::{
    config::{Config, DatabaseConfig, JobsConfig},
    db::{Db, connect},
};
use sea_orm::{ConnectionTrait, QueryResult, Statement, Value};
use std::time::Duration;

/// No row is refused for being there twice: what came twice is to be seen.
const TABLES: [&str; 3] = [
    "CREATE TABLE probe_runs (id UUID PRIMARY KEY, number INTEGER NOT NULL, is_done BOOLEAN NOT NULL, \
     since_tx BIGINT NOT NULL, since_id BIGINT NOT NULL)",
    "CREATE TABLE probe_reactions (run INTEGER NOT NULL, path TEXT NOT NULL, outcome TEXT NOT NULL)",
    "CREATE TABLE probe_tally (place SERIAL PRIMARY KEY, event BIGINT NOT NULL)",
];

/// The settings of the product, with what is needed to connect to `url`.
pub(crate) fn config(url: &str) -> Result<Config> {
    let lookup = |name: &str| match name {
        "DATABASE_URL" => Some(url.to_owned()),
        "API_JWT_SECRET" => Some("a key for probes and nothing else".to_owned()),
        // Processes are killed, not machines.
        "SQLITE_SYNCHRONOUS" => Some("normal".to_owned()),
        _ => None,
    };
    Config::read(lookup).map_err(|problems| anyhow!("the settings are wrong: {problems:?}"))
}

/// The settings of the queue: a poll so short that what a wake-up leaves out is not waited for long.
pub(crate) fn jobs(config: &Config) -> JobsConfig {
    JobsConfig { poll: Duration::from_millis(200), lease: Duration::from_secs(10), ..config.jobs.clone() }
}

/// Connects to the database.
pub(crate) async fn open(config: &DatabaseConfig) -> Result<Db> {
    connect(config).await.context("connecting to the database")
}

/// Makes the tables of the product and of the probes.
pub(crate) async fn prepare(db: &Db) -> Result<()> {
    Migrator::up(db.owner(), None).await.context("making the tables of the product")?;
    for table in TABLES {
        let table = if db.is_postgres() { table.to_owned() } else { table.replace("SERIAL", "INTEGER") };
        db.owner().execute_unprepared(&table).await.context("making the tables of the probes")?;
    }
    Ok(())
}

/// A statement for this connection.
pub(crate) fn statement(
    connection: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Statement {
    Statement::from_sql_and_values(connection.get_database_backend(), sql, values)
}

/// Reads rows.
pub(crate) async fn rows(db: &Db, sql: &str) -> Result<Vec<QueryResult>> {
    Ok(db.reader().query_all_raw(Statement::from_string(db.backend(), sql)).await?)
}

/// Reads the one number of a statement, which calls it `count`.
pub(crate) async fn count(db: &Db, sql: &str) -> Result<i64> {
    let rows = rows(db, sql).await?;
    Ok(rows.first().context("a count without a row")?.try_get("", "count")?)
}
