//! `rapport migrate`.

use std::path::Path;

use anyhow::Context;
use clap::Subcommand;
use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, TransactionTrait};

use super::print::print;
use crate::{
    ambient::Ambient,
    config::{Config, DatabaseConfig, DatabaseUrl},
    db::{self, AloneOn, Db},
    domains::{
        identity::{Ended, count_good_api_keys, end_all_sessions, revoke_all_api_keys},
        system::fold_after_migrating,
    },
    events::EventLog,
    private_files,
};

/// An action on the database's tables.
#[derive(Debug, Clone, Copy, Subcommand)]
pub(super) enum Action {
    /// Bring the tables up to date
    Up,
    /// Take the last migration back, with the data of its tables
    Down {
        /// Yes, delete what only this migration can hold
        #[arg(long)]
        yes: bool,
    },
    /// List the migrations and which are applied
    Status,
    /// Drop everything and begin anew
    Fresh {
        /// Yes, delete all data
        #[arg(long)]
        yes: bool,
    },
    /// Begin a new history of events; needed after a backup was restored, before a server is started on it
    NewEpoch {
        /// End all sessions and take back all invitations too: those that were ended or used after the backup was made would
        /// be good again
        #[arg(long)]
        end_sessions: bool,
        /// Revoke all API keys too: those that were revoked after the backup was made would be good again
        #[arg(long)]
        revoke_api_keys: bool,
    },
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
        Action::Down { yes: false } => anyhow::bail!(
            "This deletes the contents of the tables and columns of the last migration. Run `rapport migrate down --yes` to \
             confirm."
        ),
        Action::Down { yes: true } => {
            check_is_not_newer(&db).await?;
            let _alone = AloneOn::new(&config.database, &db).await?;
            Migrator::down(db.owner(), Some(1)).await?;
        }
        Action::Status => return status(&db).await,
        Action::Fresh { yes: false } => {
            anyhow::bail!("This deletes all data. Run `rapport migrate fresh --yes` to confirm.")
        }
        Action::Fresh { yes: true } => {
            let _alone = AloneOn::new(&config.database, &db).await?;
            fresh(&db).await?;
        }
        Action::NewEpoch { end_sessions, revoke_api_keys } => {
            let _alone = AloneOn::new(&config.database, &db).await?;
            // The backup may be of an older release.
            migrate_up(&config.database).await?;
            new_epoch(&db, end_sessions, revoke_api_keys).await?;
        }
    }
    print("Done.");
    db.close().await;
    Ok(())
}

/// Drops and recreates all tables in one transaction.
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

/// Begins a new event history, and lists the credentials of a restored backup that are valid again.
async fn new_epoch(db: &Db, end_sessions: bool, revoke_api_keys: bool) -> anyhow::Result<()> {
    let ambient = Ambient::system();
    let events = EventLog::open(db, &ambient).await?;
    events.begin_new_epoch(&ambient).await?;
    events.close().await?;
    if end_sessions {
        let Ended { sessions, invitations } = end_all_sessions(db, &ambient).await?;
        print(&format!("Sessions ended: {sessions}; all users sign in again. Invitations taken back: {invitations}."));
    } else {
        print("Sessions that were ended after the backup are open again: with --end-sessions this command ends all.");
    }
    if revoke_api_keys {
        let revoked = revoke_all_api_keys(db, &ambient).await?;
        print(&format!("API keys revoked: {revoked}; their owners make new ones."));
        return Ok(());
    }
    match count_good_api_keys(db, &ambient).await? {
        0 => {}
        good => print(&format!(
            "API keys that are good: {good}, also those that were revoked after the backup. Revoke these again by \
             `revokeApiKey`, or all by running this command with --revoke-api-keys."
        )),
    }
    Ok(())
}

async fn status(db: &Db) -> anyhow::Result<()> {
    for migration in Migrator::get_migration_with_status(db.owner()).await? {
        print(&format!("{:<10} {}", migration.status().to_string(), migration.name()));
    }
    Ok(())
}

/// Migrates the tables. Server processes that start together migrate one after the other.
///
/// # Errors
/// With a message for the person who starts the program.
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
    let result = up(db).await;
    guard.close().await?;
    result
}

async fn up_on_sqlite(db: &Db, path: &Path) -> anyhow::Result<()> {
    let mut lock_path = path.to_path_buf().into_os_string();
    lock_path.push(".lock");
    let lock_path = Path::new(&lock_path);
    let lock = private_files::open(lock_path);
    let lock = lock.with_context(|| format!("The file {} cannot be opened", lock_path.display()))?;
    let lock = tokio::task::spawn_blocking(move || lock.lock().map(|()| lock)).await??;
    let result = up(db).await;
    drop(lock);
    result
}

async fn up(db: &Db) -> anyhow::Result<()> {
    check_is_not_newer(db).await?;
    let before = Migrator::get_migration_models(db.owner()).await?.len();
    Migrator::up(db.owner(), None).await?;
    // Columns are added empty, so that no table is locked for long. A new database has no rows.
    if before > 0 && before < Migrator::migrations().len() {
        fold_after_migrating(db, &Ambient::system()).await?;
    }
    Ok(())
}

/// Returns an error if the database has migrations that this release does not know.
async fn check_is_not_newer(db: &Db) -> anyhow::Result<()> {
    let known: Vec<_> = Migrator::migrations().iter().map(|migration| migration.name().to_owned()).collect();
    let applied = Migrator::get_migration_models(db.owner()).await?;
    match applied.iter().find(|applied| !known.contains(&applied.version)) {
        Some(newer) => anyhow::bail!(
            "The database belongs to a newer release of Rapport: it has the migration {}, which this release does not know. \
             Start the newer release, or restore a backup made before it.",
            newer.version
        ),
        None => Ok(()),
    }
}
