//! The database handle used by the rest of the program.

use std::{
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, IsolationLevel, QueryResult,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};

use super::{
    abandoned_begins::AbandonedBegins,
    outage::{Outage, PATIENCE, within},
    reader::{Reader, Snapshot},
    run_to_completion::run_to_completion,
    shares::{Asker, Shares, Turns, in_turns},
    signals::Signals,
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
    pub(super) abandoned_begins: Arc<AbandonedBegins>,
    /// Lock file that marks a SQLite database as in use; `None` on PostgreSQL and for migrations.
    pub(super) in_use: Option<Arc<std::fs::File>>,
    /// The PostgreSQL pool for `LISTEN`; `None` on SQLite.
    pub(super) postgres: Option<sqlx::PgPool>,
}

/// Usage of a connection pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolUse {
    /// Purpose of the pool.
    pub name: &'static str,
    /// Number of open connections.
    pub open: u32,
    /// Number of idle connections.
    pub idle: usize,
    /// Maximum number of connections.
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
    /// Returns the connections for reading. They must not be used while a [`WriteTx`] of the same task is open: they do
    /// not see its changes, and may wait for the connection that it holds.
    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// Returns the kind of database.
    pub fn backend(&self) -> DbBackend {
        self.reader.get_database_backend()
    }

    /// Returns true for PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        self.backend() == DbBackend::Postgres
    }

    /// Starts a snapshot: all its statements see the present state, regardless of concurrent writes, until it is
    /// dropped. For a few statements only.
    ///
    /// # Errors
    /// If no connection is available.
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
        self.reader.make_room();
        Ok(Snapshot::new(self.begin_on(self.reader.connection(), options).await?, turn))
    }

    /// Starts a write transaction, which is rolled back unless committed.
    ///
    /// # Errors
    /// If no connection is available.
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
        self.reader.make_room();
        // The connection is in no transaction: the pool closes one that is (see `connect`), and SQLite itself refuses to
        // begin a second one.
        match self.begin_on(&self.writer, options).await {
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

    /// Starts a transaction and runs to completion even if cancelled: sqlx 0.9.0 returns a PostgreSQL connection to the
    /// pool with an open transaction if the answer to `BEGIN` is not awaited (launchbadge/sqlx#4393). Later writes on it
    /// would be invisible, and would delay the event log for all. One that never ends is noted.
    async fn begin_on(
        &self,
        connection: &DatabaseConnection,
        options: TransactionOptions,
    ) -> Result<DatabaseTransaction, DbErr> {
        let (connection, abandoned) = (connection.clone(), self.abandoned_begins.clone());
        run_to_completion(async move { abandoned.noting(connection.begin_with_options(options)).await }).await
    }

    /// Runs `work` as an operation of `asker` with this time limit, limiting its concurrent reads. Boxed, because the future is
    /// large and moved around.
    pub fn in_operation<F: Future>(
        &self,
        (asker, limit): (Asker, Duration),
        work: F,
    ) -> impl Future<Output = F::Output> + use<F> {
        in_turns(self.shares.turns(asker, limit), Box::pin(work))
    }

    /// Executes one writing statement as its own transaction, and returns its rows. For changes without events and
    /// locks: PostgreSQL then needs no `BEGIN` and `COMMIT`, which would be a round trip each.
    ///
    /// # Errors
    /// If the database fails; then nothing was changed.
    pub async fn write_alone(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        if self.is_postgres() {
            self.reader.make_room();
            let written = self.writer.query_all_raw(statement).await;
            return written.inspect_err(|error| self.writing.note(error));
        }
        let tx = self.begin().await?;
        let rows = tx.query_all_raw(statement).await?;
        tx.commit().await?;
        Ok(rows)
    }

    /// Returns the wake-up signals for this process and others.
    pub fn signals(&self) -> &Arc<Signals> {
        &self.signals
    }

    /// Returns the record of outages, which logs each outage once.
    pub fn outage(&self) -> &Outage {
        &self.outage
    }

    /// Returns the connection that may change tables, for migrations.
    pub fn owner(&self) -> &DatabaseConnection {
        &self.writer
    }

    /// Returns the PostgreSQL pool, for `LISTEN`.
    pub fn postgres(&self) -> Option<&sqlx::PgPool> {
        self.postgres.as_ref()
    }

    /// Checks that the database answers.
    ///
    /// # Errors
    /// If it does not.
    pub async fn ping(&self) -> Result<(), DbErr> {
        self.reader.query_one_raw(Statement::from_string(self.backend(), "SELECT 1")).await.map(drop)
    }

    /// Returns the present usage of the pools.
    pub fn pools(&self) -> Vec<PoolUse> {
        if let Some(pool) = &self.postgres {
            let mut all = PoolUse::of("all", pool);
            all.idle += self.reader.idle();
            return vec![all];
        }
        let reader = PoolUse::of("reader", self.reader.connection().get_sqlite_connection_pool());
        vec![reader, PoolUse::of("writer", self.writer.get_sqlite_connection_pool())]
    }

    /// Closes all connections; on SQLite this merges the write-ahead log into the file. Unresponsive connections are
    /// abandoned after a while.
    pub async fn close(&self) {
        for closed in [within(PATIENCE, self.reader.close()).await, within(PATIENCE, self.writer.close_by_ref()).await]
        {
            if let Err(error) = closed {
                tracing::warn!(%error, "closing the database");
            }
        }
        // Also where a task that is ending still has it.
        if let Some(Err(error)) = self.in_use.as_ref().map(|file| file.unlock()) {
            tracing::warn!(%error, "giving back the lock of the database");
        }
    }

    /// Calls `callback` with every statement sent, for tests that count statements.
    pub fn on_statement(&mut self, callback: impl Fn(&str) + Send + Sync + Clone + 'static) {
        self.reader.on_statement(callback.clone());
        self.writer.set_metric_callback(move |info| callback(&info.statement.sql));
    }
}
