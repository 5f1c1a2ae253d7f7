//! The Redis that all copies of the server share.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use redis::{
    Client, FromRedisValue, RedisError, ScriptInvocation,
    aio::{ConnectionManager, ConnectionManagerConfig},
};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::Instant;

/// How long Redis may take before the process counts for itself.
const PATIENCE: Duration = Duration::from_millis(500);
/// How long a Redis that did not answer is left alone: one request in this time waits for it, and the others do not.
const PAUSE: Duration = Duration::from_secs(1);

/// The Redis of the settings, where there is one. Cheap to clone; all clones know whether it answers.
#[derive(Clone)]
pub struct SharedRedis(Option<Arc<Link>>);

struct Link {
    connection: ConnectionManager,
    /// While Redis is down, when to try it again.
    try_at: Mutex<Option<Instant>>,
}

/// Whether a request to Redis is one of many, or the one that finds out whether it is back.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    Usual,
    Trial,
}

impl std::fmt::Debug for SharedRedis {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SharedRedis").field("configured", &self.0.is_some()).finish_non_exhaustive()
    }
}

impl SharedRedis {
    /// The Redis at `url`. One that does not answer is connected to later.
    ///
    /// # Errors
    /// When `url` is not the address of a Redis.
    pub fn new(url: Option<&SecretString>) -> Result<Self, RedisError> {
        let Some(url) = url else { return Ok(Self(None)) };
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE))
            .set_number_of_retries(1);
        let client = Client::open(url.expose_secret())?;
        let connection = ConnectionManager::new_lazy_with_config(client, config)?;
        Ok(Self(Some(Arc::new(Link { connection, try_at: Mutex::default() }))))
    }

    /// Whether Redis answers now; `None` when there is none.
    pub async fn answers(&self) -> Option<bool> {
        let link = self.0.as_deref()?;
        let Some(turn) = link.turn() else { return Some(false) };
        match redis::cmd("PING").query_async::<()>(&mut link.connection.clone()).await {
            Ok(()) => link.answered(turn),
            Err(error) => link.failed(&error),
        }
        Some(link.try_at().is_none())
    }

    /// What the script answers. `None` when there is no Redis or it does not answer: then the process counts for itself.
    pub(super) async fn run<T: FromRedisValue>(&self, script: &ScriptInvocation<'_>) -> Option<T> {
        let link = self.0.as_deref()?;
        let turn = link.turn()?;
        match script.invoke_async(&mut link.connection.clone()).await {
            Ok(answer) => {
                link.answered(turn);
                Some(answer)
            }
            Err(error) => {
                link.failed(&error);
                None
            }
        }
    }
}

impl Link {
    /// Whether to ask Redis now; `None` while it is left alone.
    fn turn(&self) -> Option<Turn> {
        let mut try_at = self.try_at();
        let now = Instant::now();
        match *try_at {
            None => Some(Turn::Usual),
            Some(at) if at <= now => {
                *try_at = Some(now + PAUSE);
                Some(Turn::Trial)
            }
            Some(_) => None,
        }
    }

    /// Only a trial shows that Redis is back: a usual answer may have been on its way when it went down.
    fn answered(&self, turn: Turn) {
        if turn == Turn::Trial && self.try_at().take().is_some() {
            tracing::info!("Redis answers again; limits are counted over all copies of the server");
        }
    }

    fn failed(&self, error: &RedisError) {
        if self.try_at().replace(Instant::now() + PAUSE).is_none() {
            tracing::warn!(%error, "Redis does not answer; each copy of the server counts its limits for itself");
        }
    }

    fn try_at(&self) -> MutexGuard<'_, Option<Instant>> {
        // A point in time is whole even after a panic.
        self.try_at.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
