//! Transactions on PostgreSQL whose `BEGIN` was abandoned.
//!
//! sqlx 0.9.0 does not know of such a transaction (launchbadge/sqlx#4393): its connection would return to the pool with the
//! transaction open, if the server answers while the connection is tested.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use sqlx::PgConnection;
use tokio::time::{Instant, timeout};

use super::trial::{TRIAL, answers};

/// Time after an abandoned `BEGIN` in which released connections are brought out of a transaction. The connection with it is
/// released at once.
const DOUBT: Duration = Duration::from_secs(60);

/// The last time at which a `BEGIN` was abandoned. Connections cannot be told apart, so until [`DOUBT`] has passed all are
/// treated alike.
#[derive(Debug, Default)]
pub(super) struct AbandonedBegins(Mutex<Option<Instant>>);

impl AbandonedBegins {
    /// Runs `begin`, and notes if it is dropped before its end.
    pub(super) async fn noting<F: Future + Unpin>(&self, mut begin: F) -> F::Output {
        // Dropped before `begin`, which releases the connection.
        let mut note = NoteUnlessAnswered { begins: self, is_answered: false };
        let begun = (&mut begin).await;
        note.is_answered = true;
        begun
    }

    /// Returns an error unless a released connection answers soon, and is in no transaction then.
    pub(super) async fn answers_outside_of_transactions(
        &self,
        connection: &mut PgConnection,
    ) -> Result<(), sqlx::Error> {
        let is_doubtful = self.last().is_some_and(|at| at.elapsed() < DOUBT);
        if !is_doubtful {
            return answers(connection).await;
        }
        // `ROLLBACK` alone is answered with a warning where there is no transaction, which is nearly always.
        let ended = timeout(TRIAL, sqlx::raw_sql("BEGIN; ROLLBACK").execute(connection)).await;
        ended.unwrap_or(Err(sqlx::Error::PoolTimedOut)).map(drop)
    }

    fn last(&self) -> MutexGuard<'_, Option<Instant>> {
        // A point in time is whole even after a panic.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Notes an abandoned `BEGIN` when dropped.
struct NoteUnlessAnswered<'a> {
    begins: &'a AbandonedBegins,
    is_answered: bool,
}

impl Drop for NoteUnlessAnswered<'_> {
    fn drop(&mut self) {
        if !self.is_answered {
            *self.begins.last() = Some(Instant::now());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use futures_util::poll;

    use super::*;

    /// Reports whether the note was there when it was dropped.
    struct Begin<'a>(&'a AbandonedBegins, &'a Mutex<Option<bool>>);

    impl Future for Begin<'_> {
        type Output = ();

        fn poll(self: std::pin::Pin<&mut Self>, _: &mut std::task::Context<'_>) -> std::task::Poll<()> {
            std::task::Poll::Pending
        }
    }

    impl Drop for Begin<'_> {
        fn drop(&mut self) {
            *self.1.lock().unwrap() = Some(self.0.last().is_some());
        }
    }

    #[tokio::test]
    async fn a_begin_is_noted_before_its_connection_is_released_and_one_that_was_answered_is_not() {
        let begins = AbandonedBegins::default();
        assert_eq!(begins.noting(ready(7)).await, 7);
        drop(begins.noting(pending::<()>()));
        assert!(begins.last().is_none(), "it was not sent");
        let was_noted = Mutex::new(None);
        let mut begin = Box::pin(begins.noting(Begin(&begins, &was_noted)));
        assert!(poll!(&mut begin).is_pending());
        drop(begin);
        assert_eq!(*was_noted.lock().unwrap(), Some(true));
    }
}
