//! Detection of PostgreSQL connections on which nothing comes any more, as a failover without a reset or a firewall leaves
//! them. Reads in flight on them would wait until their operation is over.

use std::{
    future::{Future, pending},
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use sqlx::{ConnectOptions, Connection, postgres::PgConnectOptions};
use tokio::{
    sync::watch,
    time::{Instant, sleep_until, timeout},
};

use super::trial::TRIAL;

/// Time after which a read without an answer is given up, if connections were found silent since it began.
const IN_FLIGHT: Duration = Duration::from_secs(2);

/// The last time at which connections were found silent: one did not answer its test, and a new one answered at once, so
/// that the database is not merely busy. A connection whose statement was given up may still work, and is taken for silent too.
pub(super) struct Silence {
    options: PgConnectOptions,
    found_at: watch::Sender<Option<Instant>>,
    is_checking: AtomicBool,
}

impl Silence {
    /// Creates a detection that makes new connections by `options`.
    pub(super) fn new(options: PgConnectOptions) -> Arc<Self> {
        Arc::new(Self { options, found_at: watch::Sender::new(None), is_checking: AtomicBool::new(false) })
    }

    /// Runs `test` of a connection, and looks into it if there was no answer.
    pub(super) async fn noting(
        self: &Arc<Self>,
        test: impl Future<Output = Result<(), sqlx::Error>>,
    ) -> Result<(), sqlx::Error> {
        let tested = test.await;
        if matches!(tested, Err(sqlx::Error::PoolTimedOut)) && !self.is_checking.swap(true, Ordering::AcqRel) {
            let silence = Arc::clone(self);
            tokio::spawn(async move { silence.check().await });
        }
        tested
    }

    async fn check(&self) {
        let is_well = timeout(TRIAL, async { self.options.connect().await?.close().await }).await;
        if matches!(is_well, Ok(Ok(()))) {
            self.found_at.send_replace(Some(Instant::now()));
        }
        self.is_checking.store(false, Ordering::Release);
    }

    /// Runs `read`, unless connections are found silent meanwhile and it has no answer for so long.
    ///
    /// # Errors
    /// The errors of `read`, and that of a cut connection.
    pub(super) async fn unless_silent<T>(
        &self,
        read: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, sqlx::Error> {
        let began = Instant::now();
        let mut found_at = self.found_at.subscribe();
        let is_silent = async {
            if found_at.wait_for(|at| at.is_some_and(|at| at >= began)).await.is_err() {
                pending::<()>().await;
            }
            sleep_until(began + IN_FLIGHT).await;
        };
        tokio::select! {
            biased;
            rows = read => rows,
            () = is_silent => Err(sqlx::Error::Io(io::ErrorKind::TimedOut.into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_read_is_given_up_only_if_connections_were_found_silent_since_it_began() {
        let silence = Silence::new(PgConnectOptions::new());
        silence.found_at.send_replace(Some(Instant::now()));
        tokio::time::sleep(IN_FLIGHT).await;
        let slow = async {
            tokio::time::sleep(10 * IN_FLIGHT).await;
            Ok(7)
        };
        assert!(matches!(silence.unless_silent(slow).await, Ok(7)));
        let lost = silence.unless_silent(pending::<Result<(), sqlx::Error>>());
        let found = async {
            tokio::time::sleep(IN_FLIGHT / 4).await;
            silence.found_at.send_replace(Some(Instant::now()));
        };
        let began = Instant::now();
        let (lost, ()) = tokio::join!(lost, found);
        assert!(matches!(lost, Err(sqlx::Error::Io(_))));
        assert!((IN_FLIGHT..2 * IN_FLIGHT).contains(&began.elapsed()), "by the test's clock");
    }
}
