//! Marker of a process that has a SQLite database open.
//!
//! After a power failure the latest commits may be lost, and a copy of the files made while a process had them open may
//! lack them. Both are detected by the marker of a process that did not end cleanly, in an earlier boot of the machine
//! or on another machine. A killed process loses nothing, since its writes are in the files.

use std::{fs::File, path::Path, sync::Arc};

use sea_orm::{ConnectionTrait, DbErr, Statement};
use uuid::Uuid;

use crate::{ambient::Ambient, db::WriteTx, private_files};

/// Path at which Linux provides an id of the current boot.
const BOOT_ID: &str = "/proc/sys/kernel/random/boot_id";

/// The marker of this process while the database is open.
#[derive(Debug, Clone)]
pub(super) struct Opening {
    id: Uuid,
    /// Lock shared by all processes that have the database open; released when the process ends.
    _lock: Arc<File>,
}

impl Opening {
    /// Writes the marker, and returns true if there are markers from another boot. Markers of killed processes are
    /// removed once no process has the database open.
    pub(super) async fn note(tx: &WriteTx, file: &Path, ambient: &Ambient) -> Result<(Self, bool), DbErr> {
        let (lock, is_alone) = lock(file).map_err(|error| DbErr::Custom(format!("{}: {error}", file.display())))?;
        let boot = std::fs::read_to_string(BOOT_ID).map_or_else(|_| "unknown".to_owned(), |id| id.trim().to_owned());
        let statement = |sql: &str, values: Vec<sea_orm::Value>| {
            Statement::from_sql_and_values(tx.get_database_backend(), sql, values)
        };
        let delete = "DELETE FROM openings WHERE boot <> $1";
        let lost = tx.execute_raw(statement(delete, vec![boot.as_str().into()])).await?.rows_affected() > 0;
        if is_alone {
            tx.execute_raw(statement("DELETE FROM openings", vec![])).await?;
        }
        let id = ambient.uuid();
        let insert = "INSERT INTO openings (id, boot, opened_at) VALUES ($1, $2, $3)";
        tx.execute_raw(statement(insert, vec![id.into(), boot.into(), ambient.now().into()])).await?;
        Ok((Self { id, _lock: Arc::new(lock) }, lost))
    }

    /// Removes the marker at a clean end of the process.
    pub(super) async fn end(&self, tx: &WriteTx) -> Result<(), DbErr> {
        let delete = "DELETE FROM openings WHERE id = $1";
        let statement = Statement::from_sql_and_values(tx.get_database_backend(), delete, [self.id.into()]);
        tx.execute_raw(statement).await.map(drop)
    }
}

/// Takes the lock for processes that have `database` open, and returns true if there are no others. Called in a write
/// transaction, hence by one process at a time.
fn lock(database: &Path) -> std::io::Result<(File, bool)> {
    let mut path = database.to_path_buf().into_os_string();
    path.push(".open");
    let file = private_files::open(Path::new(&path))?;
    let is_alone = file.try_lock().is_ok();
    if is_alone {
        file.unlock()?;
    }
    file.lock_shared()?;
    Ok((file, is_alone))
}
