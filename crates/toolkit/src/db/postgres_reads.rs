//! Reads on PostgreSQL that pass a connection on without returning it to the pool.
//!
//! sqlx tests each connection that returns to its pool, and so does [`super::connect`] with a time limit: two round trips
//! after every statement. After a complete read the connection is known to be idle and to answer, so it is kept for the
//! next read instead. Abandoned and failed reads, transactions, and whatever else uses the pool return their connection
//! to it, where it is tested.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use sea_orm::{ConnAcquireErr, DbErr, QueryResult, RuntimeErr, Statement};
use sea_query_sqlx::SqlxValues;
use sqlx::{AssertSqlSafe, PgPool, Postgres, pool::PoolConnection, postgres::PgRow};
use tokio::{runtime::Handle, time::Instant};

use super::{outage::is_cut, silence::Silence, trial::answers};

/// Idle time after which a PostgreSQL connection is tested before use, since it may have been cut.
pub(super) const TRUSTED_FOR: Duration = Duration::from_secs(1);
/// Time for which a connection stays away from the pool, which closes those that have become old.
const KEPT_FOR: Duration = Duration::from_secs(60);

/// The connections kept for reading, and the pool that they belong to.
pub(super) struct PostgresReads {
    pool: PgPool,
    silence: Arc<Silence>,
    most: usize,
    kept: Mutex<KeptConnections>,
}

#[derive(Default)]
struct KeptConnections {
    /// The one used last comes last.
    idle: Vec<Kept>,
    is_swept: bool,
    is_closed: bool,
}

/// A connection outside of the pool.
struct Kept {
    connection: PoolConnection<Postgres>,
    taken_at: Instant,
    used_at: Instant,
}

impl PostgresReads {
    /// Creates the reads of `pool`, at most half of whose connections are kept.
    pub(super) fn new(pool: PgPool, silence: Arc<Silence>) -> Arc<Self> {
        let most = usize::try_from(pool.options().get_max_connections() / 2).unwrap_or(usize::MAX);
        Arc::new(Self { pool, silence, most, kept: Mutex::default() })
    }

    /// Returns the rows of `statement`. A read whose connection was cut or went silent is repeated once, on a connection that
    /// answers.
    ///
    /// # Errors
    /// If no connection is available, or the statement fails.
    pub(super) async fn query_all(self: Arc<Self>, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let first = self.take().await?;
        let rows = match self.silence.unless_silent(self.read(first, &statement)).await {
            Err(error) if is_cut(&error) => {
                self.give_back_all();
                let tested = self.take_tested().await?;
                self.read(tested, &statement).await
            }
            rows => rows,
        };
        let rows = rows.map_err(|error| DbErr::Query(RuntimeErr::SqlxError(error.into())))?;
        Ok(rows.into_iter().map(QueryResult::from).collect())
    }

    /// Returns one connection to the pool if it has no other one, for a transaction that is about to take it.
    pub(super) fn make_room(&self) {
        if self.pool_is_exhausted() {
            let oldest = {
                let mut kept = self.kept();
                (!kept.idle.is_empty()).then(|| kept.idle.remove(0))
            };
            drop(oldest);
        }
    }

    /// Returns the number of idle connections outside of the pool.
    pub(super) fn idle(&self) -> usize {
        self.kept().idle.len()
    }

    /// Returns all connections to the pool, now and from now on.
    pub(super) fn close(&self) {
        self.kept().is_closed = true;
        self.give_back_all();
    }

    async fn read(self: &Arc<Self>, mut kept: Kept, statement: &Statement) -> Result<Vec<PgRow>, sqlx::Error> {
        let rows = query(statement).fetch_all(&mut *kept.connection).await?;
        self.keep(kept);
        Ok(rows)
    }

    async fn take(&self) -> Result<Kept, DbErr> {
        let last = self.kept().idle.pop();
        if let Some(kept) = last {
            if kept.used_at.elapsed() < TRUSTED_FOR {
                return Ok(kept);
            }
            // The others are older.
            self.give_back_all();
        }
        Ok(Kept::new(self.pool.acquire().await.map_err(acquire_error)?))
    }

    /// Takes a connection that answers, after others were found cut.
    async fn take_tested(&self) -> Result<Kept, DbErr> {
        for _ in 0..self.pool.options().get_max_connections() {
            let mut connection = self.pool.acquire().await.map_err(acquire_error)?;
            match self.silence.noting(answers(&mut connection)).await {
                Ok(()) => return Ok(Kept::new(connection)),
                Err(sqlx::Error::PoolTimedOut) => break,
                // The pool finds it cut, too, and closes it.
                Err(_) => drop(connection),
            }
        }
        Err(acquire_error(sqlx::Error::PoolTimedOut))
    }

    fn keep(self: &Arc<Self>, mut kept: Kept) {
        // Whoever waits for the pool goes before later reads.
        let may_stay = kept.taken_at.elapsed() < KEPT_FOR && !self.pool_is_exhausted();
        let refused = {
            let mut all = self.kept();
            if may_stay && !all.is_closed && all.idle.len() < self.most {
                kept.used_at = Instant::now();
                all.idle.push(kept);
                if !std::mem::replace(&mut all.is_swept, true) {
                    self.sweep();
                }
                None
            } else {
                Some(kept)
            }
        };
        drop(refused);
    }

    /// Returns unused connections to the pool as long as there are any, in the background.
    fn sweep(self: &Arc<Self>) {
        let reads = Arc::downgrade(self);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(TRUSTED_FOR).await;
                let Some(reads) = reads.upgrade() else { return };
                let (unused, is_over) = {
                    let mut kept = reads.kept();
                    let unused: Vec<_> =
                        kept.idle.extract_if(.., |kept| kept.used_at.elapsed() >= TRUSTED_FOR).collect();
                    kept.is_swept = !kept.idle.is_empty();
                    (unused, !kept.is_swept)
                };
                drop(unused);
                if is_over {
                    return;
                }
            }
        });
    }

    fn pool_is_exhausted(&self) -> bool {
        self.pool.num_idle() == 0 && self.pool.size() >= self.pool.options().get_max_connections()
    }

    fn give_back_all(&self) {
        let all = std::mem::take(&mut self.kept().idle);
        drop(all);
    }

    fn kept(&self) -> MutexGuard<'_, KeptConnections> {
        // The list is whole after any panic.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for PostgresReads {
    fn drop(&mut self) {
        // A connection returns to the pool by a task, so without a runtime it is only closed.
        if Handle::try_current().is_err() {
            for kept in std::mem::take(&mut self.kept().idle) {
                drop(kept.connection.leak());
            }
        }
    }
}

impl Kept {
    fn new(connection: PoolConnection<Postgres>) -> Self {
        let now = Instant::now();
        Self { connection, taken_at: now, used_at: now }
    }
}

/// Returns the query of a statement, as SeaORM makes it.
fn query(statement: &Statement) -> sqlx::query::Query<'_, Postgres, SqlxValues> {
    let values = statement.values.clone().unwrap_or(sea_orm::Values(Vec::new()));
    sqlx::query_with(AssertSqlSafe(statement.sql.as_str()), SqlxValues(values))
}

/// Returns the error of a connection that cannot be had, as SeaORM tells it.
fn acquire_error(error: sqlx::Error) -> DbErr {
    match error {
        sqlx::Error::PoolTimedOut => DbErr::ConnectionAcquire(ConnAcquireErr::Timeout),
        sqlx::Error::PoolClosed => DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed),
        error => DbErr::Conn(RuntimeErr::SqlxError(error.into())),
    }
}
