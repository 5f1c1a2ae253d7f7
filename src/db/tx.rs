//! Write transactions.

use std::{ops::Deref, sync::Arc};

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, Statement};

use super::{Signal, Signals};

/// A write transaction: the only way to change the database. What is not committed is rolled back when it is dropped.
pub struct WriteTx {
    tx: DatabaseTransaction,
    signals: Arc<Signals>,
    raised: Vec<Signal>,
    is_postgres: bool,
}

impl WriteTx {
    pub(super) fn new(tx: DatabaseTransaction, signals: Arc<Signals>, is_postgres: bool) -> Self {
        Self { tx, signals, raised: Vec::new(), is_postgres }
    }

    /// Has `signal` raised after the commit.
    pub fn signal(&mut self, signal: Signal) {
        if !self.raised.contains(&signal) {
            self.raised.push(signal);
        }
    }

    /// Waits until no other open transaction holds `key`, and holds it until this one ends. Called before the first
    /// change it makes transactions on the same key commit in the order of their transaction ids, which is the order of
    /// the event log (see [`crate::events`]). SQLite has one writer and needs no lock.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lock(&self, key: &str) -> Result<(), DbErr> {
        if self.is_postgres {
            let sql = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))";
            self.tx.execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, [key.into()])).await?;
        }
        Ok(())
    }

    /// Takes the lock of [`WriteTx::lock`] if nobody holds it, and says whether it did.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn try_lock(&self, key: &str) -> Result<bool, DbErr> {
        if !self.is_postgres {
            return Ok(true);
        }
        let sql = "SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS taken";
        let row = self.tx.query_one_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, [key.into()])).await?;
        row.map_or(Ok(false), |row| row.try_get("", "taken"))
    }

    /// Commits, then wakes those who wait for the change.
    ///
    /// # Errors
    /// When the commit fails; then nothing was changed.
    pub async fn commit(self) -> Result<(), DbErr> {
        self.tx.commit().await?;
        self.signals.raise(&self.raised);
        Ok(())
    }
}

impl Deref for WriteTx {
    type Target = DatabaseTransaction;

    fn deref(&self) -> &Self::Target {
        &self.tx
    }
}
