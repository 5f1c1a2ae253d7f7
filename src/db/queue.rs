//! Turns that go to the operation that began first.
//!
//! In order of arrival many operations with many reads each would all end at about the same time, or none in time. This way they
//! end one by one: also one that reads one thing after the other keeps its turn, for a turn that took long is offered to younger
//! operations only after a while.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use sea_orm::{ConnAcquireErr, DbErr};
use tokio::{runtime::Handle, sync::oneshot, time::Instant};

/// The part of the time of a turn for which the operation that had it may come back for the next, and no younger one gets it.
const GRACE: u32 = 10;
/// The longest such time, and one that is not worth waiting for.
const LONGEST_GRACE: Duration = Duration::from_millis(100);
const NO_GRACE: Duration = Duration::from_millis(1);

/// The place of an operation, and that of one of its reads.
type Place = (u64, u64);

/// So many turns. Cheap to clone.
#[derive(Clone)]
pub(super) struct Queue(Arc<Mutex<State>>);

struct State {
    free: usize,
    operations: u64,
    reads: u64,
    /// Those who wait, by their place.
    waiting: BTreeMap<Place, oneshot::Sender<Permit>>,
}

/// What is held while it is one's turn.
pub(super) struct Permit {
    queue: Queue,
    operation: u64,
    since: Instant,
}

/// Leaves the queue when its read is given up.
struct Waiting<'a> {
    queue: &'a Queue,
    place: Place,
}

impl Queue {
    pub(super) fn of(turns: usize) -> Self {
        let state = State { free: turns, operations: 0, reads: 0, waiting: BTreeMap::new() };
        Self(Arc::new(Mutex::new(state)))
    }

    /// Returns the place of an operation that begins now.
    pub(super) fn enter(&self) -> u64 {
        let mut state = self.state();
        state.operations += 1;
        state.operations
    }

    /// Waits for a turn of the operation at that place.
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

    /// Gives free turns to those who wait.
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
    /// Whether this operation, or an older one, waits.
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
