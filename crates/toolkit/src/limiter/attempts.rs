//! Limits on failed attempts within a time window.
//!
//! A guard, [`Attempt`], holds an attempt from start to end. Only a failed one counts; others release their place.
//! While attempts in progress could use up the limit, further ones wait for them, so that concurrent guesses gain
//! nothing over sequential ones.

use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};

use moka::sync::Cache;
use redis::Script;
use tokio::time::{Instant, sleep, timeout_at};

use super::{
    LOCAL_SUBJECTS, SharedRedis, key,
    rule::Rule,
    subject_state::{Entry, SubjectState},
};
use crate::ambient::Ambient;

/// Time an attempt waits for those in progress.
const PATIENCE: Duration = Duration::from_secs(8);
/// Poll interval of Redis while waiting.
const ASK_AGAIN: Duration = Duration::from_millis(100);
/// Time for which Redis holds a place for an attempt whose process is gone.
const HOLD: Duration = Duration::from_secs(30);
/// Retry delay after waiting in vain.
const COME_BACK: Duration = Duration::from_secs(5);

/// Counts attempts. Cheap to clone.
#[derive(Clone)]
pub struct Throttle {
    ambient: Ambient,
    redis: SharedRedis,
    local: Cache<String, Arc<SubjectState>>,
}

impl std::fmt::Debug for Throttle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Throttle").field("redis", &self.redis).finish_non_exhaustive()
    }
}

/// Takes a place for an attempt. Returns 2 on success; 1 if all places are taken by attempts in progress; 0 and the
/// milliseconds until the window ends if too many have failed.
static BEGIN: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "local time = redis.call('TIME') \
         local now = time[1] * 1000 + math.floor(time[2] / 1000) \
         redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now) \
         local failures = tonumber(redis.call('GET', KEYS[1]) or '0') \
         local limit = tonumber(ARGV[1]) \
         if failures >= limit then return {0, redis.call('PTTL', KEYS[1])} end \
         if failures + redis.call('ZCARD', KEYS[2]) >= limit then return {1, 0} end \
         redis.call('ZADD', KEYS[2], string.format('%.0f', now + ARGV[3]), ARGV[2]) \
         redis.call('PEXPIRE', KEYS[2], ARGV[3]) \
         return {2, 0}",
    )
});
/// Counts a failure, and releases its place.
static FAIL: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "redis.call('ZREM', KEYS[2], ARGV[1]) \
         local failures = redis.call('INCR', KEYS[1]) \
         if failures == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end \
         return failures",
    )
});
/// Releases a place.
static GIVE_BACK: LazyLock<Script> = LazyLock::new(|| Script::new("return redis.call('ZREM', KEYS[1], ARGV[1])"));
/// Counts an event regardless of its outcome. Returns 1, or 0 and the milliseconds until the window ends.
static COUNT: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "local count = tonumber(redis.call('GET', KEYS[1]) or '0') \
         if count >= tonumber(ARGV[1]) then return {0, redis.call('PTTL', KEYS[1])} end \
         if redis.call('INCR', KEYS[1]) == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end \
         return {1, 0}",
    )
});
/// Returns the failures in the present window.
static FAILURES: LazyLock<Script> = LazyLock::new(|| Script::new("return tonumber(redis.call('GET', KEYS[1]) or '0')"));

impl Throttle {
    /// Creates a throttle that counts in `redis`, or in process.
    pub fn new(redis: SharedRedis, ambient: Ambient) -> Self {
        let local = Cache::builder().max_capacity(LOCAL_SUBJECTS).time_to_idle(Duration::from_secs(3600)).build();
        Self { ambient, redis, local }
    }

    /// Starts an attempt of `subject`, after those in progress that could use up the limit.
    ///
    /// # Errors
    /// With the time to wait, if too many have failed or those in progress take too long. Nothing is counted then.
    pub async fn begin(&self, rule: Rule, subject: &str) -> Result<Attempt, Duration> {
        let key = key(&format!("throttle:{}", rule.name), subject);
        let deadline = Instant::now() + PATIENCE;
        let member = self.ambient.uuid().to_string();
        // Made before Redis is asked: a place is given back also when nobody waits for the answer any more.
        let place = Some(Place::Redis(member.clone()));
        let mut attempt = Attempt { throttle: self.clone(), rule, key, place };
        loop {
            let refused = match self.enter_in_redis(rule, &attempt.key, &member).await {
                Some(Entry::Entered) => return Ok(attempt),
                Some(Entry::Full) if Instant::now() < deadline => {
                    sleep(ASK_AGAIN).await;
                    continue;
                }
                Some(Entry::Full) => COME_BACK,
                Some(Entry::Refused(left)) => left,
                None => {
                    attempt.place = None;
                    return self.begin_here(attempt, deadline).await;
                }
            };
            attempt.place = None;
            return Err(refused);
        }
    }

    /// Counts an event regardless of its outcome.
    ///
    /// # Errors
    /// With the time until the window ends, if the limit is reached. Nothing is counted then.
    pub async fn count(&self, rule: Rule, subject: &str) -> Result<(), Duration> {
        let key = key(&format!("throttle:{}", rule.name), subject);
        let mut script = COUNT.key(&key);
        match self.redis.run::<(u8, i64)>(script.arg(rule.attempts).arg(millis(rule.window))).await {
            Some((0, left)) => Err(positive(left)),
            Some(_) => Ok(()),
            None => self.state(key).count(rule, self.ambient.now()),
        }
    }

    /// Counts a failure of `subject` made outside of an attempt under this rule.
    pub async fn note_failure(&self, rule: Rule, subject: &str) {
        self.fail(rule, key(&format!("throttle:{}", rule.name), subject), "").await;
    }

    /// Returns the failures of `subject` in the present window.
    pub async fn failures(&self, rule: Rule, subject: &str) -> u32 {
        let key = key(&format!("throttle:{}", rule.name), subject);
        match self.redis.run(&FAILURES.key(&key)).await {
            Some(failures) => failures,
            None => self.state(key).failures(self.ambient.now()),
        }
    }

    async fn begin_here(&self, mut attempt: Attempt, deadline: Instant) -> Result<Attempt, Duration> {
        let state = self.state(attempt.key.clone());
        loop {
            let changed = state.changed();
            match state.enter(attempt.rule.attempts, self.ambient.now()) {
                Entry::Entered => break,
                Entry::Refused(left) => return Err(left),
                Entry::Full => timeout_at(deadline, changed).await.map_err(|_| COME_BACK)?,
            }
        }
        attempt.place = Some(Place::Process(state));
        Ok(attempt)
    }

    /// Enters in Redis; `None` if Redis is not configured or does not answer.
    async fn enter_in_redis(&self, rule: Rule, key: &str, member: &str) -> Option<Entry> {
        let mut script = BEGIN.key(key);
        script.key(under_way(key)).arg(rule.attempts).arg(member).arg(millis(HOLD));
        Some(match self.redis.run::<(u8, i64)>(&script).await? {
            (0, left) => Entry::Refused(positive(left)),
            (1, _) => Entry::Full,
            _ => Entry::Entered,
        })
    }

    async fn fail(&self, rule: Rule, key: String, member: &str) {
        let mut script = FAIL.key(&key);
        script.key(under_way(&key)).arg(member).arg(millis(rule.window));
        if self.redis.run::<u32>(&script).await.is_none() {
            self.state(key).note_failure(rule.window, self.ambient.now());
        }
    }

    fn state(&self, key: String) -> Arc<SubjectState> {
        self.local.get_with(key, Arc::default)
    }
}

/// An attempt in progress. Dropped without [`Attempt::fail`], it does not count.
#[must_use]
pub struct Attempt {
    throttle: Throttle,
    rule: Rule,
    key: String,
    /// The place; `None` once released.
    place: Option<Place>,
}

impl std::fmt::Debug for Attempt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Attempt").field("rule", &self.rule).finish_non_exhaustive()
    }
}

/// The place where an attempt is recorded.
enum Place {
    /// In Redis, with this name.
    Redis(String),
    Process(Arc<SubjectState>),
}

impl Attempt {
    /// Counts it as failed.
    pub async fn fail(mut self) {
        match self.place.take() {
            Some(Place::Redis(member)) => {
                let key = std::mem::take(&mut self.key);
                self.throttle.fail(self.rule, key, &member).await;
            }
            Some(Place::Process(state)) => {
                state.note_failure(self.rule.window, self.throttle.ambient.now());
                state.leave();
            }
            None => {}
        }
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        match self.place.take() {
            Some(Place::Process(state)) => state.leave(),
            Some(Place::Redis(member)) => {
                // Without a runtime the program has ended, and Redis forgets the place by itself.
                let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
                let (redis, key) = (self.throttle.redis.clone(), under_way(&self.key));
                runtime.spawn(async move {
                    redis.run::<u32>(GIVE_BACK.key(key).arg(member)).await;
                });
            }
            None => {}
        }
    }
}

/// Returns the key of the attempts in progress.
fn under_way(key: &str) -> String {
    format!("{key}:under-way")
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn positive(millis: i64) -> Duration {
    Duration::from_millis(u64::try_from(millis).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use futures_util::poll;
    use secrecy::SecretString;

    use super::*;

    const RULE: Rule = Rule { name: "test", attempts: 2, window: Duration::from_secs(60) };

    fn throttle(redis: Option<&str>) -> Throttle {
        let redis = redis.map(SecretString::from);
        Throttle::new(SharedRedis::new(redis.as_ref()).unwrap(), Ambient::system())
    }

    /// Throttles for the tests: in process, with an unavailable Redis, and with Redis if there is one for tests.
    fn throttles() -> Vec<Throttle> {
        let redis = std::env::var("TEST_REDIS_URL").ok().filter(|url| !url.is_empty());
        let mut throttles = vec![throttle(None), throttle(Some("redis://127.0.0.1:1"))];
        throttles.extend(redis.as_deref().map(|url| throttle(Some(url))));
        throttles
    }

    /// Returns a unique subject, since Redis and its counts outlive the test.
    fn subject() -> String {
        uuid::Uuid::new_v4().to_string()
    }

    #[tokio::test]
    async fn failures_up_to_the_limit_are_let_through_until_the_window_ends() {
        for throttle in throttles() {
            let subject = subject();
            for _ in 0..RULE.attempts {
                throttle.begin(RULE, &subject).await.unwrap().fail().await;
            }
            for _ in 0..5 {
                assert!(throttle.begin(RULE, &subject).await.unwrap_err() <= RULE.window);
            }
            // What was refused is not counted.
            assert_eq!(throttle.failures(RULE, &subject).await, RULE.attempts);
            assert!(throttle.begin(RULE, &self::subject()).await.is_ok());
        }
    }

    #[tokio::test]
    async fn what_did_not_fail_is_not_counted_however_it_ended() {
        for throttle in throttles() {
            let subject = subject();
            for _ in 0..5 {
                drop(throttle.begin(RULE, &subject).await.unwrap());
            }
            assert_eq!(throttle.failures(RULE, &subject).await, 0);
        }
    }

    #[tokio::test]
    async fn attempts_beyond_the_limit_wait_for_those_under_way() {
        for throttle in throttles() {
            let subject = subject();
            let first = throttle.begin(RULE, &subject).await.unwrap();
            let second = throttle.begin(RULE, &subject).await.unwrap();
            let mut third = Box::pin(throttle.begin(RULE, &subject));
            assert!(poll!(&mut third).is_pending());
            first.fail().await;
            assert!(poll!(&mut third).is_pending());
            drop(second);
            let third = third.await.unwrap();
            // One has failed and one is under way: the fourth waits for it, and is refused when it fails.
            let mut fourth = Box::pin(throttle.begin(RULE, &subject));
            assert!(poll!(&mut fourth).is_pending());
            third.fail().await;
            assert!(fourth.await.is_err());
        }
    }

    #[tokio::test]
    async fn a_waiting_attempt_that_is_given_up_holds_nothing() {
        let throttle = throttle(None);
        let under_way = [throttle.begin(RULE, "a").await, throttle.begin(RULE, "a").await];
        let mut given_up = Box::pin(throttle.begin(RULE, "a"));
        assert!(poll!(&mut given_up).is_pending());
        drop((given_up, under_way));
        let both = [throttle.begin(RULE, "a").await, throttle.begin(RULE, "a").await];
        assert!(both.iter().all(Result::is_ok));
    }

    #[tokio::test]
    async fn what_is_limited_however_it_ends_is_counted_until_it_is_refused() {
        for throttle in throttles() {
            let subject = subject();
            assert!(throttle.count(RULE, &subject).await.is_ok());
            assert!(throttle.count(RULE, &subject).await.is_ok());
            assert!(throttle.count(RULE, &subject).await.unwrap_err() <= RULE.window);
            assert_eq!(throttle.failures(RULE, &subject).await, 2);
        }
    }
}
