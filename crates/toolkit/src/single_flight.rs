//! A cache with single-flight loading: concurrent requests for a key share one load.

use std::{
    collections::HashMap,
    fmt,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures_util::{
    FutureExt,
    future::{BoxFuture, Shared},
};
use moka::sync::Cache;

use crate::{
    db::{PATIENCE, within},
    error::{Error, Result},
};

/// A shared load.
type Loading<V> = Shared<BoxFuture<'static, Result<V, Arc<Error>>>>;

/// Cached values by key; concurrent requests for a key share one load. Cheap to clone.
#[derive(Clone)]
pub struct SingleFlightCache<K, V>(Arc<Inner<K, V>>);

struct Inner<K, V> {
    known: Cache<K, V>,
    loading: Mutex<Loads<K, V>>,
}

/// The loads in progress, each with a number.
struct Loads<K, V> {
    begun: u64,
    open: HashMap<K, (u64, Loading<V>)>,
}

impl<K, V> fmt::Debug for SingleFlightCache<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SingleFlightCache")
    }
}

impl<K, V> SingleFlightCache<K, V>
where
    K: Copy + Eq + Hash + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// Creates a cache of at most `capacity` values, each kept for `ttl`.
    pub fn new(capacity: u64, ttl: Duration) -> Self {
        let known = Cache::builder().max_capacity(capacity).time_to_live(ttl).build();
        Self(Arc::new(Inner { known, loading: Mutex::new(Loads { begun: 0, open: HashMap::new() }) }))
    }

    /// Returns the value of `key`, loaded by `load` if not cached.
    ///
    /// # Errors
    /// The error of `load`, for all who wait for it.
    pub async fn get<F>(&self, key: K, load: impl FnOnce() -> F) -> Result<V>
    where
        F: Future<Output = Result<V>> + Send + 'static,
    {
        if let Some(value) = self.0.known.get(&key) {
            return Ok(value);
        }
        // Thousands may come at once: each waits for the one load, and holds no more than its place in the queue.
        self.loading(key, load).await.map_err(Error::shared)
    }

    fn loading<F>(&self, key: K, load: impl FnOnce() -> F) -> Loading<V>
    where
        F: Future<Output = Result<V>> + Send + 'static,
    {
        let mut loads = self.0.loads();
        if let Some((_, loading)) = loads.open.get(&key) {
            return loading.clone();
        }
        loads.begun += 1;
        let (number, load) = (loads.begun, load());
        let place = Place { inner: self.0.clone(), key, number };
        // In a task of its own. Others wait for whoever asks first, and that may be a future that is not polled any more:
        // a socket that looks at its credentials lets its subscriptions rest meanwhile, and would wait for one of them.
        let task = tokio::spawn(async move {
            // Those who come later wait for this one too: it must not hang.
            let loaded = within(PATIENCE, load).await.map_err(Arc::new);
            if let Ok(value) = &loaded {
                place.keep(value);
            }
            loaded
        });
        let loading = task.map(|ended| ended.unwrap_or_else(|error| Err(Arc::new(Error::internal(error)))));
        let loading = loading.boxed().shared();
        loads.open.insert(key, (number, loading.clone()));
        loading
    }

    /// Removes one value. A load in progress is not cached.
    pub fn forget(&self, key: K) {
        self.0.loads().open.remove(&key);
        self.0.known.invalidate(&key);
    }

    /// Removes all values. Loads in progress are not cached.
    pub fn forget_all(&self) {
        self.0.loads().open.clear();
        self.0.known.invalidate_all();
    }
}

impl<K, V> Inner<K, V> {
    fn loads(&self) -> MutexGuard<'_, Loads<K, V>> {
        // The map is whole after any panic: no code between lock and unlock leaves it half-changed.
        self.loading.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A registered load, removed when dropped.
struct Place<K: Copy + Eq + Hash, V> {
    inner: Arc<Inner<K, V>>,
    key: K,
    number: u64,
}

impl<K, V> Place<K, V>
where
    K: Copy + Eq + Hash + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// Caches the value, unless it was removed during the load, when it may be outdated.
    fn keep(&self, value: &V) {
        let loads = self.inner.loads();
        if loads.open.get(&self.key).is_some_and(|(number, _)| *number == self.number) {
            self.inner.known.insert(self.key, value.clone());
        }
    }
}

impl<K: Copy + Eq + Hash, V> Drop for Place<K, V> {
    fn drop(&mut self) {
        let mut loads = self.inner.loads();
        if loads.open.get(&self.key).is_some_and(|(number, _)| *number == self.number) {
            loads.open.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures_util::{future::join_all, poll};
    use tokio::sync::oneshot;

    use super::*;

    fn remembered() -> SingleFlightCache<u8, &'static str> {
        SingleFlightCache::new(10, Duration::from_secs(60))
    }

    async fn soon<T>(future: impl Future<Output = T>) -> T {
        tokio::time::timeout(Duration::from_secs(60), future).await.expect("nobody waits for ever")
    }

    #[tokio::test]
    async fn who_asks_first_and_is_not_polled_any_more_keeps_nobody_waiting() {
        let remembered = remembered();
        let (send, receive) = oneshot::channel();
        let mut first = Box::pin(remembered.get(1, || async { receive.await.map_err(Error::internal) }));
        assert!(poll!(&mut first).is_pending());
        let second = remembered.get(1, || async { Ok("the second's") });
        send.send("the first's").unwrap();
        assert_eq!((soon(second).await.unwrap(), first.await.unwrap()), ("the first's", "the first's"));
    }

    #[tokio::test]
    async fn those_who_ask_at_once_share_one_load() {
        let (remembered, loads) = (remembered(), Arc::new(AtomicUsize::new(0)));
        let load = || {
            let loads = loads.clone();
            async move {
                loads.fetch_add(1, Ordering::Relaxed);
                tokio::task::yield_now().await;
                Ok("loaded")
            }
        };
        let values = soon(join_all((0..100).map(|_| remembered.get(1, load)))).await;
        assert!(values.into_iter().all(|value| value.unwrap() == "loaded"));
        assert_eq!(loads.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn a_failure_is_told_and_not_remembered() {
        let remembered = remembered();
        assert!(remembered.get(1, || async { Err(Error::NotFound("thing")) }).await.is_err());
        assert_eq!(remembered.get(1, || async { Ok("found") }).await.unwrap(), "found");
        assert_eq!(remembered.get(1, || async { Err(Error::NotFound("thing")) }).await.unwrap(), "found");
    }

    #[tokio::test]
    async fn a_load_that_panics_is_a_failure_and_the_next_begins_anew() {
        let remembered = remembered();
        assert!(soon(remembered.get(1, || async { panic!("a bug") })).await.is_err());
        assert_eq!(remembered.get(1, || async { Ok("found") }).await.unwrap(), "found");
    }

    #[tokio::test]
    async fn what_is_forgotten_is_loaded_again() {
        let remembered = remembered();
        for value in ["one", "two"] {
            assert_eq!(remembered.get(1, || async move { Ok(value) }).await.unwrap(), value);
            remembered.forget(1);
        }
        assert_eq!(remembered.get(1, || async { Ok("three") }).await.unwrap(), "three");
        remembered.forget_all();
        assert_eq!(remembered.get(1, || async { Ok("four") }).await.unwrap(), "four");
    }

    #[tokio::test]
    async fn what_is_forgotten_while_it_is_loaded_is_not_remembered() {
        type Forget = fn(&SingleFlightCache<u8, &'static str>);
        for forget in [(|remembered| remembered.forget(1)) as Forget, SingleFlightCache::forget_all] {
            let remembered = remembered();
            let (send, receive) = oneshot::channel();
            let mut before = Box::pin(remembered.get(1, || async { receive.await.map_err(Error::internal) }));
            assert!(poll!(&mut before).is_pending());
            forget(&remembered);
            assert_eq!(remembered.get(1, || async { Ok("after") }).await.unwrap(), "after");
            send.send("before").unwrap();
            assert_eq!(soon(before).await.unwrap(), "before");
            assert_eq!(remembered.get(1, || async { Ok("not asked") }).await.unwrap(), "after");
        }
    }
}
