//! Counts attempts within a window of time: in process, or in Redis so that all copies of the server count together.
//! When Redis is down each process counts for itself, and says so once.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, Utc};
use moka::{future::Cache, ops::compute::Op};
use redis::{
    Script,
    aio::{ConnectionManager, ConnectionManagerConfig},
};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

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
    redis: Option<ConnectionManager>,
    redis_is_down: Arc<AtomicBool>,
    local: Cache<String, Window>,
}

impl std::fmt::Debug for Throttle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Throttle").field("shared", &self.redis.is_some()).finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, Copy)]
struct Window {
    attempts: u32,
    ends_at: DateTime<Utc>,
}

/// Subjects remembered in process; past that the least used are forgotten, so that a flood of names costs no memory.
const LOCAL_SUBJECTS: u64 = 100_000;
/// How long Redis may take before the process counts for itself.
const REDIS_PATIENCE: Duration = Duration::from_millis(500);

/// Counts an attempt and returns the count and the milliseconds until the window ends.
const COUNT: &str = "local n = redis.call('INCR', KEYS[1]) \
                     if n == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end \
                     return {n, redis.call('PTTL', KEYS[1])}";
/// Takes an attempt back, if the window is still open.
const UNDO: &str = "if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('DECR', KEYS[1]) end return 0";

impl Throttle {
    /// A throttle over the Redis at `url`, or in process. A Redis that does not answer is connected to later.
    ///
    /// # Errors
    /// When `url` is not the address of a Redis.
    pub fn new(url: Option<&SecretString>, ambient: Ambient) -> Result<Self, redis::RedisError> {
        let redis = match url {
            Some(url) => {
                let config = ConnectionManagerConfig::new()
                    .set_connection_timeout(Some(REDIS_PATIENCE))
                    .set_response_timeout(Some(REDIS_PATIENCE))
                    .set_number_of_retries(1);
                let client = redis::Client::open(url.expose_secret())?;
                Some(ConnectionManager::new_lazy_with_config(client, config)?)
            }
            None => None,
        };
        let local = Cache::builder().max_capacity(LOCAL_SUBJECTS).time_to_live(Duration::from_secs(3600)).build();
        Ok(Self { ambient, redis, redis_is_down: Arc::default(), local })
    }

    /// Counts an attempt of `subject`.
    ///
    /// # Errors
    /// With the time until the window ends, when there were too many.
    pub async fn attempt(&self, rule: Rule, subject: &str) -> Result<(), Duration> {
        let key = key(rule, subject);
        let (attempts, left) = match self.count_in_redis(rule, &key).await {
            Some(counted) => counted,
            None => self.count_here(rule, key).await,
        };
        if attempts > rule.attempts { Err(left) } else { Ok(()) }
    }

    /// Takes an attempt back: it was not one of those that are counted.
    pub async fn undo(&self, rule: Rule, subject: &str) {
        let key = key(rule, subject);
        if let Some(mut redis) = self.redis.clone()
            && Script::new(UNDO).key(&key).invoke_async::<i64>(&mut redis).await.is_ok()
        {
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
        let mut redis = self.redis.clone()?;
        let window = u64::try_from(rule.window.as_millis()).unwrap_or(u64::MAX);
        let counted = Script::new(COUNT).key(key).arg(window).invoke_async::<(u32, i64)>(&mut redis).await;
        match counted {
            Ok((attempts, left)) => {
                if self.redis_is_down.swap(false, Ordering::Relaxed) {
                    tracing::info!("Redis answers again; attempts are counted over all copies of the server");
                }
                Some((attempts, Duration::from_millis(u64::try_from(left).unwrap_or_default())))
            }
            Err(error) => {
                if !self.redis_is_down.swap(true, Ordering::Relaxed) {
                    tracing::warn!(%error, "Redis does not answer; each copy of the server counts attempts for itself");
                }
                None
            }
        }
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

/// Subjects are mail addresses and the like: only their hash goes into Redis.
fn key(rule: Rule, subject: &str) -> String {
    let hash = Sha256::digest(subject.as_bytes());
    let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("rapport:throttle:{}:{hash}", rule.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: Rule = Rule { name: "test", attempts: 2, window: Duration::from_secs(60) };

    #[tokio::test]
    async fn attempts_over_the_limit_are_refused_until_the_window_ends() {
        let throttle = Throttle::new(None, Ambient::system()).unwrap();
        assert!(throttle.attempt(RULE, "a").await.is_ok());
        assert!(throttle.attempt(RULE, "a").await.is_ok());
        assert!(throttle.attempt(RULE, "a").await.unwrap_err() <= RULE.window);
        assert!(throttle.attempt(RULE, "b").await.is_ok());
    }

    #[tokio::test]
    async fn an_attempt_that_is_taken_back_does_not_count() {
        let throttle = Throttle::new(None, Ambient::system()).unwrap();
        for _ in 0..5 {
            assert!(throttle.attempt(RULE, "a").await.is_ok());
            throttle.undo(RULE, "a").await;
        }
    }

    #[tokio::test]
    async fn a_redis_that_does_not_answer_is_done_without() {
        let nowhere = SecretString::from("redis://127.0.0.1:1");
        let throttle = Throttle::new(Some(&nowhere), Ambient::system()).unwrap();
        assert!(throttle.attempt(RULE, "a").await.is_ok());
        assert!(throttle.attempt(RULE, "a").await.is_ok());
        assert!(throttle.attempt(RULE, "a").await.is_err());
    }
}
