//! Counts attempts within a window of time.

use std::{sync::LazyLock, time::Duration};

use chrono::{DateTime, Utc};
use moka::{future::Cache, ops::compute::Op};
use redis::Script;

use super::{LOCAL_SUBJECTS, SharedRedis, key};
use crate::ambient::Ambient;

/// How many attempts are let through, and in which time.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// Its name, part of the key.
    pub name: &'static str,
    /// Attempts in the window.
    pub attempts: u32,
    /// The window, which begins with the first attempt.
    pub window: Duration,
}

/// Counts attempts. Cheap to clone.
#[derive(Clone)]
pub struct Throttle {
    ambient: Ambient,
    redis: SharedRedis,
    local: Cache<String, Window>,
}

impl std::fmt::Debug for Throttle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Throttle").field("redis", &self.redis).finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, Copy)]
struct Window {
    attempts: u32,
    ends_at: DateTime<Utc>,
}

/// Counts an attempt and returns the count and the milliseconds until the window ends.
static COUNT: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "local n = redis.call('INCR', KEYS[1]) \
         if n == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end \
         return {n, redis.call('PTTL', KEYS[1])}",
    )
});
/// Takes an attempt back, if the window is still open.
static UNDO: LazyLock<Script> = LazyLock::new(|| {
    Script::new("if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('DECR', KEYS[1]) end return 0")
});

impl Throttle {
    /// A throttle that counts in `redis`, or in process.
    pub fn new(redis: SharedRedis, ambient: Ambient) -> Self {
        let local = Cache::builder().max_capacity(LOCAL_SUBJECTS).time_to_live(Duration::from_secs(3600)).build();
        Self { ambient, redis, local }
    }

    /// Counts an attempt of `subject`.
    ///
    /// # Errors
    /// With the time until the window ends, when there were too many.
    pub async fn attempt(&self, rule: Rule, subject: &str) -> Result<(), Duration> {
        let key = key(&format!("throttle:{}", rule.name), subject);
        let (attempts, left) = match self.count_in_redis(rule, &key).await {
            Some(counted) => counted,
            None => self.count_here(rule, key).await,
        };
        if attempts > rule.attempts { Err(left) } else { Ok(()) }
    }

    /// Takes an attempt back: it was not one of those that are counted.
    pub async fn undo(&self, rule: Rule, subject: &str) {
        let key = key(&format!("throttle:{}", rule.name), subject);
        if self.redis.run::<i64>(&UNDO.key(&key)).await.is_some() {
            return;
        }
        self.local
            .entry(key)
            .and_compute_with(|window| async move {
                match window.map(moka::Entry::into_value) {
                    Some(window) => Op::Put(Window { attempts: window.attempts.saturating_sub(1), ..window }),
                    None => Op::Nop,
                }
            })
            .await;
    }

    async fn count_in_redis(&self, rule: Rule, key: &str) -> Option<(u32, Duration)> {
        let window = u64::try_from(rule.window.as_millis()).unwrap_or(u64::MAX);
        let (attempts, left) = self.redis.run::<(u32, i64)>(COUNT.key(key).arg(window)).await?;
        Some((attempts, Duration::from_millis(u64::try_from(left).unwrap_or_default())))
    }

    async fn count_here(&self, rule: Rule, key: String) -> (u32, Duration) {
        let now = self.ambient.now();
        let window = self
            .local
            .entry(key)
            .and_upsert_with(|window| async move {
                match window.map(moka::Entry::into_value) {
                    Some(window) if window.ends_at > now => Window { attempts: window.attempts + 1, ..window },
                    _ => Window { attempts: 1, ends_at: now + rule.window },
                }
            })
            .await
            .into_value();
        (window.attempts, (window.ends_at - now).to_std().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::*;

    const RULE: Rule = Rule { name: "test", attempts: 2, window: Duration::from_secs(60) };

    #[tokio::test]
    async fn attempts_over_the_limit_are_refused_until_the_window_ends() {
        let throttle = Throttle::new(SharedRedis::new(None).unwrap(), Ambient::system());
        assert!(throttle.attempt(RULE, "a").await.is_ok());
        assert!(throttle.attempt(RULE, "a").await.is_ok());
        assert!(throttle.attempt(RULE, "a").await.unwrap_err() <= RULE.window);
        assert!(throttle.attempt(RULE, "b").await.is_ok());
    }

    #[tokio::test]
    async fn an_attempt_that_is_taken_back_does_not_count() {
        let throttle = Throttle::new(SharedRedis::new(None).unwrap(), Ambient::system());
        for _ in 0..5 {
            assert!(throttle.attempt(RULE, "a").await.is_ok());
            throttle.undo(RULE, "a").await;
        }
    }

    #[tokio::test]
    async fn a_redis_that_does_not_answer_is_done_without() {
        let nowhere = SecretString::from("redis://127.0.0.1:1");
        let throttle = Throttle::new(SharedRedis::new(Some(&nowhere)).unwrap(), Ambient::system());
        assert!(throttle.attempt(RULE, "a").await.is_ok());
        assert!(throttle.attempt(RULE, "a").await.is_ok());
        assert!(throttle.attempt(RULE, "a").await.is_err());
    }
}
