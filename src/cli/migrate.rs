//! `rapport migrate`.

use anyhow::Context;
use clap::Subcommand;
use migration::{Migrator, MigratorTrait};

use super::print;
use crate::{
    ambient::Ambient,
    config::{Config, DatabaseUrl},
    db::{self, Db},
    events::EventLog,
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
    /// Begin a new history of events; needed after a backup was restored
    NewEpoch,
}

pub(super) async fn run(config: Config, action: Action) -> anyhow::Result<()> {
    let db = db::connect(&config.database).await?;
    match action {
        Action::Up => migrate_up(&db, &config.database.url).await?,
        Action::Down => Migrator::down(db.owner(), Some(1)).await?,
        Action::Status => return status(&db).await,
        Action::Fresh { yes: false } => {
            anyhow::bail!("This deletes all data. Say `rapport migrate fresh --yes` if you mean it.")
        }
        Action::Fresh { yes: true } => Migrator::fresh(db.owner()).await?,
        Action::NewEpoch => {
            let ambient = Ambient::system();
            EventLog::open(&db, &ambient).await?.begin_new_epoch(&ambient).await?;
        }
    }
    print("Done.");
    db.close().await;
    Ok(())
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
pub async fn migrate_up(db: &Db, url: &DatabaseUrl) -> anyhow::Result<()> {
    let problem = "The tables cannot be brought up to date";
    if let Some(pool) = db.postgres() {
        // A session lock on a connection of its own: the migrations run on another one.
        let mut guard = pool.acquire().await.context(problem)?;
        sqlx::query("SELECT pg_advisory_lock(hashtextextended('rapport migrations', 0))").execute(&mut *guard).await?;
        let result = Migrator::up(db.owner(), None).await.context(problem);
        sqlx::query("SELECT pg_advisory_unlock(hashtextextended('rapport migrations', 0))")
            .execute(&mut *guard)
            .await?;
        return result;
    }
    let DatabaseUrl::Sqlite(path) = url else { anyhow::bail!("{problem}: the database is of another kind") };
    let mut lock_path = path.clone().into_os_string();
    lock_path.push(".lock");
    let lock = std::fs::File::create(&lock_path).context(problem)?;
    let lock = tokio::task::spawn_blocking(move || lock.lock().map(|()| lock)).await?.context(problem)?;
    let result = Migrator::up(db.owner(), None).await.context(problem);
    drop(lock);
    result
}
