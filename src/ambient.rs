//! What a program otherwise takes from its surroundings: the time, randomness, and the place where it counts what it does.
//!
//! All are injected, so that a test decides what time it is and can repeat a run by its seed. This is the only module
//! that calls the system clock or the operating system's entropy; `clippy.toml` bans it elsewhere.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicI64, Ordering},
};

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use rand::{Rng, RngExt, SeedableRng, rngs::StdRng};
use uuid::Uuid;

use crate::telemetry::Metrics;

/// Tells the time.
pub trait Clock: Send + Sync + 'static {
    /// The present time in UTC.
    fn now(&self) -> DateTime<Utc>;

    /// Whether it means to tell the real time. Only then may it be corrected by another clock.
    fn is_wall_clock(&self) -> bool {
        false
    }
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that asks the system for the time")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    fn is_wall_clock(&self) -> bool {
        true
    }
}

/// Time, randomness and counts, handed to everything that needs them. Cheap to clone; clones share the generator and count
/// together.
#[derive(Clone)]
pub struct Ambient {
    clock: Arc<dyn Clock>,
    random: Arc<Mutex<StdRng>>,
    metrics: Metrics,
    /// How far the clock of the database is ahead of ours, in microseconds.
    ahead: Arc<AtomicI64>,
}

impl std::fmt::Debug for Ambient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ambient")
    }
}

impl Ambient {
    /// The system clock, and a cryptographic generator seeded by the operating system.
    pub fn system() -> Self {
        Self::new(Arc::new(SystemClock), rand::make_rng())
    }

    /// A chosen clock and generator.
    pub fn new(clock: Arc<dyn Clock>, random: StdRng) -> Self {
        let metrics = Metrics::new(clock.now().trunc_subsecs(6));
        Self { clock, random: Arc::new(Mutex::new(random)), metrics, ahead: Arc::default() }
    }

    /// A chosen clock, and a generator that repeats itself for the same `seed`. For tests.
    pub fn seeded(clock: Arc<dyn Clock>, seed: u64) -> Self {
        Self::new(clock, StdRng::seed_from_u64(seed))
    }

    /// The present time, cut to microseconds: the finest both databases keep, so that a stored time equals itself.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now().trunc_subsecs(6)
    }

    /// The present time as all processes of a database agree on it: by the clock of PostgreSQL, as it was last told
    /// ([`Ambient::learn_database_time`]); by the machine's where the database is a file. For leases, and for all that one
    /// process writes down for another to wait for.
    pub fn shared_now(&self) -> DateTime<Utc> {
        self.now() + TimeDelta::microseconds(self.ahead.load(Ordering::Relaxed))
    }

    /// Notes what time it is by the clock of the database.
    pub fn learn_database_time(&self, time: DateTime<Utc>) {
        if self.clock.is_wall_clock() {
            let ahead = (time - self.now()).num_microseconds().unwrap_or_default();
            self.ahead.store(ahead, Ordering::Relaxed);
        }
    }

    /// Where the program counts what it does.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// `N` random bytes, fit for keys and tokens.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.generator(|rng| rng.fill_bytes(&mut bytes));
        bytes
    }

    /// A random number in `0.0..1.0`, for jitter.
    pub fn unit(&self) -> f64 {
        self.generator(|rng| rng.random::<f64>())
    }

    /// A new UUID of version 7 (RFC 9562): ordered by time to the millisecond, random below.
    pub fn uuid(&self) -> Uuid {
        let millis = u64::try_from(self.now().timestamp_millis()).unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes()).into_uuid()
    }

    fn generator<T>(&self, use_it: impl FnOnce(&mut StdRng) -> T) -> T {
        // A panic while the lock was held leaves a generator that still generates.
        use_it(&mut self.random.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
