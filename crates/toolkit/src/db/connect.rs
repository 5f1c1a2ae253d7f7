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
    ConnectOptions, Connection,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::time::timeout;

use super::{
    abandoned_begins::AbandonedBegins,
    database::Db,
    in_use,
    postgres_reads::{PostgresReads, TRUSTED_FOR},
    reader::Reader,
    shares::{self, Shares},
    silence::Silence,
    sqlite_version,
    trial::answers,
    writer::Writer,
};
use crate::{
    config::{DatabaseConfig, DatabaseUrl, Synchronous},
    private_files,
};

/// Time a caller waits for a free connection, then fails with `UNAVAILABLE`, short enough for clients to receive that
/// error.
const ACQUIRE_TIMEOUT: Duration = Duration::from_millis(2500);
/// Time SQLite waits for another writing process.
const BUSY_TIMEOUT: Duration = Duration::from_millis(2500);
/// Time PostgreSQL may take to connect.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Statement timeout of PostgreSQL, since a forgotten statement would delay the event log.
const STATEMENT_TIMEOUT: &str = "60s";
/// Timeout of idle transactions on PostgreSQL. Transactions of this program wait for nothing but the database, so an
/// idle one belongs to a hanging process and delays the event log for all.
const IDLE_IN_TRANSACTION_TIMEOUT: &str = "15s";

/// Reason why the database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The folder of the SQLite file could not be created.
    #[error("The folder for the database file cannot be made: {0}")]
    Folder(#[source] std::io::Error),
    /// The SQLite file could not be created or opened.
    #[error("The database file cannot be opened: {0}")]
    File(#[source] std::io::Error),
    /// The database did not answer, or refused the connection.
    #[error("The database cannot be opened: {0}")]
    Open(#[from] sqlx::Error),
    /// The database did not answer in time.
    #[error("The database does not answer within {} s.", CONNECT_TIMEOUT.as_secs())]
    Silent,
    /// One of the other errors, with the location of the database.
    #[error("{source} ({place})")]
    At {
        /// The file, or the server without credentials.
        place: String,
        /// The error.
        #[source]
        source: Box<ConnectError>,
    },
    /// The database returned an error.
    #[error("The database answers with an error: {0}")]
    Query(#[from] DbErr),
    /// The SQLite library can corrupt files.
    #[error(
        "SQLite {0} has the WAL-reset fault, which can corrupt the database: build with the bundled SQLite, or with 3.51.3 or later."
    )]
    FaultySqlite(String),
}

/// Opens the database of `config`; creates a missing SQLite file.
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

/// Opens the database for migrations, without a statement timeout.
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

/// Returns the server and database in `url`, without credentials.
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
        reader: Reader::new(reader, None),
        writer,
        shares: shares(readers),
        writing,
        signals: Arc::default(),
        outage: Arc::default(),
        connections_made: Arc::default(),
        abandoned_begins: Arc::default(),
        in_use: None,
        postgres: None,
    })
}

/// Makes the database file readable for its owner only. SQLite creates the write-ahead log and its index with the same
/// permissions; existing ones from an earlier release are restricted too.
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

/// Returns options for a pool that discards a connection if `is_spoilt`, or if it still counts an open transaction that
/// could not be rolled back, such as after SQLite rolled it back by itself (SQLITE_FULL, SQLITE_IOERR or SQLITE_NOMEM).
/// The next transaction on it would be a savepoint that nobody commits.
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
    let abandoned_begins = Arc::<AbandonedBegins>::default();
    let abandoned = abandoned_begins.clone();
    let silence = Silence::new(options.clone());
    let (silence_at_release, silence_in_reads) = (silence.clone(), silence.clone());
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
        .before_acquire(move |connection, use_of| {
            let silence = silence.clone();
            Box::pin(async move {
                if use_of.idle_for >= TRUSTED_FOR {
                    silence.noting(answers(connection)).await?;
                }
                Ok(true)
            })
        })
        // The pool does so by itself, and would wait without end: one whose statement was given up may be cut off.
        .after_release(move |connection, _| {
            let (abandoned, silence) = (abandoned.clone(), silence_at_release.clone());
            Box::pin(async move {
                silence.noting(abandoned.answers_outside_of_transactions(connection)).await.map(|()| true)
            })
        })
        .connect_with(options)
        .await?;
    let connection = SqlxPostgresConnector::from_sqlx_postgres_pool(pool.clone());
    // Of few connections all are for whoever comes.
    let kept = shares::KEPT.min(max_connections / 3);
    Ok(Db {
        reader: Reader::new(connection.clone(), Some(PostgresReads::new(pool.clone(), silence_in_reads))),
        writer: connection,
        shares: shares(max_connections - kept),
        writing: Arc::default(),
        signals: Arc::default(),
        outage: Arc::default(),
        connections_made,
        abandoned_begins,
        in_use: None,
        postgres: Some(pool),
    })
}

/// Returns the shares of operations for this number of connections.
fn shares(connections: u32) -> Arc<Shares> {
    Shares::new(usize::try_from(connections).unwrap_or(usize::MAX), ACQUIRE_TIMEOUT)
}

/// Returns the level at which statements are logged: only slow ones are.
fn log_level() -> log::LevelFilter {
    log::LevelFilter::Warn
}
