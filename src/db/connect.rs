//! Opens the database.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, SqlxPostgresConnector, SqlxSqliteConnector, Statement};
use secrecy::ExposeSecret;
use sqlx::{
    ConnectOptions, Connection, PgConnection,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::time::timeout;

use super::{
    database::Db,
    in_use,
    reader::{Reader, TRIAL},
    shares::{self, Shares},
    sqlite_version,
    writer::Writer,
};
use crate::{
    config::{DatabaseConfig, DatabaseUrl, Synchronous},
    private_files,
};

/// How long a caller waits for a free connection. Past that the answer is `UNAVAILABLE`, which a client should get while
/// it still waits for one.
const ACQUIRE_TIMEOUT: Duration = Duration::from_millis(2500);
/// How long SQLite waits for another process that writes.
const BUSY_TIMEOUT: Duration = Duration::from_millis(2500);
/// How long PostgreSQL may take to answer at the start.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// PostgreSQL stops a statement that takes longer: a forgotten one must not hold back the event log.
const STATEMENT_TIMEOUT: &str = "60s";
/// A connection of PostgreSQL that nobody used for so long is tried before it is given out: it may have been cut.
const TRUSTED_FOR: Duration = Duration::from_secs(1);
/// Our transactions wait for nothing but the database; one that is idle belongs to a process that hangs, and holds back
/// the event log for all.
const IDLE_IN_TRANSACTION_TIMEOUT: &str = "15s";

/// Why the database cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The folder of the SQLite file cannot be made.
    #[error("The folder for the database file cannot be made: {0}")]
    Folder(#[source] std::io::Error),
    /// The SQLite file cannot be made or opened.
    #[error("The database file cannot be opened: {0}")]
    File(#[source] std::io::Error),
    /// The database does not answer, or refuses.
    #[error("The database cannot be opened: {0}")]
    Open(#[from] sqlx::Error),
    /// The database gives no answer.
    #[error("The database does not answer within {} s.", CONNECT_TIMEOUT.as_secs())]
    Silent,
    /// One of the others, and where the database is.
    #[error("{source} ({place})")]
    At {
        /// The file, or the server without a password.
        place: String,
        /// What went wrong.
        #[source]
        source: Box<ConnectError>,
    },
    /// The database answers with an error.
    #[error("The database answers with an error: {0}")]
    Query(#[from] DbErr),
    /// The SQLite library can corrupt files.
    #[error(
        "SQLite {0} has the WAL-reset fault, which can corrupt the database: build with the bundled SQLite, or with 3.51.3 or later."
    )]
    FaultySqlite(String),
}

/// Opens the database that `config` names; a SQLite file is made when it is missing.
///
/// # Errors
/// See [`ConnectError`].
pub async fn connect(config: &DatabaseConfig) -> Result<Db, ConnectError> {
    let timeouts = [
        ("statement_timeout", STATEMENT_TIMEOUT),
        ("idle_in_transaction_session_timeout", IDLE_IN_TRANSACTION_TIMEOUT),
    ];
    let mut db = open(config, &timeouts).await?;
    if let DatabaseUrl::Sqlite(path) = &config.url {
        db.in_use = Some(Arc::new(in_use::share(path).map_err(ConnectError::File)?));
    }
    Ok(db)
}

/// Opens the database for changes of its tables, which may take as long as they take.
///
/// # Errors
/// See [`ConnectError`].
pub async fn connect_patiently(config: &DatabaseConfig) -> Result<Db, ConnectError> {
    open(config, &[]).await
}

async fn open(config: &DatabaseConfig, timeouts: &[(&str, &str)]) -> Result<Db, ConnectError> {
    let (opened, place) = match &config.url {
        DatabaseUrl::Sqlite(path) => (sqlite(path, config).await, path.display().to_string()),
        DatabaseUrl::Postgres(url) => {
            let opened = postgres(url.expose_secret(), config.max_connections, timeouts).await;
            (opened, server_of(url.expose_secret()))
        }
    };
    opened.map_err(|source| ConnectError::At { place, source: Box::new(source) })
}

/// The server and the database that `url` names, without user and password.
fn server_of(url: &str) -> String {
    url.parse::<PgConnectOptions>().map_or_else(
        |_| "DATABASE_URL".to_owned(),
        |options| {
            format!("{}:{}/{}", options.get_host(), options.get_port(), options.get_database().unwrap_or_default())
        },
    )
}

async fn sqlite(path: &Path, config: &DatabaseConfig) -> Result<Db, ConnectError> {
    if let Some(folder) = path.parent() {
        private_files::create_folder(folder).map_err(ConnectError::Folder)?;
    }
    make_private(path).map_err(ConnectError::File)?;
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(match config.synchronous {
            Synchronous::Full => SqliteSynchronous::Full,
            Synchronous::Normal => SqliteSynchronous::Normal,
        })
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .log_slow_statements(log_level(), Duration::from_secs(1));
    let writing = Arc::new(Writer::default());
    // The writer first: it makes the file and sets its journal mode, which a reader may not.
    let writer = sqlite_pool({
        let writing = writing.clone();
        move || writing.take_spoilt()
    });
    let writer = writer.max_connections(1).connect_with(options.clone().optimize_on_close(true, 400)).await?;
    let readers = config.max_connections.min(8);
    let reader = sqlite_pool(|| false)
        .max_connections(readers + shares::KEPT)
        .connect_with(options.create_if_missing(false).pragma("query_only", "ON"))
        .await?;
    let writer = SqlxSqliteConnector::from_sqlx_sqlite_pool(writer);
    let version = sqlite_version(&writer).await?;
    if !sqlite_version::is_safe_in_wal_mode(&version) {
        return Err(ConnectError::FaultySqlite(version));
    }
    let reader = SqlxSqliteConnector::from_sqlx_sqlite_pool(reader);
    Ok(Db {
        reader: Reader(reader),
        writer,
        shares: shares(readers),
        writing,
        signals: Arc::default(),
        outage: Arc::default(),
        connections_made: Arc::default(),
        in_use: None,
        postgres: None,
    })
}

/// Makes the database file readable for its owner only, and with it what SQLite makes beside it: the write-ahead log and its
/// index get the permissions of the file. Those that an earlier release left are closed to others too.
fn make_private(path: &Path) -> std::io::Result<()> {
    if !path.exists() {
        private_files::open(path)?;
    }
    for suffix in ["", "-wal", "-shm"] {
        let mut file = path.to_path_buf().into_os_string();
        file.push(suffix);
        private_files::close_to_others(Path::new(&file));
    }
    Ok(())
}

/// A pool that gives out no connection that `is_spoilt`, or that still counts a transaction: it could not be rolled back,
/// as when SQLite had done so by itself (after SQLITE_FULL, SQLITE_IOERR or SQLITE_NOMEM). The next transaction on it would
/// be a savepoint within one that nobody commits.
fn sqlite_pool(is_spoilt: impl Fn() -> bool + Send + Sync + 'static) -> SqlitePoolOptions {
    // A file cannot be cut off, so a connection is not tried. What is left of its last transaction was done when it was
    // given back, for the pool waits for an answer then.
    let pool = SqlitePoolOptions::new().acquire_timeout(ACQUIRE_TIMEOUT).test_before_acquire(false);
    let pool = pool.acquire_slow_level(log::LevelFilter::Off);
    pool.before_acquire(move |connection, _| {
        let is_usable = !is_spoilt() && !connection.is_in_transaction();
        if !is_usable {
            tracing::warn!("a connection to the database is closed, for its last transaction could not be ended");
        }
        Box::pin(async move { Ok(is_usable) })
    })
}

async fn sqlite_version(connection: &DatabaseConnection) -> Result<String, DbErr> {
    let statement = Statement::from_string(connection.get_database_backend(), "SELECT sqlite_version() AS version");
    let row = connection.query_one_raw(statement).await?;
    row.map_or_else(|| Ok(String::new()), |row| row.try_get("", "version"))
}

async fn postgres(url: &str, max_connections: u32, timeouts: &[(&str, &str)]) -> Result<Db, ConnectError> {
    let options = url
        .parse::<PgConnectOptions>()?
        .application_name("rapport")
        .options(timeouts.iter().copied())
        .log_slow_statements(log_level(), Duration::from_secs(1));
    // Once by itself: the pool would try until its patience ends, and then not say why.
    let trial = timeout(CONNECT_TIMEOUT, async { options.connect().await?.close().await });
    trial.await.map_err(|_| ConnectError::Silent)??;
    let connections_made = Arc::new(AtomicU64::new(0));
    let counted = connections_made.clone();
    let pool = PgPoolOptions::new()
        .after_connect(move |_, _| {
            counted.fetch_add(1, Ordering::Release);
            Box::pin(async { Ok(()) })
        })
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .acquire_slow_level(log::LevelFilter::Off)
        .max_connections(max_connections)
        // Not each time, which would be a round trip before every statement.
        .test_before_acquire(false)
        .before_acquire(|connection, use_of| {
            Box::pin(async move {
                if use_of.idle_for >= TRUSTED_FOR {
                    answers(connection).await?;
                }
                Ok(true)
            })
        })
        // The pool does so by itself, and would wait without end: one whose statement was given up may be cut off.
        .after_release(|connection, _| Box::pin(async move { answers(connection).await.map(|()| true) }))
        .connect_with(options)
        .await?;
    let connection = SqlxPostgresConnector::from_sqlx_postgres_pool(pool.clone());
    // Of few connections all are for whoever comes.
    let kept = shares::KEPT.min(max_connections / 3);
    Ok(Db {
        reader: Reader(connection.clone()),
        writer: connection,
        shares: shares(max_connections - kept),
        writing: Arc::default(),
        signals: Arc::default(),
        outage: Arc::default(),
        connections_made,
        in_use: None,
        postgres: Some(pool),
    })
}

/// The shares of operations in so many connections.
fn shares(connections: u32) -> Arc<Shares> {
    Shares::new(usize::try_from(connections).unwrap_or(usize::MAX), ACQUIRE_TIMEOUT)
}

/// Holds that a connection answers soon; else it is closed.
async fn answers(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    timeout(TRIAL, connection.ping()).await.unwrap_or(Err(sqlx::Error::PoolTimedOut))
}

/// Statements are logged only when they are slow.
fn log_level() -> log::LevelFilter {
    log::LevelFilter::Warn
}
