//! Batched loads that run within the operation that requested them, once nothing else in it can proceed.
//!
//! async-graphql's loaders collect keys for a millisecond and load in a separate task. Here a load starts when every
//! field that could request more has done so: no timer is involved, concurrent requests are batched regardless of
//! machine load, and stopping an operation also stops its statements.

use std::{
    future::{Future, poll_fn, ready},
    pin::pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake},
    time::Duration,
};

use async_graphql::runtime::Timer;
use futures_util::{
    FutureExt, StreamExt,
    future::BoxFuture,
    stream::{self, BoxStream, FuturesUnordered},
    task::{AtomicWaker, FutureObj, Spawn, SpawnError},
};

type Load = FutureObj<'static, ()>;

/// The pending loads of an operation. Cheap to clone.
#[derive(Clone, Default)]
pub struct Loads(Arc<Mutex<Vec<Load>>>);

impl Spawn for Loads {
    fn spawn_obj(&self, load: Load) -> Result<(), SpawnError> {
        self.asked_for().push(load);
        Ok(())
    }
}

impl Timer for Loads {
    fn delay(&self, _: Duration) -> BoxFuture<'static, ()> {
        ready(()).boxed()
    }
}

impl Loads {
    /// Runs `work` together with its loads.
    pub async fn run<T>(self, work: impl Future<Output = T>) -> T {
        let (mut work, mut running) = (pin!(work), Running::of(self));
        poll_fn(|context| running.poll(context, |context| work.as_mut().poll(context))).await
    }

    /// Runs a stream together with the loads of its items.
    pub fn stream<T: 'static>(self, mut items: BoxStream<'static, T>) -> BoxStream<'static, T> {
        let mut running = Running::of(self);
        stream::poll_fn(move |context| running.poll(context, |context| items.poll_next_unpin(context))).boxed()
    }

    fn asked_for(&self) -> MutexGuard<'_, Vec<Load>> {
        // It is whole after any panic.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Running {
    loads: Loads,
    open: FuturesUnordered<Load>,
    call: Arc<Call>,
}

/// Distinguishes wake-ups of the work from those of its loads: a database answer arrives in many pieces, each of which
/// wakes the task, and many fields wait for it.
struct Call {
    is_for_work: AtomicBool,
    task: AtomicWaker,
}

impl Wake for Call {
    fn wake(self: Arc<Self>) {
        self.is_for_work.store(true, Ordering::Release);
        self.task.wake();
    }
}

impl Running {
    fn of(loads: Loads) -> Self {
        let call = Call { is_for_work: AtomicBool::new(true), task: AtomicWaker::new() };
        Self { loads, open: FuturesUnordered::new(), call: Arc::new(call) }
    }

    /// Polls the work if it can proceed, and its loads if it waits.
    fn poll<T>(&mut self, context: &mut Context<'_>, mut work: impl FnMut(&mut Context<'_>) -> Poll<T>) -> Poll<T> {
        self.call.task.register(context.waker());
        loop {
            if self.call.is_for_work.swap(false, Ordering::AcqRel) {
                let waker = self.call.clone().into();
                if let Poll::Ready(done) = work(&mut Context::from_waker(&waker)) {
                    // Of a stream the next item may be asked for.
                    self.call.is_for_work.store(true, Ordering::Release);
                    return Poll::Ready(done);
                }
            }
            self.open.extend(std::mem::take(&mut *self.loads.asked_for()));
            // When one has ended the work can go on.
            if !matches!(self.open.poll_next_unpin(context), Poll::Ready(Some(()))) {
                return Poll::Pending;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use async_graphql::dataloader::{DataLoader, Loader};
    use futures_util::future::join_all;

    use super::*;

    /// Squares numbers, and records the batches.
    #[derive(Clone, Default)]
    struct Squares(Arc<Mutex<Vec<Vec<u32>>>>);

    impl Loader<u32> for Squares {
        type Value = u32;
        type Error = ();

        async fn load(&self, keys: &[u32]) -> Result<HashMap<u32, u32>, ()> {
            let mut sorted = keys.to_vec();
            sorted.sort_unstable();
            self.0.lock().unwrap().push(sorted);
            tokio::task::yield_now().await;
            Ok(keys.iter().map(|key| (*key, key * key)).collect())
        }
    }

    fn loader() -> (Loads, DataLoader<Squares>, Squares) {
        let (loads, squares) = (Loads::default(), Squares::default());
        (loads.clone(), DataLoader::new(squares.clone(), loads.clone(), loads), squares)
    }

    async fn soon<T>(work: impl Future<Output = T>) -> T {
        tokio::time::timeout(Duration::from_secs(60), work).await.expect("nothing waits for ever")
    }

    #[tokio::test]
    async fn what_is_asked_for_together_is_loaded_together_level_by_level() {
        let (loads, loader, squares) = loader();
        let fourth = async |number: u32| {
            let square = loader.load_one(number).await.unwrap().unwrap();
            loader.load_one(square).await.unwrap().unwrap()
        };
        let fourths = soon(loads.run(join_all((2..5).map(fourth)))).await;
        assert_eq!(fourths, [16, 81, 256]);
        assert_eq!(*squares.0.lock().unwrap(), [vec![2, 3, 4], vec![4, 9, 16]]);
    }

    #[tokio::test]
    async fn work_is_not_polled_while_only_its_loads_go_on() {
        let (loads, ..) = loader();
        let (end, mut ended) = tokio::sync::oneshot::channel();
        let load = async move {
            for _ in 0..5 {
                tokio::task::yield_now().await;
            }
            end.send(()).unwrap();
        };
        loads.spawn_obj(Box::pin(load).into()).unwrap();
        let mut polls = 0;
        let work = poll_fn(|context| {
            polls += 1;
            ended.poll_unpin(context)
        });
        soon(loads.run(work)).await.unwrap();
        assert_eq!(polls, 2);
    }

    #[tokio::test]
    async fn work_that_loads_nothing_is_done_as_it_is() {
        let (loads, ..) = loader();
        assert_eq!(soon(loads.run(async { tokio::task::yield_now().await })).await, ());
    }

    #[tokio::test]
    async fn each_item_of_a_stream_may_load() {
        let (loads, loader, squares) = loader();
        let loader = Arc::new(loader);
        let items = stream::iter(1..4).then(move |number| {
            let loader = loader.clone();
            async move { loader.load_one(number).await.unwrap().unwrap() }
        });
        assert_eq!(soon(loads.stream(items.boxed()).collect::<Vec<_>>()).await, [1, 4, 9]);
        assert_eq!(*squares.0.lock().unwrap(), [[1], [2], [3]]);
    }

    #[tokio::test]
    async fn loads_end_with_the_work_that_is_dropped() {
        let (loads, loader, squares) = loader();
        let mut work = Box::pin(loads.run(loader.load_one(1)));
        assert!(futures_util::poll!(&mut work).is_pending());
        drop(work);
        tokio::task::yield_now().await;
        assert_eq!(*squares.0.lock().unwrap(), [[1]]);
        assert_eq!(Arc::strong_count(&squares.0), 2, "the load is gone; the loader is left");
    }
}
