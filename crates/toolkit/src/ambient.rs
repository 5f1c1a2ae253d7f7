//! Time, randomness and metrics, injected so that nothing depends on the environment.
//!
//! Tests control the time and can repeat a run by its seed. This is the only module that uses the system clock or the
//! operating system's entropy; `clippy.toml` bans them elsewhere.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicI64, Ordering},
};

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use rand::{Rng, RngExt, SeedableRng, rngs::StdRng};
use uuid::Uuid;

use crate::telemetry::Metrics;

/// A source of time.
pub trait Clock: Send + Sync + 'static {
    /// Returns the present time in UTC.
    fn now(&self) -> DateTime<Utc>;

    /// Returns true for a real-time clock, which may be corrected by another clock.
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

/// Time, randomness and metrics. Cheap to clone; clones share the generator and the counts.
#[derive(Clone)]
pub struct Ambient {
    clock: Arc<dyn Clock>,
    random: Arc<Mutex<StdRng>>,
    metrics: Metrics,
    /// Offset of the database's clock from ours, in microseconds.
    ahead: Arc<AtomicI64>,
}

impl std::fmt::Debug for Ambient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ambient")
    }
}

impl Ambient {
    /// Creates an environment with the system clock and a cryptographic generator seeded by the operating system.
    pub fn system() -> Self {
        Self::new(Arc::new(SystemClock), rand::make_rng())
    }

    /// Creates an environment with the given clock and generator.
    pub fn new(clock: Arc<dyn Clock>, random: StdRng) -> Self {
        let metrics = Metrics::new(clock.now().trunc_subsecs(6));
        Self { clock, random: Arc::new(Mutex::new(random)), metrics, ahead: Arc::default() }
    }

    /// Creates an environment with the given clock, and a generator that is reproducible by `seed`. For tests.
    pub fn seeded(clock: Arc<dyn Clock>, seed: u64) -> Self {
        Self::new(clock, StdRng::seed_from_u64(seed))
    }

    /// Returns the present time in microseconds, the resolution of both databases, so that a stored time equals itself.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now().trunc_subsecs(6)
    }

    /// Returns the present time shared by all processes of a database: the clock of PostgreSQL as last read
    /// ([`Ambient::learn_database_time`]), or the machine's clock for SQLite. For leases, and for other times that one
    /// process writes and another waits for.
    pub fn shared_now(&self) -> DateTime<Utc> {
        self.now() + TimeDelta::microseconds(self.ahead.load(Ordering::Relaxed))
    }

    /// Sets the offset to the clock of the database.
    pub fn learn_database_time(&self, time: DateTime<Utc>) {
        if self.clock.is_wall_clock() {
            let ahead = (time - self.now()).num_microseconds().unwrap_or_default();
            self.ahead.store(ahead, Ordering::Relaxed);
        }
    }

    /// Returns the metrics.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Returns `N` random bytes, suitable for keys and tokens.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.generator(|rng| rng.fill_bytes(&mut bytes));
        bytes
    }

    /// Returns a random number in `0.0..1.0`, for jitter.
    pub fn unit(&self) -> f64 {
        self.generator(|rng| rng.random::<f64>())
    }

    /// Returns a new version 7 UUID (RFC 9562): ordered by time to the millisecond, random below.
    pub fn uuid(&self) -> Uuid {
        let millis = u64::try_from(self.now().timestamp_millis()).unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes()).into_uuid()
    }

    fn generator<T>(&self, use_it: impl FnOnce(&mut StdRng) -> T) -> T {
        // A panic while the lock was held leaves a generator that still generates.
        use_it(&mut self.random.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
