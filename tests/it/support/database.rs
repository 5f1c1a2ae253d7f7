//! A database for each test: a SQLite file in a folder of its own, or a PostgreSQL database copied from a migrated one.

use std::{
    path::PathBuf,
    sync::{Arc, LazyLock, mpsc},
};

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

static RUN: OnceCell<Run> = OnceCell::const_new();

/// Takes the names of databases whose tests have ended. A suite makes more than a thousand of eight megabytes, so they
/// go one by one beside the tests that run; those that are left when the process ends go when the next run begins.
static ENDED: LazyLock<mpsc::Sender<String>> = LazyLock::new(|| {
    let (sender, ended) = mpsc::channel::<String>();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        for name in ended {
            // One that could not be dropped goes with those that are left.
            let _ = runtime.block_on(drop_database(&name));
        }
    });
    sender
});

/// What the tests of one process share on a PostgreSQL server.
struct Run {
    /// What the names of its databases have after the prefix.
    id: String,
    template: String,
}

/// A migrated, empty database. Several servers may be started on it.
#[derive(Clone)]
pub struct TestDb(Arc<Inner>);

struct Inner {
    url: String,
    folder: PathBuf,
    /// Whether the PostgreSQL database goes with this.
    is_owner: bool,
}

impl Drop for Inner {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
        if self.is_owner && TestDb::is_postgres() {
            let _ = ENDED.send(database_name(&self.url));
        }
    }
}

impl TestDb {
    /// A new database.
    pub async fn new() -> Self {
        let this = Self::made(true).await;
        if !Self::is_postgres() {
            let db = db::connect(&this.config()).await.unwrap();
            Migrator::up(db.owner(), None).await.unwrap();
            db.close().await;
        }
        this
    }

    /// A new database without a table.
    pub async fn empty() -> Self {
        Self::made(false).await
    }

    async fn made(is_migrated: bool) -> Self {
        let folder = std::env::temp_dir().join(format!("{PREFIX}{}", Uuid::new_v4().simple()));
        std::fs::create_dir_all(&folder).unwrap();
        let url = match Self::server() {
            Some(server) => new_on_server(&server, is_migrated).await,
            None => format!("sqlite://{}", folder.join("rapport.db").display()),
        };
        Self(Arc::new(Inner { url, folder, is_owner: true }))
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

    /// The same PostgreSQL database, reached by another address.
    pub fn through(&self, address: std::net::SocketAddr) -> Self {
        let mut url = url::Url::parse(self.url()).unwrap();
        url.set_ip_host(address.ip()).unwrap();
        url.set_port(Some(address.port())).unwrap();
        let folder = std::env::temp_dir().join(format!("{PREFIX}{}", Uuid::new_v4().simple()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(Arc::new(Inner { url: url.to_string(), folder, is_owner: false }))
    }

    /// The settings that name it.
    pub fn config(&self) -> DatabaseConfig {
        let lookup = |name: &str| match name {
            "DATABASE_URL" => Some(self.0.url.clone()),
            "API_JWT_SECRET" => Some("a secret for tests of 32 characters".to_owned()),
            "SQLITE_SYNCHRONOUS" => Some("normal".to_owned()),
            _ => None,
        };
        Config::read(lookup).unwrap().database
    }

    /// Takes a PostgreSQL database away from under everybody who uses it.
    pub async fn drop_by_force(&self) {
        drop_database(&database_name(self.url())).await.unwrap();
    }

    /// A connection of its own.
    pub async fn connect(&self) -> db::Db {
        db::connect(&self.config()).await.unwrap()
    }
}

/// The last part of the address of a PostgreSQL database.
fn database_name(url: &str) -> String {
    url::Url::parse(url).unwrap().path().trim_start_matches('/').to_owned()
}

/// Drops a PostgreSQL database, whoever is connected to it.
async fn drop_database(name: &str) -> Result<(), sqlx::Error> {
    let mut connection = PgConnection::connect(&TestDb::server().expect("a PostgreSQL server")).await?;
    connection.execute(sqlx::AssertSqlSafe(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))).await?;
    Ok(())
}

async fn new_on_server(server: &str, is_migrated: bool) -> String {
    let run = RUN.get_or_init(|| begin_run(server.to_owned())).await;
    let name = format!("{PREFIX}{}_{}", run.id, Uuid::new_v4().simple());
    let mut connection = PgConnection::connect(server).await.unwrap();
    let template = if is_migrated { &run.template } else { "template0" };
    let create = format!("CREATE DATABASE {name} TEMPLATE {template}");
    connection.execute(sqlx::AssertSqlSafe(create)).await.unwrap();
    on_server(server, &name)
}

/// Removes what earlier runs left, and makes the migrated database that the others are copied from.
async fn begin_run(server: String) -> Run {
    let mut connection = PgConnection::connect(&server).await.unwrap();
    remove_databases_of_ended_runs(&mut connection).await;
    let id = Uuid::new_v4().simple().to_string()[..12].to_owned();
    assert!(lock(&mut connection, &id).await);
    // Open as long as this process lives, and with it the lock that says so.
    std::mem::forget(connection);
    let template = format!("{PREFIX}{id}_template");
    let mut connection = PgConnection::connect(&server).await.unwrap();
    connection.execute(sqlx::AssertSqlSafe(format!("CREATE DATABASE {template}"))).await.unwrap();
    let folder = std::env::temp_dir().join(&template);
    let inner = Inner { url: on_server(&server, &template), folder, is_owner: false };
    let db = TestDb(Arc::new(inner)).connect().await;
    Migrator::up(db.owner(), None).await.unwrap();
    db.close().await;
    Run { id, template }
}

/// Several runs may share a server; each holds a lock of its own while it lives.
async fn remove_databases_of_ended_runs(connection: &mut PgConnection) {
    let all =
        sqlx::query_scalar::<_, String>("SELECT datname FROM pg_database WHERE datname LIKE 'rapport\\_test\\_%'");
    for name in all.fetch_all(&mut *connection).await.unwrap() {
        let run = name.strip_prefix(PREFIX).and_then(|rest| rest.split('_').next()).unwrap_or_default();
        if lock(connection, run).await {
            let _ = connection.execute(sqlx::AssertSqlSafe(format!("DROP DATABASE IF EXISTS {name}"))).await;
        }
    }
}

/// Whether this connection holds the lock of `run` now.
async fn lock(connection: &mut PgConnection, run: &str) -> bool {
    let lock = sqlx::query_scalar("SELECT pg_try_advisory_lock(hashtextextended('rapport tests ' || $1, 0))");
    lock.bind(run).fetch_one(connection).await.unwrap()
}

fn on_server(server: &str, name: &str) -> String {
    let mut url = url::Url::parse(server).unwrap();
    url.set_path(name);
    url.to_string()
}
