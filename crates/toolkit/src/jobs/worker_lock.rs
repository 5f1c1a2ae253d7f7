//! A lock that a worker holds while its process lives: an advisory lock of a session on PostgreSQL, a locked file
//! beside the database on SQLite. The system releases it when the process ends for any reason. A worker that finds it
//! free takes over the jobs at once, instead of when the leases expire.
//!
//! A worker that hangs keeps its lock; then the leases decide. A worker whose connection is cut may be taken for dead:
//! its jobs continue elsewhere, and its own writes for them are rejected, as after a lost lease.

use std::{
    fs::{File, TryLockError},
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use sea_orm::{DbErr, RuntimeErr, Statement};
use tokio::{
    sync::watch,
    time::{MissedTickBehavior, interval, sleep},
};
use uuid::Uuid;

use crate::{
    ambient::Ambient,
    config::DatabaseUrl,
    db::{Db, Listener, timely},
    private_files,
};

/// Interval of tests of the connection that holds the lock.
const LOOK: Duration = Duration::from_secs(2);
/// Delay before a lost lock is requested again.
const AGAIN: Duration = Duration::from_millis(100);

/// The lock of a worker, and the view of other workers' locks.
pub struct WorkerLock {
    id: Uuid,
    db: Db,
    /// Prefix of the lock files; `None` on PostgreSQL.
    files: Option<PathBuf>,
    /// The locked file; `None` on PostgreSQL.
    _file: Option<File>,
    is_held: watch::Sender<bool>,
}

impl std::fmt::Debug for WorkerLock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WorkerLock").field("id", &self.id).finish_non_exhaustive()
    }
}

impl WorkerLock {
    /// Creates the lock of a new worker of the database `db` at `url`. On SQLite it is held from here on, on PostgreSQL
    /// by [`WorkerLock::keep`].
    ///
    /// # Errors
    /// If the lock file cannot be created.
    pub fn new(url: &DatabaseUrl, db: &Db, ambient: &Ambient) -> io::Result<Self> {
        let id = ambient.uuid();
        let (files, file) = match url {
            DatabaseUrl::Sqlite(path) => (Some(path.clone()), Some(lock_file(path, id)?)),
            DatabaseUrl::Postgres(_) => (None, None),
        };
        let is_held = watch::Sender::new(file.is_some());
        Ok(Self { id, db: db.clone(), files, _file: file, is_held })
    }

    /// Returns the id of the worker.
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// Returns true if the lock is held.
    pub(super) fn is_held_now(&self) -> bool {
        *self.is_held.borrow()
    }

    /// Waits until the lock is held.
    pub(super) async fn is_held(&self) {
        // The sender lives as long as this does.
        let _ = self.is_held.subscribe().wait_for(|is_held| *is_held).await.map(drop);
    }

    /// Keeps the lock until dropped.
    pub(super) async fn keep(self: std::sync::Arc<Self>) {
        let Some(pool) = self.db.postgres() else { return std::future::pending().await };
        loop {
            if let Err(error) = self.hold(pool).await {
                self.is_held.send_replace(false);
                let error = DbErr::Conn(RuntimeErr::SqlxError(error.into()));
                self.db.outage().note(&error);
            }
            sleep(AGAIN).await;
        }
    }

    /// Holds the lock on a separate connection until that is lost.
    async fn hold(&self, pool: &sqlx::PgPool) -> Result<(), sqlx::Error> {
        let mut connection = Listener::connect(pool).await?;
        connection.get()?.eager_reconnect(false);
        let mut looks = interval(LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                // Nobody sends anything here: it ends when the connection does.
                heard = connection.get()?.try_recv() => if heard?.is_none() {
                    return Err(sqlx::Error::PoolClosed);
                },
                _ = looks.tick() => {
                    // Asked for again while a session of ours holds it that PostgreSQL does not know to be lost.
                    let sql = if self.is_held_now() { "SELECT TRUE OR $1 = ''" } else { TAKE };
                    let taken = sqlx::query_scalar(sql).bind(name(self.id)).fetch_one(connection.get()?);
                    self.is_held.send_replace(timely(taken).await?);
                }
            }
        }
    }

    /// Returns true if the process of another worker has ended.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn is_dead(&self, worker: Uuid) -> Result<bool, DbErr> {
        match &self.files {
            Some(path) => Ok(is_free(&file_of(path, worker))),
            None => {
                let statement = Statement::from_sql_and_values(self.db.backend(), IS_FREE, [name(worker).into()]);
                let rows = self.db.write_alone(statement).await?;
                rows.first().map_or(Ok(false), |row| row.try_get("", "is_free"))
            }
        }
    }
}

impl Drop for WorkerLock {
    fn drop(&mut self) {
        if let Some(path) = &self.files {
            // One that is left is removed by the next worker that starts.
            let _ = std::fs::remove_file(file_of(path, self.id));
        }
    }
}

const TAKE: &str = "SELECT pg_try_advisory_lock(hashtextextended($1, 0))";
/// Statement that tests a lock, but not in the first seconds of a PostgreSQL server, since workers that lost their
/// sessions with it are about to return.
const IS_FREE: &str = "SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) \
                       AND pg_postmaster_start_time() < clock_timestamp() - interval '10 seconds' AS is_free";

fn name(worker: Uuid) -> String {
    format!("worker {worker}")
}

fn file_of(database: &Path, worker: Uuid) -> PathBuf {
    let mut path = database.to_path_buf().into_os_string();
    path.push(format!(".worker-{}", worker.simple()));
    path.into()
}

/// Creates and locks the file of a worker, and removes those of dead workers. Processes are serialized, because a new
/// file that is not yet locked looks like that of a dead worker.
fn lock_file(database: &Path, id: Uuid) -> io::Result<File> {
    let mut guard = database.to_path_buf().into_os_string();
    guard.push(".lock");
    let guard = private_files::open(Path::new(&guard))?;
    guard.lock()?;
    let folder = database.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let prefix = format!("{}.worker-", database.file_name().unwrap_or_default().to_string_lossy());
    for entry in folder.read_dir()?.flatten() {
        if entry.file_name().to_string_lossy().starts_with(&prefix) && is_free(&entry.path()) {
            let _ = std::fs::remove_file(entry.path());
        }
    }
    let file = private_files::open(&file_of(database, id))?;
    file.lock()?;
    Ok(file)
}

/// Returns true if the lock file is unlocked or missing.
fn is_free(path: &Path) -> bool {
    match File::open(path) {
        Ok(file) => match file.try_lock_shared() {
            Ok(()) => true,
            Err(TryLockError::WouldBlock | TryLockError::Error(_)) => false,
        },
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    }
}
