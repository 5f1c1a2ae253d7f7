//! Connections for reading.

use std::{future::Future, ops::Deref, sync::Arc, time::Duration};

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, Statement,
};

use super::{
    postgres_reads::PostgresReads,
    shares::{Read, Turn, Turns},
    trial::TRIAL,
};

/// A function called with a statement.
type Callback = Arc<dyn Fn(&str) + Send + Sync>;

/// The connections for reading. Within an operation each statement waits for its turn (see
/// [`super::Db::in_operation`]).
#[derive(Clone)]
pub struct Reader {
    connection: DatabaseConnection,
    /// How rows are read on PostgreSQL; `None` on SQLite.
    postgres: Option<Arc<PostgresReads>>,
    /// Called with every statement answered on PostgreSQL, for tests.
    on_statement: Option<Callback>,
}

impl Reader {
    pub(super) fn new(connection: DatabaseConnection, postgres: Option<Arc<PostgresReads>>) -> Self {
        Self { connection, postgres, on_statement: None }
    }

    /// Returns the pool.
    pub fn connection(&self) -> &DatabaseConnection {
        &self.connection
    }

    /// Returns the number of idle connections outside of the pool.
    pub(super) fn idle(&self) -> usize {
        self.postgres.as_ref().map_or(0, |reads| reads.idle())
    }

    /// Lets a transaction that is about to start find a connection in the pool.
    pub(super) fn make_room(&self) {
        if let Some(reads) = &self.postgres {
            reads.make_room();
        }
    }

    /// Closes the connections.
    pub(super) async fn close(&self) -> Result<(), DbErr> {
        if let Some(reads) = &self.postgres {
            reads.close();
        }
        self.connection.close_by_ref().await
    }

    /// Calls `callback` with every statement sent.
    pub(super) fn on_statement(&mut self, callback: impl Fn(&str) + Send + Sync + Clone + 'static) {
        self.on_statement = Some(Arc::new(callback.clone()));
        self.connection.set_metric_callback(move |info| callback(&info.statement.sql));
    }

    async fn rows(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let Some(reads) = self.postgres.clone() else {
            return self.read(|connection| async move { connection.query_all_raw(statement).await }).await;
        };
        let heard = self.on_statement.as_ref().map(|callback| (callback, statement.sql.clone()));
        let rows = self.read(|_| reads.query_all(statement)).await;
        if let Some((callback, sql)) = heard {
            callback(&sql);
        }
        rows
    }

    async fn read<T, F>(&self, read: impl FnOnce(DatabaseConnection) -> F) -> Result<T, DbErr>
    where
        F: Future<Output = Result<T, DbErr>> + Send + 'static,
        T: Send,
    {
        let read = read(self.connection.clone());
        let Some(turns) = Turns::here() else { return read.await };
        let turn = turns.next().await?;
        Read::new(read, turn, self.lingers()).await
    }

    /// Returns the time for which a connection stays busy after its statement is abandoned.
    fn lingers(&self) -> Option<Duration> {
        (self.connection.get_database_backend() == DbBackend::Postgres).then_some(TRIAL)
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Reader {
    fn get_database_backend(&self) -> DbBackend {
        self.connection.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.read(|connection| async move { connection.execute_raw(statement).await }).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let sql = sql.to_owned();
        self.read(|connection| async move { connection.execute_unprepared(&sql).await }).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        if self.postgres.is_some() {
            return Ok(self.rows(statement).await?.into_iter().next());
        }
        self.read(|connection| async move { connection.query_one_raw(statement).await }).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.rows(statement).await
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
