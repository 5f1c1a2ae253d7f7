//! Budgets: each subject has a bucket of points that pays for operations and refills over time.

use std::{sync::LazyLock, time::Duration};

use moka::future::Cache;
use redis::Script;

use super::{
    BudgetSubject, LOCAL_SUBJECTS, SharedRedis,
    bucket::{Bucket, POINT},
    key,
};
use crate::{
    ambient::Ambient,
    config::{Allowance, Limits},
};

/// The budgets of all subjects. Cheap to clone.
#[derive(Clone)]
pub struct Budget {
    redis: SharedRedis,
    ambient: Ambient,
    signed_in: Allowance,
    anonymous: Allowance,
    local: Cache<BudgetSubject, Bucket>,
}

/// The balance of a budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Balance {
    /// Available whole points.
    pub available: u32,
    /// Points restored per second.
    pub restore_rate: u32,
}

/// Points that were taken.
#[derive(Debug, Clone, Copy)]
pub struct Taken {
    /// The remaining balance; `None` for an unlimited budget.
    pub balance: Option<Balance>,
    subject: BudgetSubject,
    place: Place,
}

/// An insufficient budget; nothing was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shortage {
    /// The balance.
    pub balance: Balance,
    /// Time until it will suffice, if nothing else is taken meanwhile.
    pub retry_after: Duration,
}

/// The place where a bucket is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Redis,
    Process,
    /// Not stored, because there is no limit.
    Unlimited,
}

/// The result of taking: success, and the level afterwards, in millionths of a point.
type Answer = (bool, i64);

/// Takes points (or returns them, if negative) like [`Bucket`], by the clock of Redis.
///
/// Numbers are formatted with `%.0f`, because Lua's default cuts them to 14 digits. A key may expire once its bucket is
/// full, since no key means a full bucket.
static TAKE: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "local capacity, restore, points = ARGV[1] * 1000000, tonumber(ARGV[2]), ARGV[3] * 1000000 \
         local time = redis.call('TIME') \
         local now = time[1] * 1000000 + time[2] \
         local kept = redis.call('HMGET', KEYS[1], 'level', 'at') \
         local level = capacity \
         if kept[1] then level = math.min(capacity, kept[1] + math.max(0, now - kept[2]) * restore) end \
         if level < points then return {0, level} end \
         level = math.min(capacity, level - points) \
         redis.call('HSET', KEYS[1], 'level', string.format('%.0f', level), 'at', string.format('%.0f', now)) \
         redis.call('PEXPIRE', KEYS[1], string.format('%.0f', math.ceil((capacity - level) / restore / 1000))) \
         return {1, level}",
    )
});

impl std::fmt::Debug for Budget {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Budget").field("redis", &self.redis).finish_non_exhaustive()
    }
}

impl Budget {
    /// Creates budgets of the sizes in `limits`.
    pub fn new(redis: SharedRedis, limits: &Limits, ambient: Ambient) -> Self {
        let (signed_in, anonymous) = (limits.signed_in, limits.anonymous);
        // A bucket that nobody touched for so long is full, and need not be remembered.
        let idle = time_to_fill(signed_in).max(time_to_fill(anonymous)).max(Duration::from_secs(1));
        let local = Cache::builder().max_capacity(LOCAL_SUBJECTS).time_to_idle(idle).build();
        Self { redis, ambient, signed_in, anonymous, local }
    }

    /// Returns the Redis that stores shared budgets.
    pub fn redis(&self) -> &SharedRedis {
        &self.redis
    }

    /// Takes points for an operation of `subject`.
    ///
    /// # Errors
    /// If there are too few; then none are taken.
    pub async fn take(&self, subject: BudgetSubject, points: u32) -> Result<Taken, Shortage> {
        let allowance = self.allowance(subject);
        if allowance.points == 0 {
            return Ok(Taken { balance: None, subject, place: Place::Unlimited });
        }
        let (place, (is_taken, level)) = match self.in_redis(subject, points.into()).await {
            Some(answer) => (Place::Redis, answer),
            None => (Place::Process, self.in_process(subject, points.into()).await),
        };
        let balance = balance(level, allowance);
        if is_taken {
            return Ok(Taken { balance: Some(balance), subject, place });
        }
        Err(Shortage { balance, retry_after: time_until(points, level, allowance) })
    }

    /// Returns some of the points taken to their bucket, and returns its balance.
    pub async fn give_back(&self, taken: Taken, points: u32) -> Option<Balance> {
        let change = -i64::from(points);
        let answer = match taken.place {
            Place::Redis => self.in_redis(taken.subject, change).await,
            Place::Process => Some(self.in_process(taken.subject, change).await),
            Place::Unlimited => None,
        };
        // Points of a Redis that has gone down meanwhile are lost with it.
        answer.map_or(taken.balance, |(_, level)| Some(balance(level, self.allowance(taken.subject))))
    }

    fn allowance(&self, subject: BudgetSubject) -> Allowance {
        match subject {
            BudgetSubject::User(_) | BudgetSubject::ApiKey(_) => self.signed_in,
            BudgetSubject::Address(_) | BudgetSubject::Unknown => self.anonymous,
        }
    }

    async fn in_redis(&self, subject: BudgetSubject, points: i64) -> Option<Answer> {
        let Allowance { points: capacity, restore } = self.allowance(subject);
        let mut script = TAKE.key(key("budget", &subject.to_string()));
        self.redis.run(script.arg(capacity).arg(restore).arg(points)).await
    }

    async fn in_process(&self, subject: BudgetSubject, points: i64) -> Answer {
        let allowance = self.allowance(subject);
        let mut is_taken = false;
        let noted = &mut is_taken;
        let bucket = self.local.entry(subject).and_upsert_with(|kept| async move {
            // Asked under the lock of the entry, so that time does not run backwards between two requests.
            let now = self.ambient.now();
            let full = || Bucket::full(allowance, now);
            let bucket = kept.map_or_else(full, |kept| kept.into_value().restored(allowance, now));
            let less = bucket.less(points, allowance);
            *noted = less.is_some();
            less.unwrap_or(bucket)
        });
        let level = bucket.await.into_value().level;
        (is_taken, level)
    }
}

fn balance(level: i64, allowance: Allowance) -> Balance {
    Balance { available: u32::try_from(level / POINT).unwrap_or_default(), restore_rate: allowance.restore }
}

/// Returns the time until a bucket has this number of points, in whole milliseconds, rounded up.
fn time_until(points: u32, level: i64, allowance: Allowance) -> Duration {
    let missing = u64::try_from(i64::from(points) * POINT - level).unwrap_or_default();
    Duration::from_millis(missing.div_ceil(u64::from(allowance.restore) * 1000))
}

fn time_to_fill(allowance: Allowance) -> Duration {
    time_until(allowance.points, 0, allowance)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use secrecy::SecretString;

    use super::*;
    use crate::config::Config;

    const ONE: BudgetSubject = BudgetSubject::User(uuid::Uuid::from_u128(1));
    const OTHER: BudgetSubject = BudgetSubject::User(uuid::Uuid::from_u128(2));

    struct Still;

    impl crate::ambient::Clock for Still {
        fn now(&self) -> chrono::DateTime<chrono::Utc> {
            chrono::DateTime::UNIX_EPOCH
        }
    }

    /// Creates budgets of 100 points with a stopped clock.
    fn budget(redis: SharedRedis) -> Budget {
        let allowance = Allowance { points: 100, restore: 3 };
        let limits = Limits { signed_in: allowance, anonymous: allowance, ..Config::defaults().limits };
        Budget::new(redis, &limits, Ambient::seeded(Arc::new(Still), 7))
    }

    fn local() -> Budget {
        budget(SharedRedis::new(None).unwrap())
    }

    #[tokio::test]
    async fn a_shortage_takes_nothing_and_says_when_there_will_be_enough() {
        let budget = local();
        assert_eq!(budget.take(ONE, 90).await.unwrap().balance.unwrap().available, 10);
        let shortage = budget.take(ONE, 11).await.unwrap_err();
        assert_eq!(shortage.balance, Balance { available: 10, restore_rate: 3 });
        assert_eq!(shortage.retry_after, Duration::from_millis(334));
        assert!(budget.take(ONE, 10).await.is_ok());
        assert!(budget.take(OTHER, 100).await.is_ok());
    }

    #[tokio::test]
    async fn what_is_given_back_is_available() {
        let budget = local();
        let taken = budget.take(ONE, 100).await.unwrap();
        assert_eq!(budget.give_back(taken, 60).await.unwrap().available, 60);
        assert!(budget.take(ONE, 61).await.is_err());
    }

    #[tokio::test]
    async fn a_budget_of_no_points_is_without_a_limit() {
        let unlimited = Allowance { points: 0, restore: 1 };
        let limits = Limits { signed_in: unlimited, ..Config::defaults().limits };
        let budget = Budget::new(SharedRedis::new(None).unwrap(), &limits, Ambient::system());
        let taken = budget.take(ONE, u32::MAX).await.unwrap();
        assert_eq!((taken.balance, budget.give_back(taken, 1).await), (None, None));
    }

    #[tokio::test]
    async fn a_redis_that_does_not_answer_is_done_without() {
        let nowhere = SecretString::from("redis://127.0.0.1:1");
        let budget = budget(SharedRedis::new(Some(&nowhere)).unwrap());
        let taken = budget.take(ONE, 100).await.unwrap();
        assert!(budget.take(ONE, 1).await.is_err());
        assert_eq!(budget.give_back(taken, 1).await.unwrap().available, 1);
    }
}
