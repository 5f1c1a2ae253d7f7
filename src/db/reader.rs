//! Connections for reading.

use std::{future::Future, ops::Deref, time::Duration};

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, Statement,
};

use super::shares::{Read, Turn, Turns};

/// Time limit of the test of a connection, before use and on return.
pub(super) const TRIAL: Duration = Duration::from_secs(1);

/// The connections for reading. Within an operation each statement waits for its turn (see
/// [`super::Db::in_operation`]).
#[derive(Clone)]
pub struct Reader(pub(super) DatabaseConnection);

impl Reader {
    /// Returns the pool.
    pub fn connection(&self) -> &DatabaseConnection {
        &self.0
    }

    async fn read<T, F>(&self, read: impl FnOnce(DatabaseConnection) -> F) -> Result<T, DbErr>
    where
        F: Future<Output = Result<T, DbErr>> + Send + 'static,
        T: Send,
    {
        let read = read(self.0.clone());
        let Some(turns) = Turns::here() else { return read.await };
        let turn = turns.next().await?;
        Read::new(read, turn, self.lingers()).await
    }

    /// Returns the time for which a connection stays busy after its statement is abandoned.
    fn lingers(&self) -> Option<Duration> {
        (self.0.get_database_backend() == DbBackend::Postgres).then_some(TRIAL)
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Reader {
    fn get_database_backend(&self) -> DbBackend {
        self.0.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.read(|connection| async move { connection.execute_raw(statement).await }).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let sql = sql.to_owned();
        self.read(|connection| async move { connection.execute_unprepared(&sql).await }).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.read(|connection| async move { connection.query_one_raw(statement).await }).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.read(|connection| async move { connection.query_all_raw(statement).await }).await
    }
}

/// A read transaction on one state of the database, which ends when dropped.
pub struct Snapshot {
    tx: DatabaseTransaction,
    _turn: Option<Turn>,
}

impl Snapshot {
    pub(super) fn new(tx: DatabaseTransaction, turn: Option<Turn>) -> Self {
        Self { tx, _turn: turn }
    }

    /// Ends the transaction.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end(self) -> Result<(), DbErr> {
        self.tx.rollback().await
    }
}

impl Deref for Snapshot {
    type Target = DatabaseTransaction;

    fn deref(&self) -> &DatabaseTransaction {
        &self.tx
    }
}
