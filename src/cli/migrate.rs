//! `rapport migrate`.

use std::path::Path;

use anyhow::Context;
use clap::Subcommand;
use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, TransactionTrait};

use super::print;
use crate::{
    ambient::Ambient,
    config::{Config, DatabaseConfig, DatabaseUrl},
    db::{self, Db},
    events::EventLog,
    private_files,
};

/// What to do with the tables.
#[derive(Debug, Clone, Copy, Subcommand)]
pub(super) enum Action {
    /// Bring the tables up to date
    Up,
    /// Take the last migration back, with the data of its tables
    Down,
    /// List the migrations and which are applied
    Status,
    /// Drop everything and begin anew
    Fresh {
        /// Yes, delete all data
        #[arg(long)]
        yes: bool,
    },
    /// Begin a new history of events; needed after a backup was restored, before a server is started on it
    NewEpoch,
}

pub(super) async fn run(config: Config, action: Action) -> anyhow::Result<()> {
    if matches!(action, Action::Up) {
        migrate_up(&config.database).await?;
        print("Done.");
        return Ok(());
    }
    let db = db::connect_patiently(&config.database).await?;
    match action {
        Action::Up => {}
        Action::Down => Migrator::down(db.owner(), Some(1)).await?,
        Action::Status => return status(&db).await,
        Action::Fresh { yes: false } => {
            anyhow::bail!("This deletes all data. Say `rapport migrate fresh --yes` if you mean it.")
        }
        Action::Fresh { yes: true } => fresh(&db).await?,
        Action::NewEpoch => {
            let ambient = Ambient::system();
            let events = EventLog::open(&db, &ambient).await?;
            events.begin_new_epoch(&ambient).await?;
            events.close().await?;
        }
    }
    print("Done.");
    db.close().await;
    Ok(())
}

/// Drops everything and makes the tables anew, as a whole or not at all.
async fn fresh(db: &Db) -> anyhow::Result<()> {
    let owner = db.owner();
    if !db.is_postgres() {
        // Tables go in any order. Inside the transaction this would do nothing.
        owner.execute_unprepared("PRAGMA foreign_keys = OFF").await?;
    }
    let tx = owner.begin().await?;
    Migrator::fresh(&tx).await?;
    Ok(tx.commit().await?)
}

async fn status(db: &Db) -> anyhow::Result<()> {
    for migration in Migrator::get_migration_with_status(db.owner()).await? {
        print(&format!("{:<10} {}", migration.status().to_string(), migration.name()));
    }
    Ok(())
}

/// Brings the tables up to date. Copies of the server that start together do it one after the other.
///
/// # Errors
/// With a sentence for the person who starts the program.
pub async fn migrate_up(config: &DatabaseConfig) -> anyhow::Result<()> {
    let problem = "The tables cannot be brought up to date";
    let db = db::connect_patiently(config).await?;
    let result = match &config.url {
        DatabaseUrl::Postgres(_) => up_on_postgres(&db).await,
        DatabaseUrl::Sqlite(path) => up_on_sqlite(&db, path).await,
    };
    db.close().await;
    result.context(problem)
}

async fn up_on_postgres(db: &Db) -> anyhow::Result<()> {
    let Some(pool) = db.postgres() else { anyhow::bail!("the database is of another kind") };
    // A session lock on a connection of its own: the migrations run on another one. Closing it gives the lock back.
    let mut guard = pool.acquire().await?;
    sqlx::query("SELECT pg_advisory_lock(hashtextextended('rapport migrations', 0))").execute(&mut *guard).await?;
    let result = Migrator::up(db.owner(), None).await;
    guard.close().await?;
    Ok(result?)
}

async fn up_on_sqlite(db: &Db, path: &Path) -> anyhow::Result<()> {
    let mut lock_path = path.to_path_buf().into_os_string();
    lock_path.push(".lock");
    let lock = private_files::open(Path::new(&lock_path))?;
    let lock = tokio::task::spawn_blocking(move || lock.lock().map(|()| lock)).await??;
    let result = Migrator::up(db.owner(), None).await;
    drop(lock);
    Ok(result?)
}
