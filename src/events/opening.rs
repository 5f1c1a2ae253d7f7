//! The mark of a process that has a SQLite database open.
//!
//! After a power cut the last commits may be gone, and a copy of the files taken while a process had them open may lack
//! them: both are seen by the mark of a process that did not end cleanly, in an earlier boot of the machine or on another
//! machine. A process that was killed lost nothing: what it wrote is in the files.

use std::{fs::File, path::Path, sync::Arc};

use sea_orm::{ConnectionTrait, DbErr, Statement};
use uuid::Uuid;

use crate::{ambient::Ambient, db::WriteTx, private_files};

/// Where Linux tells a number that is another one after each boot.
const BOOT_ID: &str = "/proc/sys/kernel/random/boot_id";

/// The mark of this process, as long as the database is open.
#[derive(Debug, Clone)]
pub(super) struct Opening {
    id: Uuid,
    /// Locked by all processes that have the database open; the lock ends with the process.
    _lock: Arc<File>,
}

impl Opening {
    /// Leaves a mark, and says whether others were left in another boot. Marks of processes that were killed are removed when
    /// no process has the database open.
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

    /// Removes the mark: the process ends cleanly.
    pub(super) async fn end(&self, tx: &WriteTx) -> Result<(), DbErr> {
        let delete = "DELETE FROM openings WHERE id = $1";
        let statement = Statement::from_sql_and_values(tx.get_database_backend(), delete, [self.id.into()]);
        tx.execute_raw(statement).await.map(drop)
    }
}

/// The lock of those who have `database` open, and whether there are no others. Called in a write transaction, so by one
/// process at a time.
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
