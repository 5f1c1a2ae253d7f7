//! A semaphore that prefers the operation that started first.
//!
//! In order of arrival, many operations with many reads each would all finish at about the same time, or all time out. With
//! this order they finish one by one. Sequential reads benefit too: after a long turn, its operation has a short time to
//! start the next read before a younger operation gets the permit.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use sea_orm::{ConnAcquireErr, DbErr};
use tokio::{runtime::Handle, sync::oneshot, time::Instant};

/// Divisor of a turn's duration that gives the time in which its operation may start the next read.
const GRACE: u32 = 10;
/// Upper bound of that time, and the value up to which it is skipped.
const LONGEST_GRACE: Duration = Duration::from_millis(100);
const NO_GRACE: Duration = Duration::from_millis(1);

/// Order of a waiting read: its operation, then the read itself.
type Place = (u64, u64);

/// A semaphore with a fixed number of permits. Cheap to clone.
#[derive(Clone)]
pub(super) struct Queue(Arc<Mutex<State>>);

struct State {
    free: usize,
    operations: u64,
    reads: u64,
    /// Waiting reads in their order.
    waiting: BTreeMap<Place, oneshot::Sender<Permit>>,
}

/// A permit, returned to the queue when dropped.
pub(super) struct Permit {
    queue: Queue,
    operation: u64,
    since: Instant,
}

/// Removes a waiting read from the queue when its future is dropped.
struct Waiting<'a> {
    queue: &'a Queue,
    place: Place,
}

impl Queue {
    pub(super) fn of(turns: usize) -> Self {
        let state = State { free: turns, operations: 0, reads: 0, waiting: BTreeMap::new() };
        Self(Arc::new(Mutex::new(state)))
    }

    /// Returns the position of an operation that starts now.
    pub(super) fn enter(&self) -> u64 {
        let mut state = self.state();
        state.operations += 1;
        state.operations
    }

    /// Waits for a permit for the operation with this position.
    pub(super) async fn next(&self, operation: u64) -> Result<Permit, DbErr> {
        let (turn, place) = {
            let mut state = self.state();
            if state.free > 0 && !state.is_awaited_by(operation) {
                state.free -= 1;
                return Ok(self.permit(operation));
            }
            state.reads += 1;
            let (sender, turn) = oneshot::channel();
            let place = (operation, state.reads);
            state.waiting.insert(place, sender);
            (turn, place)
        };
        let _waiting = Waiting { queue: self, place };
        // Nobody takes a sender out but to send by it.
        turn.await.map_err(|_| DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed))
    }

    fn permit(&self, operation: u64) -> Permit {
        Permit { queue: self.clone(), operation, since: Instant::now() }
    }

    /// Gives free permits to waiting reads.
    fn hand_out(&self) {
        loop {
            let next = {
                let mut state = self.state();
                let next = if state.free > 0 { state.waiting.pop_first() } else { None };
                state.free -= usize::from(next.is_some());
                next
            };
            let Some(((operation, _), next)) = next else { return };
            // The turn of one who gives up in this moment is free again.
            drop(next.send(self.permit(operation)));
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // It is whole after any panic.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let is_for_older = {
            let mut state = self.queue.state();
            state.free += 1;
            state.is_awaited_by(self.operation)
        };
        let grace = (self.since.elapsed() / GRACE).min(LONGEST_GRACE);
        match Handle::try_current() {
            Ok(runtime) if !is_for_older && grace > NO_GRACE => {
                let queue = self.queue.clone();
                runtime.spawn(async move {
                    tokio::time::sleep(grace).await;
                    queue.hand_out();
                });
            }
            _ => self.queue.hand_out(),
        }
    }
}

impl State {
    /// Returns true if this operation, or an older one, is waiting.
    fn is_awaited_by(&self, operation: u64) -> bool {
        self.waiting.first_key_value().is_some_and(|((first, _), _)| *first <= operation)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.queue.state().waiting.remove(&self.place);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{FutureExt, poll};

    use super::*;

    #[tokio::test]
    async fn turns_go_to_the_operation_that_began_first() {
        let queue = Queue::of(1);
        let (first, second) = (queue.enter(), queue.enter());
        let turn = queue.next(second).await.unwrap();
        let mut of_second = std::pin::pin!(queue.next(second));
        let mut of_first = std::pin::pin!(queue.next(first));
        assert!(poll!(&mut of_second).is_pending() && poll!(&mut of_first).is_pending());
        drop(turn);
        assert!(poll!(&mut of_second).is_pending());
        let turn = of_first.now_or_never().unwrap().unwrap();
        assert!(poll!(&mut of_second).is_pending());
        drop(turn);
        assert!(of_second.now_or_never().is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn an_operation_that_reads_long_keeps_its_turn_for_what_it_reads_next() {
        let queue = Queue::of(1);
        let (first, second) = (queue.enter(), queue.enter());
        let turn = queue.next(first).await.unwrap();
        let mut of_second = std::pin::pin!(queue.next(second));
        assert!(poll!(&mut of_second).is_pending());
        tokio::time::sleep(Duration::from_secs(1)).await;
        drop(turn);
        let turn = queue.next(first).now_or_never().unwrap().unwrap();
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert!(poll!(&mut of_second).is_pending());
        drop(turn);
        let ended = Instant::now();
        of_second.await.unwrap();
        assert!(ended.elapsed() <= 2 * LONGEST_GRACE, "by the test's clock");
    }

    #[tokio::test]
    async fn whoever_gives_up_takes_no_turn_along() {
        let queue = Queue::of(1);
        let operation = queue.enter();
        let turn = queue.next(operation).await.unwrap();
        let mut given_up = Box::pin(queue.next(operation));
        assert!(poll!(&mut given_up).is_pending());
        drop(given_up);
        let mut too_late = Box::pin(queue.next(operation));
        assert!(poll!(&mut too_late).is_pending());
        drop(turn);
        // It has the turn, and does not know.
        drop(too_late);
        assert!(queue.next(operation).now_or_never().is_some());
        assert!(queue.state().waiting.is_empty());
    }
}
