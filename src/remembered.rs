//! What was loaded lately.

use std::{fmt, hash::Hash, sync::Arc, time::Duration};

use moka::future::Cache;

use crate::error::{Error, Result};

/// Values by their keys, each loaded once by all who ask for it at the same time, and remembered for a while. Cheap to
/// clone.
#[derive(Clone)]
pub struct Remembered<K, V>(Cache<K, V>);

impl<K, V> fmt::Debug for Remembered<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Remembered")
    }
}

impl<K, V> Remembered<K, V>
where
    K: Copy + Eq + Hash + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// Remembers at most `capacity` values, each for `ttl`.
    pub fn new(capacity: u64, ttl: Duration) -> Self {
        Self(Cache::builder().max_capacity(capacity).time_to_live(ttl).build())
    }

    /// The value of `key`, by `load` when it is not remembered.
    ///
    /// # Errors
    /// What `load` fails with, to all who wait for it.
    pub async fn get(&self, key: K, load: impl Future<Output = Result<V>> + Send + 'static) -> Result<V> {
        if let Some(value) = self.0.get(&key).await {
            return Ok(value);
        }
        // In a task of its own. Others wait for whoever asks first, and that may be a future that is not polled any more:
        // a socket that looks at its credentials lets its subscriptions rest meanwhile, and would wait for one of them.
        let cache = self.0.clone();
        let loading = tokio::spawn(async move { cache.try_get_with(key, load).await });
        loading.await.map_err(Error::internal)?.map_err(|error: Arc<Error>| Error::shared(error))
    }

    /// Forgets one value.
    pub async fn forget(&self, key: K) {
        self.0.invalidate(&key).await;
    }

    /// Forgets all values.
    pub fn forget_all(&self) {
        self.0.invalidate_all();
    }
}

#[cfg(test)]
mod tests {
    use futures_util::poll;
    use tokio::sync::oneshot;

    use super::*;

    fn remembered() -> Remembered<u8, &'static str> {
        Remembered::new(10, Duration::from_secs(60))
    }

    #[tokio::test]
    async fn who_asks_first_and_is_not_polled_any_more_keeps_nobody_waiting() {
        let remembered = remembered();
        let (send, receive) = oneshot::channel();
        let mut first = Box::pin(remembered.get(1, async { receive.await.map_err(Error::internal) }));
        assert!(poll!(&mut first).is_pending());
        let second = remembered.get(1, async { Ok("the second's") });
        send.send("the first's").unwrap();
        let second = tokio::time::timeout(Duration::from_secs(60), second).await.expect("nobody waits for ever");
        assert_eq!((second.unwrap(), first.await.unwrap()), ("the first's", "the first's"));
    }

    #[tokio::test]
    async fn a_failure_is_told_and_not_remembered() {
        let remembered = remembered();
        assert!(remembered.get(1, async { Err(Error::NotFound("thing")) }).await.is_err());
        assert_eq!(remembered.get(1, async { Ok("found") }).await.unwrap(), "found");
        assert_eq!(remembered.get(1, async { Err(Error::NotFound("thing")) }).await.unwrap(), "found");
    }

    #[tokio::test]
    async fn what_is_forgotten_is_loaded_again() {
        let remembered = remembered();
        for value in ["one", "two"] {
            assert_eq!(remembered.get(1, async move { Ok(value) }).await.unwrap(), value);
            remembered.forget(1).await;
        }
        assert_eq!(remembered.get(1, async { Ok("three") }).await.unwrap(), "three");
        remembered.forget_all();
        assert_eq!(remembered.get(1, async { Ok("four") }).await.unwrap(), "four");
    }
}
