//! The Redis shared by all server processes.

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

/// Time limit of Redis before the process counts by itself.
const PATIENCE: Duration = Duration::from_millis(500);
/// Pause after Redis did not answer: one request in this time tries it, and the others skip it.
const PAUSE: Duration = Duration::from_secs(1);

/// The configured Redis, if any. Cheap to clone; all clones share its availability.
#[derive(Clone)]
pub struct SharedRedis(Option<Arc<Link>>);

struct Link {
    connection: ConnectionManager,
    /// Time of the next attempt while Redis is down.
    try_at: Mutex<Option<Instant>>,
}

/// Kind of request to Redis: a normal one, or a trial of its availability.
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
    /// Creates the client of the Redis at `url`, which connects later if Redis does not answer.
    ///
    /// # Errors
    /// If `url` is not a valid Redis address.
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

    /// Returns true if Redis answers now; `None` if there is none.
    pub async fn answers(&self) -> Option<bool> {
        let link = self.0.as_deref()?;
        let Some(turn) = link.turn() else { return Some(false) };
        match redis::cmd("PING").query_async::<()>(&mut link.connection.clone()).await {
            Ok(()) => link.answered(turn),
            Err(error) => link.failed(&error),
        }
        Some(link.try_at().is_none())
    }

    /// Runs the script. `None` if there is no Redis or it does not answer: then the process counts by itself.
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
    /// Returns the kind of the next request; `None` during a pause.
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

    /// Records an answer. Only a trial shows that Redis is back, since a normal answer may have been sent before it
    /// went down.
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
