//! A semaphore that prefers the operation that started first.
//!
//! In order of arrival, many operations with many reads each would all finish at about the same time, or all time out. With
//! this order they finish one by one. Sequential reads benefit too: after a long turn, its operation has a short time to
//! start the next read before a younger operation gets the permit. Between its reads an operation works on the processor, so
//! only so many may read at a time; the others have no turn before one of these ends or pauses.

use std::{
    collections::{BTreeMap, HashMap},
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
/// Number of operations that may read, for each permit.
const READING: usize = 2;
/// Multiple of a turn's duration for which its operation counts as reading afterwards, and the upper bound of that time: one
/// that waits for something else lets others begin.
const PAUSE: u32 = 2;
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Order of a waiting read: its operation, then the read itself.
type Place = (u64, u64);

/// A semaphore with a fixed number of permits. Cheap to clone.
#[derive(Clone)]
pub(super) struct Queue(Arc<Mutex<State>>);

struct State {
    /// Maximum number of operations that read.
    most: usize,
    free: usize,
    operations: u64,
    reads: u64,
    /// Waiting reads in their order.
    waiting: BTreeMap<Place, oneshot::Sender<Permit>>,
    /// The operations that have had a permit and have not ended.
    begun: HashMap<u64, Begun>,
    /// The time of the next [`Queue::hand_out`] because a pause ends.
    wakes_at: Option<Instant>,
}

/// An operation that has had a permit.
struct Begun {
    /// Number of its permits.
    held: usize,
    /// The time until which it counts as reading without a permit.
    until: Instant,
}

/// An operation in the queue, which leaves it when dropped.
pub(super) struct Operation {
    queue: Queue,
    number: u64,
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
        let (waiting, begun, wakes_at) = (BTreeMap::new(), HashMap::new(), None);
        let state = State { most: READING * turns, free: turns, operations: 0, reads: 0, waiting, begun, wakes_at };
        Self(Arc::new(Mutex::new(state)))
    }

    /// Adds an operation that starts now.
    pub(super) fn enter(&self) -> Operation {
        let mut state = self.state();
        state.operations += 1;
        Operation { queue: self.clone(), number: state.operations }
    }

    fn permit(&self, operation: u64) -> Permit {
        Permit { queue: self.clone(), operation, since: Instant::now() }
    }

    /// Gives free permits to waiting reads.
    fn hand_out(&self) {
        while let Some((operation, next)) = self.state().next() {
            // The turn of one who gives up in this moment is free again.
            drop(next.send(self.permit(operation)));
        }
        self.await_pauses();
    }

    /// Sees to it that permits are given out when the next pause ends, if reads wait for that alone.
    fn await_pauses(&self) {
        let Ok(runtime) = Handle::try_current() else { return };
        let time = self.state().next_pause();
        if let Some(time) = time {
            self.hand_out_after(&runtime, time);
        }
    }

    /// Gives free permits to waiting reads after this time.
    fn hand_out_after(&self, runtime: &Handle, time: Duration) {
        let queue = self.clone();
        runtime.spawn(async move {
            tokio::time::sleep(time).await;
            queue.hand_out();
        });
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // It is whole after any panic.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Operation {
    /// Waits for a permit.
    pub(super) async fn next(&self) -> Result<Permit, DbErr> {
        let (queue, operation) = (&self.queue, self.number);
        let (turn, place) = {
            let mut state = queue.state();
            if state.free > 0 && state.may_read(operation) && !state.is_awaited_by(operation) {
                state.take(operation);
                return Ok(queue.permit(operation));
            }
            state.reads += 1;
            let (sender, turn) = oneshot::channel();
            let place = (operation, state.reads);
            state.waiting.insert(place, sender);
            (turn, place)
        };
        let _waiting = Waiting { queue, place };
        queue.await_pauses();
        // Nobody takes a sender out but to send by it.
        turn.await.map_err(|_| DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed))
    }
}

impl Drop for Operation {
    fn drop(&mut self) {
        self.queue.state().begun.remove(&self.number);
        self.queue.hand_out();
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let taken = self.since.elapsed();
        let pause = (taken * PAUSE).min(LONGEST_PAUSE);
        let is_for_older = {
            let mut state = self.queue.state();
            state.give_back(self.operation, pause);
            state.is_awaited_by(self.operation)
        };
        let grace = (taken / GRACE).min(LONGEST_GRACE);
        match Handle::try_current() {
            Ok(runtime) if !is_for_older && grace > NO_GRACE => self.queue.hand_out_after(&runtime, grace),
            _ => self.queue.hand_out(),
        }
    }
}

impl State {
    /// Returns true if this operation may have a permit, as far as it depends on others that read.
    fn may_read(&self, operation: u64) -> bool {
        let now = Instant::now();
        let is_reading = |begun: &&Begun| begun.held > 0 || begun.until > now;
        self.begun.contains_key(&operation) || self.begun.values().filter(is_reading).count() < self.most
    }

    /// Returns the first waiting read whose operation may read.
    fn first(&self) -> Option<Place> {
        self.waiting.keys().find(|(operation, _)| self.may_read(*operation)).copied()
    }

    /// Takes a permit out for the first waiting read whose operation may read, if one is free.
    fn next(&mut self) -> Option<(u64, oneshot::Sender<Permit>)> {
        let place = self.first().filter(|_| self.free > 0)?;
        let next = self.waiting.remove(&place)?;
        self.take(place.0);
        Some((place.0, next))
    }

    /// Returns the time until a pause ends, if reads wait for that alone and nobody has asked for it yet.
    fn next_pause(&mut self) -> Option<Duration> {
        if self.free == 0 || self.waiting.is_empty() || self.first().is_some() {
            return None;
        }
        let now = Instant::now();
        let pauses = self.begun.values().filter(|begun| begun.held == 0).map(|begun| begun.until);
        let end = pauses.filter(|end| *end > now).min()?;
        if self.wakes_at.is_some_and(|at| at > now && at <= end) {
            return None;
        }
        self.wakes_at = Some(end);
        Some(end - now)
    }

    /// Returns true if this operation, or an older one, is waiting and may read.
    fn is_awaited_by(&self, operation: u64) -> bool {
        self.first().is_some_and(|(first, _)| first <= operation)
    }

    /// Takes a permit out for this operation.
    fn take(&mut self, operation: u64) {
        self.free -= 1;
        self.begun.entry(operation).or_insert(Begun { held: 0, until: Instant::now() }).held += 1;
    }

    /// Returns a permit of this operation, which counts as reading for the time of `pause`.
    fn give_back(&mut self, operation: u64, pause: Duration) {
        self.free += 1;
        // The permit of an abandoned read may outlive its operation.
        if let Some(begun) = self.begun.get_mut(&operation) {
            begun.held -= 1;
            begun.until = begun.until.max(Instant::now() + pause);
        }
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
        let turn = second.next().await.unwrap();
        let mut of_second = std::pin::pin!(second.next());
        let mut of_first = std::pin::pin!(first.next());
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
        let turn = first.next().await.unwrap();
        let mut of_second = std::pin::pin!(second.next());
        assert!(poll!(&mut of_second).is_pending());
        tokio::time::sleep(Duration::from_secs(1)).await;
        drop(turn);
        let turn = first.next().now_or_never().unwrap().unwrap();
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert!(poll!(&mut of_second).is_pending());
        drop(turn);
        let ended = Instant::now();
        of_second.await.unwrap();
        assert!(ended.elapsed() <= 2 * LONGEST_GRACE, "by the test's clock");
    }

    /// Takes a turn for this time.
    async fn read_for(operation: &Operation, time: Duration) {
        let turn = operation.next().await.unwrap();
        tokio::time::sleep(time).await;
        drop(turn);
    }

    #[tokio::test(start_paused = true)]
    async fn so_many_operations_read_at_a_time_and_one_that_pauses_holds_up_nobody_for_long() {
        let queue = Queue::of(1);
        let [one, two, three] = [queue.enter(), queue.enter(), queue.enter()];
        read_for(&one, Duration::from_millis(300)).await;
        read_for(&two, Duration::from_millis(300)).await;
        let waits_since = Instant::now();
        let mut of_three = std::pin::pin!(three.next());
        assert!(poll!(&mut of_three).is_pending(), "two have just read");
        assert!(two.next().now_or_never().is_some(), "it has begun");
        drop(of_three.await.unwrap());
        let waited = waits_since.elapsed();
        assert!((Duration::from_millis(250)..Duration::from_millis(350)).contains(&waited), "{waited:?}");
        // Quick reads make no pause, and what has ended none either.
        let quick = [queue.enter(), queue.enter(), queue.enter()];
        assert!(quick.iter().all(|operation| operation.next().now_or_never().is_some()));
        read_for(&one, Duration::from_secs(5)).await;
        read_for(&two, Duration::from_millis(500)).await;
        let four = queue.enter();
        let mut of_four = std::pin::pin!(four.next());
        assert!(poll!(&mut of_four).is_pending());
        drop(one);
        assert!(of_four.now_or_never().is_some());
    }

    #[tokio::test]
    async fn whoever_gives_up_takes_no_turn_along() {
        let queue = Queue::of(1);
        let operation = queue.enter();
        let turn = operation.next().await.unwrap();
        let mut given_up = Box::pin(operation.next());
        assert!(poll!(&mut given_up).is_pending());
        drop(given_up);
        let mut too_late = Box::pin(operation.next());
        assert!(poll!(&mut too_late).is_pending());
        drop(turn);
        // It has the turn, and does not know.
        drop(too_late);
        assert!(operation.next().now_or_never().is_some());
        assert!(queue.state().waiting.is_empty());
        drop(operation);
        assert!(queue.state().begun.is_empty());
    }
}
