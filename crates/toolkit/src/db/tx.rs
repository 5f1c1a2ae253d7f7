//! Write transactions.

use std::{
    ops::Deref,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, Statement};

use super::{Signal, Signals, shares::Turn, writer::Writer};

/// A write transaction: the only way to change the database. Rolled back when dropped without commit.
pub struct WriteTx {
    tx: CheckedTx,
    signals: Arc<Signals>,
    raised: Vec<Signal>,
    /// The keys of [`WriteTx::lock`] that it holds.
    held: Mutex<Vec<String>>,
    is_postgres: bool,
    _turn: Option<Turn>,
}

impl WriteTx {
    pub(super) fn new(tx: DatabaseTransaction, writer: Arc<Writer>, signals: Arc<Signals>, turn: Option<Turn>) -> Self {
        let is_postgres = tx.get_database_backend() == DbBackend::Postgres;
        let tx = CheckedTx { tx, writer, has_failed: AtomicBool::new(false) };
        Self { tx, signals, raised: Vec::new(), held: Mutex::default(), is_postgres, _turn: turn }
    }

    /// Raises `signal` after the commit.
    pub fn signal(&mut self, signal: Signal) {
        if !self.raised.contains(&signal) {
            self.raised.push(signal);
        }
    }

    /// Locks `key` until the end of this transaction, waiting for other holders. If locked before the first change,
    /// transactions on the same key commit in the order of their transaction ids, which is the order of the event log
    /// (see [`crate::events`]). SQLite has a single writer and needs no lock.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lock(&self, key: &str) -> Result<(), DbErr> {
        if self.is_postgres {
            let sql = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))";
            self.tx.execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, [key.into()])).await?;
        }
        self.hold(key);
        Ok(())
    }

    /// Marks `key` as held: nobody else can use it, because its object is created in this transaction.
    pub fn hold(&self, key: &str) {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).push(key.to_owned());
    }

    /// Returns true if the transaction holds `key`.
    pub fn holds(&self, key: &str) -> bool {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).iter().any(|held| held == key)
    }

    /// Takes the lock of [`WriteTx::lock`] if it is free, and returns true on success.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn try_lock(&self, key: &str) -> Result<bool, DbErr> {
        if self.is_postgres {
            let sql = "SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS taken";
            let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, [key.into()]);
            let row = self.tx.query_one_raw(statement).await?;
            if !row.map_or(Ok(false), |row| row.try_get("", "taken"))? {
                return Ok(false);
            }
        }
        self.hold(key);
        Ok(true)
    }

    /// Commits and wakes the waiters.
    ///
    /// # Errors
    /// If the commit or a previous statement failed; then nothing was changed.
    pub async fn commit(self) -> Result<(), DbErr> {
        let Self { tx, signals, raised, .. } = self;
        tx.check()?;
        let CheckedTx { tx, writer, .. } = tx;
        match tx.commit().await {
            Ok(()) => writer.committed(),
            Err(error) => {
                writer.note(&error);
                writer.failed();
                return Err(error);
            }
        }
        signals.raise(&raised);
        Ok(())
    }
}

impl Deref for WriteTx {
    type Target = CheckedTx;

    fn deref(&self) -> &Self::Target {
        &self.tx
    }
}

/// A transaction that ends with its first failed statement: it executes no other statement and cannot be committed.
///
/// After some errors (no space, no memory, a failed write) SQLite rolls the transaction back by itself, and would
/// execute the following statements outside of it. PostgreSQL then answers COMMIT with a rollback, which sqlx takes for
/// success.
pub struct CheckedTx {
    tx: DatabaseTransaction,
    writer: Arc<Writer>,
    has_failed: AtomicBool,
}

impl CheckedTx {
    fn check(&self) -> Result<(), DbErr> {
        match self.has_failed.load(Ordering::Acquire) {
            true => Err(DbErr::Custom("an earlier statement of this transaction failed".to_owned())),
            false => Ok(()),
        }
    }

    async fn run<T>(&self, statement: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
        self.check()?;
        let mut failure = FailsUnlessDone { has_failed: &self.has_failed, is_done: false };
        let result = statement.await;
        failure.is_done = result.is_ok();
        result.inspect_err(|error| self.writer.note(error))
    }
}

/// Also records a statement that is abandoned before its end.
struct FailsUnlessDone<'a> {
    has_failed: &'a AtomicBool,
    is_done: bool,
}

impl Drop for FailsUnlessDone<'_> {
    fn drop(&mut self) {
        if !self.is_done {
            self.has_failed.store(true, Ordering::Release);
        }
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for CheckedTx {
    fn get_database_backend(&self) -> DbBackend {
        self.tx.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.run(self.tx.execute_raw(statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.run(self.tx.execute_unprepared(sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.run(self.tx.query_one_raw(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.run(self.tx.query_all_raw(statement)).await
    }
}
