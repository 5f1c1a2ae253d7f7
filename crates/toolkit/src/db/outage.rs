//! Database outages: classification of errors, time limits, and one log line per outage.

use std::{
    fmt::Display,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use sea_orm::{ConnAcquireErr, DbErr, RuntimeErr};
use tokio::time::{Instant, timeout};

/// Time limit of one database answer for background work.
pub const PATIENCE: Duration = Duration::from_secs(5);
/// Delay after which clients should retry.
pub const TRY_AGAIN: Duration = Duration::from_secs(2);
/// Time without errors, with an answering database, after which an outage is over.
const QUIET: Duration = Duration::from_secs(5);

/// Runs `work` on the database with the time limit `limit`. On a timeout it is dropped; its connection is tested before
/// the next use, and closed if it does not answer.
///
/// # Errors
/// The errors of `work`, and that of a connection not available in time.
pub async fn within<T, E: From<DbErr>>(limit: Duration, work: impl Future<Output = Result<T, E>>) -> Result<T, E> {
    let ended = timeout(limit, work).await;
    ended.unwrap_or_else(|_| Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout).into()))
}

/// Returns true if `error` means that the database is unavailable or full, regardless of the statement.
pub fn is_outage(error: &DbErr) -> bool {
    match error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => true,
        DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error)) => is_sqlx_outage(error),
        _ => false,
    }
}

/// Message of the error of an operation that waited too long for other operations of the same user.
const BUSY: &str = "the user's other operations are still reading";

/// Returns the error of an operation that waited too long for other operations of the same user.
pub(super) fn busy_with_others() -> DbErr {
    DbErr::Custom(BUSY.to_owned())
}

/// Returns true for the error of an operation that waited too long for other operations of the same user.
pub fn is_busy_with_others(error: &DbErr) -> bool {
    matches!(error, DbErr::Custom(message) if message == BUSY)
}

fn is_sqlx_outage(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(error) => error.code().is_some_and(|code| is_outage_code(&code)),
        _ => false,
    }
}

/// Returns true if `error` means that the connection is gone, while the database may answer on another one.
pub(super) fn is_cut(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) => true,
        // An administrator, a crash of another connection, or a shutdown ended it.
        sqlx::Error::Database(error) => error.code().is_some_and(|code| code.starts_with("57P0")),
        _ => false,
    }
}

/// Classifies an error code: PostgreSQL codes have five characters (Appendix A of its manual); SQLite codes are numbers
/// whose last byte is the kind (<https://sqlite.org/rescode.html>).
fn is_outage_code(code: &str) -> bool {
    if code.len() == 5 {
        // Connections, resources, a server that stops or starts, errors of its disk, one that only reads.
        let classes = ["08", "53", "58"];
        return classes.contains(&&code[..2]) || ["57P01", "57P02", "57P03", "25006"].contains(&code);
    }
    // BUSY, LOCKED, NOMEM, IOERR, FULL, CANTOPEN.
    code.parse::<u32>().is_ok_and(|code| [5, 6, 7, 10, 13, 14].contains(&(code & 0xff)))
}

/// Returns true if `error` means that a write found no space or memory, or a failing disk; smaller writes may still
/// work.
pub(super) fn is_no_room(error: &DbErr) -> bool {
    let (DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error))) = error else {
        return false;
    };
    error.as_database_error().and_then(|error| error.code()).is_some_and(|code| is_no_room_code(&code))
}

fn is_no_room_code(code: &str) -> bool {
    if code.len() == 5 {
        // The disk is full, there is no memory, the disk fails.
        return ["53100", "53200", "58030"].contains(&code);
    }
    // NOMEM, IOERR, FULL.
    code.parse::<u32>().is_ok_and(|code| [7, 10, 13].contains(&(code & 0xff)))
}

/// Logs an outage of the database once at its start and once at its end.
#[derive(Debug, Default)]
pub struct Outage(Mutex<Option<Instant>>);

impl Outage {
    /// Records a failed use of the database.
    pub fn note(&self, error: &dyn Display) {
        if self.missed_at().replace(Instant::now()).is_none() {
            tracing::warn!(%error, "the database does not answer, or is overloaded; this is said once until it is over");
        }
    }

    /// Records `error` if it is an outage, and returns true in that case, so that callers need not log it.
    pub fn covers(&self, error: &DbErr) -> bool {
        let is_outage = is_outage(error);
        if is_outage {
            self.note(error);
        }
        is_outage
    }

    /// Records an answer of the database.
    pub fn answered(&self) {
        let mut missed_at = self.missed_at();
        if missed_at.is_some_and(|at| at.elapsed() >= QUIET) {
            *missed_at = None;
            drop(missed_at);
            tracing::info!("the database answers again");
        }
    }

    fn missed_at(&self) -> MutexGuard<'_, Option<Instant>> {
        // A point in time is whole even after a panic.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_outages_are_told_from_codes_of_mistakes() {
        for code in ["08006", "53300", "53100", "57P01", "58030", "25006", "5", "13", "266", "778", "14"] {
            assert!(is_outage_code(code), "{code}");
        }
        for code in ["23505", "40001", "42P01", "57014", "19", "2067", "1555", "1", ""] {
            assert!(!is_outage_code(code), "{code}");
        }
    }

    #[test]
    fn codes_of_a_full_disk_are_told_from_others() {
        for code in ["53100", "53200", "58030", "7", "10", "778", "13"] {
            assert!(is_no_room_code(code), "{code}");
        }
        for code in ["53300", "57P01", "23505", "5", "6", "14", "19", ""] {
            assert!(!is_no_room_code(code), "{code}");
        }
    }

    #[tokio::test]
    async fn what_takes_too_long_is_an_outage() {
        let never = std::future::pending::<Result<(), DbErr>>();
        assert!(is_outage(&within(Duration::from_millis(1), never).await.unwrap_err()));
        assert_eq!(within(PATIENCE, async { Ok::<_, DbErr>(7) }).await, Ok(7));
    }
}
