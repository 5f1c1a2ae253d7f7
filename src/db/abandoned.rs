//! Statements that nobody waits for any more. A connection that is given back in the middle of one may be cut off; it is
//! tested within a time limit, before the pool waits for it without one. All other connections are spared that round trip.

use std::{
    future::Future,
    pin::pin,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// Time for which connections are tested after a statement was abandoned. The pool takes its connection back at once.
const SUSPECTED: Duration = Duration::from_secs(5);

/// Time of the last abandoned statement of this process.
static LAST: Mutex<Option<Instant>> = Mutex::new(None);

/// Notes an abandoned statement or transaction when dropped, unless it has ended.
#[derive(Debug)]
pub(super) struct Watch {
    has_ended: bool,
}

impl Watch {
    /// Watches a statement or transaction that begins.
    pub(super) fn begin() -> Self {
        Self { has_ended: false }
    }

    /// Records its end.
    pub(super) fn end(mut self) {
        self.has_ended = true;
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if !self.has_ended {
            *LAST.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        }
    }
}

/// Runs a statement and notes if it is abandoned.
pub(super) async fn watched<T>(statement: impl Future<Output = T>) -> T {
    // Dropped after the watch: its connection must not be back in the pool before that is noted.
    let mut statement = pin!(statement);
    let watch = Watch::begin();
    let output = statement.as_mut().await;
    watch.end();
    output
}

/// Returns true if a statement was abandoned lately.
pub(super) fn is_recent() -> bool {
    LAST.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|last| last.elapsed() < SUSPECTED)
}
