//! A database for each test: a SQLite file in a folder of its own, or a PostgreSQL database copied from a migrated one.

use std::{path::PathBuf, sync::Arc};

use migration::{Migrator, MigratorTrait};
use rapport::{
    config::{Config, DatabaseConfig},
    db,
};
use sqlx::{Connection, Executor, PgConnection};
use tokio::sync::OnceCell;
use uuid::Uuid;

/// The prefix of databases that tests make, and that the next run removes.
const PREFIX: &str = "rapport_test_";

static TEMPLATE: OnceCell<String> = OnceCell::const_new();

/// A migrated, empty database. Several servers may be started on it.
#[derive(Clone)]
pub struct TestDb(Arc<Inner>);

struct Inner {
    url: String,
    folder: PathBuf,
}

impl Drop for Inner {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl TestDb {
    /// A new database.
    pub async fn new() -> Self {
        if let Some(server) = Self::server() {
            let template = TEMPLATE.get_or_init(|| make_template(server.clone())).await;
            return Self::at(Some(create(&server, &format!("TEMPLATE {template}")).await));
        }
        let this = Self::at(None);
        let db = this.connect().await;
        Migrator::up(db.owner(), None).await.unwrap();
        db.close().await;
        this
    }

    /// A new database that nobody has migrated.
    pub async fn empty() -> Self {
        match Self::server() {
            Some(server) => Self::at(Some(create(&server, "").await)),
            None => Self::at(None),
        }
    }

    /// The PostgreSQL database at `url`, or else a SQLite file.
    fn at(url: Option<String>) -> Self {
        let folder = std::env::temp_dir().join(format!("{PREFIX}{}", Uuid::new_v4().simple()));
        std::fs::create_dir_all(&folder).unwrap();
        let url = url.unwrap_or_else(|| format!("sqlite://{}", folder.join("rapport.db").display()));
        Self(Arc::new(Inner { url, folder }))
    }

    /// Whether the tests run on PostgreSQL.
    pub fn is_postgres() -> bool {
        Self::server().is_some()
    }

    /// The PostgreSQL server of the tests, when there is one.
    pub fn server() -> Option<String> {
        std::env::var("TEST_DATABASE_URL").ok().filter(|url| !url.is_empty())
    }

    /// Its address.
    pub fn url(&self) -> &str {
        &self.0.url
    }

    /// A folder that goes with the database.
    pub fn folder(&self) -> &std::path::Path {
        &self.0.folder
    }

    /// The settings that name it.
    pub fn config(&self) -> DatabaseConfig {
        let lookup = |name: &str| match name {
            "DATABASE_URL" => Some(self.0.url.clone()),
            "API_JWT_SECRET" => Some("a secret for tests of 32 characters".to_owned()),
            _ => None,
        };
        Config::read(lookup).unwrap().database
    }

    /// A connection of its own.
    pub async fn connect(&self) -> db::Db {
        db::connect(&self.config()).await.unwrap()
    }
}

/// Makes a database on the server and returns its address.
async fn create(server: &str, options: &str) -> String {
    let name = format!("{PREFIX}{}", Uuid::new_v4().simple());
    let mut connection = PgConnection::connect(server).await.unwrap();
    connection.execute(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name} {options}"))).await.unwrap();
    on_server(server, &name)
}

/// Removes what earlier runs left, and makes the migrated database that the others are copied from.
async fn make_template(server: String) -> String {
    let mut connection = PgConnection::connect(&server).await.unwrap();
    let left = sqlx::query_scalar::<_, String>(
        "SELECT datname FROM pg_database WHERE datname LIKE 'rapport\\_test\\_%' \
         AND NOT EXISTS (SELECT 1 FROM pg_stat_activity WHERE pg_stat_activity.datname = pg_database.datname)",
    );
    for name in left.fetch_all(&mut connection).await.unwrap() {
        let _ = connection.execute(sqlx::AssertSqlSafe(format!("DROP DATABASE IF EXISTS {name}"))).await;
    }
    let name = format!("{PREFIX}template_{}", Uuid::new_v4().simple());
    connection.execute(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
    let inner = Inner { url: on_server(&server, &name), folder: std::env::temp_dir().join(&name) };
    let db = TestDb(Arc::new(inner)).connect().await;
    Migrator::up(db.owner(), None).await.unwrap();
    db.close().await;
    name
}

fn on_server(server: &str, name: &str) -> String {
    let mut url = url::Url::parse(server).unwrap();
    url.set_path(name);
    url.to_string()
}
