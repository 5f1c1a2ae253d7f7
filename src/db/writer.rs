//! The state of the connections that write.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use sea_orm::{ConnectionTrait, DbErr, Statement};
use tokio::time::{Instant, timeout};

use super::Db;

/// A commit so recent shows that the database takes writes.
const RECENT: Duration = Duration::from_secs(1);
/// The time a trial write may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// The outcome of the last transactions of this process.
#[derive(Debug, Default)]
pub(super) struct Writer {
    /// SQLite's writing connection must be closed: its last transaction could not be ended.
    is_spoilt: AtomicBool,
    commits: AtomicU64,
    /// When the last commit was, if nothing has failed since.
    committed_at: Mutex<Option<Instant>>,
}

impl Writer {
    /// Notes a commit.
    pub(super) fn committed(&self) {
        self.commits.fetch_add(1, Ordering::Relaxed);
        self.remember(Some(Instant::now()));
    }

    /// Notes a `BEGIN` or `COMMIT` that failed: the connection is not used again.
    pub(super) fn failed(&self) {
        self.is_spoilt.store(true, Ordering::Release);
        self.remember(None);
    }

    /// Returns whether the connection must be closed, and forgets it.
    pub(super) fn take_spoilt(&self) -> bool {
        self.is_spoilt.swap(false, Ordering::AcqRel)
    }

    fn has_just_committed(&self) -> bool {
        self.last().is_some_and(|at| at.elapsed() < RECENT)
    }

    fn last(&self) -> Option<Instant> {
        *self.committed_at.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn remember(&self, at: Option<Instant>) {
        *self.committed_at.lock().unwrap_or_else(PoisonError::into_inner) = at;
    }
}

impl Db {
    /// Checks that the database takes writes: on SQLite by a small one, unless there was a commit within the last second;
    /// on PostgreSQL it asks whether this is a standby. Takes two seconds at most.
    ///
    /// # Errors
    /// When the write fails, or takes too long while no other ends either.
    pub async fn check_writer(&self) -> Result<(), DbErr> {
        if self.writing.has_just_committed() {
            return Ok(());
        }
        let commits = self.writing.commits.load(Ordering::Relaxed);
        match timeout(PATIENCE, self.try_writing()).await {
            Ok(result) => result,
            // Others write, and this one waits for its turn.
            Err(_) if self.writing.commits.load(Ordering::Relaxed) > commits => Ok(()),
            Err(_) => Err(DbErr::Custom(format!("no write ended within {} s", PATIENCE.as_secs()))),
        }
    }

    async fn try_writing(&self) -> Result<(), DbErr> {
        let statement = |sql: &str| Statement::from_string(self.backend(), sql);
        if self.is_postgres() {
            let sql = "SELECT current_setting('transaction_read_only') AS read_only";
            let row = self.writer.query_one_raw(statement(sql)).await?;
            let read_only = row.map_or(Ok(String::new()), |row| row.try_get::<String>("", "read_only"))?;
            return match read_only.as_str() {
                "on" => Err(DbErr::Custom("the server is a standby, or set to be read only".to_owned())),
                _ => Ok(()),
            };
        }
        // A number in the head of the file that applications may use as they like, written as it is.
        let tx = self.begin().await?;
        let row = tx.query_one_raw(statement("PRAGMA user_version")).await?;
        let version = row.map_or(Ok(0), |row| row.try_get_by_index::<i32>(0))?;
        tx.execute_unprepared(&format!("PRAGMA user_version = {version}")).await?;
        tx.commit().await
    }
}
