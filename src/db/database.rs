//! The database as the rest of the program sees it.

use std::sync::{Arc, atomic::AtomicU64};

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, IsolationLevel, QueryResult,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};

use super::{
    outage::{Outage, PATIENCE, within},
    reader::{Reader, Snapshot},
    shares::{Asker, Shares, Turns, in_turns},
    signals::Signals,
    to_its_end::to_its_end,
    tx::WriteTx,
    writer::Writer,
};

/// The database of this process. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    pub(super) reader: Reader,
    pub(super) writer: DatabaseConnection,
    pub(super) shares: Arc<Shares>,
    pub(super) writing: Arc<Writer>,
    pub(super) signals: Arc<Signals>,
    pub(super) outage: Arc<Outage>,
    pub(super) connections_made: Arc<AtomicU64>,
    /// Shows that a SQLite database is in use; `None` on PostgreSQL, and for what changes the tables.
    pub(super) in_use: Option<Arc<std::fs::File>>,
    /// The PostgreSQL pool itself, for `LISTEN`; `None` on SQLite.
    pub(super) postgres: Option<sqlx::PgPool>,
}

/// How the connections of a pool are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolUse {
    /// What the pool is for.
    pub name: &'static str,
    /// Connections that are open.
    pub open: u32,
    /// Those of them that nobody uses now.
    pub idle: usize,
    /// The most that may be open.
    pub most: u32,
}

impl PoolUse {
    fn of<DB: sqlx::Database>(name: &'static str, pool: &sqlx::Pool<DB>) -> Self {
        Self { name, open: pool.size(), idle: pool.num_idle(), most: pool.options().get_max_connections() }
    }
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Db({:?})", self.backend())
    }
}

impl Db {
    /// The connections to read from. Do not use them while a [`WriteTx`] of the same task is open: they do not see the
    /// transaction's changes, and may wait for a connection that the transaction holds.
    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// Which database this is.
    pub fn backend(&self) -> DbBackend {
        self.reader.get_database_backend()
    }

    /// Whether this is PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        self.backend() == DbBackend::Postgres
    }

    /// Begins reading the database as it is now: all statements see the same state, whatever is written in between. Ends
    /// when it is dropped; keep it for a few statements only.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn snapshot(&self) -> Result<Snapshot, DbErr> {
        let turn = match Turns::here() {
            Some(turns) => Some(turns.next().await?),
            None => None,
        };
        // A transaction of SQLite that reads sees one state by itself.
        let options = TransactionOptions {
            isolation_level: self.is_postgres().then_some(IsolationLevel::RepeatableRead),
            ..TransactionOptions::default()
        };
        Ok(Snapshot::new(begin(self.reader.connection(), options).await?, turn))
    }

    /// Begins a write transaction; it is rolled back unless it is committed.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn begin(&self) -> Result<WriteTx, DbErr> {
        let options = TransactionOptions {
            // "Immediate" takes SQLite's write lock at once; a transaction that began by reading could not take it
            // later without failing.
            sqlite_transaction_mode: (!self.is_postgres()).then_some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        // SQLite's writers queue for their own connection; those of PostgreSQL have that of readers.
        let turn = match Turns::here().filter(|_| self.is_postgres()) {
            Some(turns) => Some(turns.next().await?),
            None => None,
        };
        // The connection is in no transaction: the pool closes one that is (see `connect`), and SQLite itself refuses to
        // begin a second one.
        match begin(&self.writer, options).await {
            Ok(tx) => Ok(WriteTx::new(tx, self.writing.clone(), self.signals.clone(), turn)),
            Err(error) => {
                self.writing.note(&error);
                if !matches!(error, DbErr::ConnectionAcquire(_)) {
                    self.writing.failed();
                }
                Err(error)
            }
        }
    }

    /// Does the work of an operation that `asker` runs, whose reads take turns. Boxed, for it is large and is handed on.
    pub fn in_operation<F: Future>(&self, asker: Asker, work: F) -> impl Future<Output = F::Output> + use<F> {
        in_turns(self.shares.turns(asker), Box::pin(work))
    }

    /// Runs one statement that changes rows, as a transaction of its own, and returns what it returns. For changes that no
    /// event tells of and that wait for no lock: PostgreSQL needs no `BEGIN` and `COMMIT` around a single statement, each of
    /// which is a round trip.
    ///
    /// # Errors
    /// When the database fails; then nothing was changed.
    pub async fn write_alone(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        if self.is_postgres() {
            let written = self.writer.query_all_raw(statement).await;
            return written.inspect_err(|error| self.writing.note(error));
        }
        let tx = self.begin().await?;
        let rows = tx.query_all_raw(statement).await?;
        tx.commit().await?;
        Ok(rows)
    }

    /// Wakes those who wait for changes, in this process and in others.
    pub fn signals(&self) -> &Arc<Signals> {
        &self.signals
    }

    /// Where it is noted that the database cannot be used, so that the log says it once.
    pub fn outage(&self) -> &Outage {
        &self.outage
    }

    /// The connection that may change the tables themselves; for migrations.
    pub fn owner(&self) -> &DatabaseConnection {
        &self.writer
    }

    /// The PostgreSQL pool, for `LISTEN`.
    pub fn postgres(&self) -> Option<&sqlx::PgPool> {
        self.postgres.as_ref()
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<(), DbErr> {
        self.reader.query_one_raw(Statement::from_string(self.backend(), "SELECT 1")).await.map(drop)
    }

    /// How the connections are used now.
    pub fn pools(&self) -> Vec<PoolUse> {
        if let Some(pool) = &self.postgres {
            return vec![PoolUse::of("all", pool)];
        }
        let reader = PoolUse::of("reader", self.reader.connection().get_sqlite_connection_pool());
        vec![reader, PoolUse::of("writer", self.writer.get_sqlite_connection_pool())]
    }

    /// Closes all connections; on SQLite this folds the write-ahead log into the file. Connections that do not answer are
    /// left to the system after a while.
    pub async fn close(&self) {
        for connection in [self.reader.connection(), &self.writer] {
            if let Err(error) = within(PATIENCE, connection.close_by_ref()).await {
                tracing::warn!(%error, "closing the database");
            }
        }
        // Also where a task that is ending still has it.
        if let Some(Err(error)) = self.in_use.as_ref().map(|file| file.unlock()) {
            tracing::warn!(%error, "giving back the lock of the database");
        }
    }

    /// Calls `callback` with every statement sent, for tests that count them.
    pub fn on_statement(&mut self, callback: impl Fn(&str) + Send + Sync + Clone + 'static) {
        for connection in [&mut self.reader.0, &mut self.writer] {
            let callback = callback.clone();
            connection.set_metric_callback(move |info| callback(&info.statement.sql));
        }
    }
}

/// Begins a transaction, to its end: sqlx 0.9.0 gives a connection of PostgreSQL back to the pool with its transaction
/// open when the answer to `BEGIN` is not waited for (launchbadge/sqlx#4393). What is written on it afterwards would be
/// seen by nobody, and the event log held back for all.
async fn begin(connection: &DatabaseConnection, options: TransactionOptions) -> Result<DatabaseTransaction, DbErr> {
    let connection = connection.clone();
    to_its_end(async move { connection.begin_with_options(options).await }).await
}
