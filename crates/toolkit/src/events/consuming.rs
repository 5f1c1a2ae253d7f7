//! The loop that keeps the consumers of this process at work.

use std::{collections::HashMap, sync::Arc, time::Duration};

use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::{
    consumer::{EventConsumer, Step},
    log::EventLog,
};
use crate::{
    db::{PATIENCE, within},
    error::Error,
};

/// Delay after a first failure, doubled with each further one up to [`LONGEST_DELAY`].
const DELAY: Duration = Duration::from_millis(500);
const LONGEST_DELAY: Duration = Duration::from_secs(60);

/// A consumer that failed in this process.
struct Failing {
    delay: Duration,
    until: Instant,
}

impl EventLog {
    /// Keeps `consumers` at work until `stop`. Besides new events of this process's tail, which wake it, it looks each
    /// `poll` for what another process has left.
    pub async fn consume(&self, consumers: Vec<Arc<dyn EventConsumer>>, poll: Duration, stop: CancellationToken) {
        if consumers.is_empty() {
            return;
        }
        let work = async {
            let mut failing = HashMap::new();
            let mut seen = self.watch();
            loop {
                seen.mark_unchanged();
                for consumer in &consumers {
                    self.catch_up(consumer.as_ref(), &mut failing).await;
                }
                let wake = failing.values().map(|failing: &Failing| failing.until).min();
                let retry = wake.map_or(poll, |at| at.saturating_duration_since(Instant::now()).min(poll));
                tokio::select! {
                    _ = seen.changed() => {}
                    () = sleep(retry) => {}
                }
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = work => {}
        }
    }

    /// Has a consumer react to all that it has not read, unless it waits after a failure.
    async fn catch_up(&self, consumer: &dyn EventConsumer, failing: &mut HashMap<&'static str, Failing>) {
        let name = consumer.name();
        if failing.get(name).is_some_and(|failing| failing.until > Instant::now()) {
            return;
        }
        loop {
            match self.step_if_behind(consumer).await {
                Ok(Step::Moved) => {
                    if failing.remove(name).is_some() {
                        tracing::info!(consumer = name, "reacts to events again");
                    }
                }
                Ok(Step::Rests) => return,
                Err(error) => {
                    let is_outage = matches!(&error, Error::Unavailable(cause) if self.db.outage().covers(cause));
                    let earlier = failing.get(name).map(|failing| failing.delay);
                    if !is_outage && earlier.is_none() {
                        tracing::error!(consumer = name, %error, "reacting to events failed; it is tried again until it works");
                    }
                    let delay = earlier.map_or(DELAY, |delay| (delay * 2).min(LONGEST_DELAY));
                    failing.insert(name, Failing { delay, until: Instant::now() + delay });
                    return;
                }
            }
        }
    }

    /// Takes a step only if there may be something to read, since it takes the lock for writing on SQLite.
    async fn step_if_behind(&self, consumer: &dyn EventConsumer) -> Result<Step, Error> {
        let all = within(PATIENCE, self.consumers()).await?;
        let state = all.iter().find(|state| state.name == consumer.name());
        if state.is_none() {
            self.register(&[consumer.name()]).await?;
            return Ok(Step::Moved);
        }
        let is_behind = state.is_some_and(|state| state.position < self.seen());
        if is_behind { self.step(consumer).await } else { Ok(Step::Rests) }
    }
}
