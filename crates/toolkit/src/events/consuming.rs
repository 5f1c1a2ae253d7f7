//! The loops that keep the consumers of this process at work.

use std::{fmt, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures_util::{FutureExt, future::join_all};
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::{
    consumer::{BATCH, EventConsumer, ReadOn, Step},
    cursor::Position,
    log::EventLog,
};
use crate::{
    db::{PATIENCE, within},
    error::Error,
};

/// Delay after a first failure, doubled with each further one up to [`LONGEST_DELAY`].
const DELAY: Duration = Duration::from_millis(500);
const LONGEST_DELAY: Duration = Duration::from_secs(60);
/// Longest time for which this process goes by its own memory of how far it has read. Then it looks at the place in the
/// database, which it moves past events that did not concern the consumer.
const REMEMBERED: Duration = Duration::from_secs(5);

/// What this process remembers of a consumer.
struct Memory {
    read: ReadOn,
    /// When the place in the database was last looked at.
    looked_at: Instant,
}

/// A consumer that failed in this process.
struct Failing {
    delay: Duration,
    until: Instant,
}

/// Reason why a step failed.
enum StepError {
    /// The database or the reaction failed.
    Failed(Error),
    /// It took longer than this.
    TooSlow(Duration),
    Panicked,
}

/// Shown to operators; internal details are only in the log.
impl fmt::Display for StepError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(Error::Internal(_)) => f.write_str("It failed inside; the reason is in the log."),
            Self::Failed(error) => write!(f, "{}: {error}", error.code().as_str()),
            Self::TooSlow(limit) => write!(f, "Its reactions took longer than {} s.", limit.as_secs_f32()),
            Self::Panicked => f.write_str("It panicked; the reason is in the log."),
        }
    }
}

impl EventLog {
    /// Keeps `consumers` at work until `stop`, each by itself; a step that has begun then goes on to its end. Besides new
    /// events of this process's tail, which wake it, each looks at each `poll` for what another process has left.
    pub async fn consume(&self, consumers: &[Arc<dyn EventConsumer>], poll: Duration, stop: CancellationToken) {
        join_all(consumers.iter().map(|consumer| self.keep_at_work(consumer.as_ref(), poll, &stop))).await;
    }

    async fn keep_at_work(&self, consumer: &dyn EventConsumer, poll: Duration, stop: &CancellationToken) {
        let (mut failing, mut memory) = (None, None);
        let mut seen = self.watch();
        while !stop.is_cancelled() {
            seen.mark_unchanged();
            self.catch_up(consumer, &mut failing, &mut memory, stop).await;
            let until: Option<Instant> = failing.as_ref().map(|failing| failing.until);
            let pause = until.map_or(poll, |until| until.saturating_duration_since(Instant::now()));
            tokio::select! {
                () = stop.cancelled() => {}
                _ = seen.changed(), if until.is_none() => {}
                () = sleep(pause) => {}
            }
        }
    }

    /// Has a consumer react to all that it has not read, up to a failure.
    async fn catch_up(
        &self,
        consumer: &dyn EventConsumer,
        failing: &mut Option<Failing>,
        memory: &mut Option<Memory>,
        stop: &CancellationToken,
    ) {
        let name = consumer.name();
        while !stop.is_cancelled() {
            match self.try_step(consumer, memory).await {
                Ok(Step::Moved(_)) => {
                    if failing.take().is_some() {
                        tracing::info!(consumer = name, "reacts to events again");
                    }
                }
                Ok(Step::Rests) => return,
                Err(error) => {
                    self.fail(name, &error, failing.is_none()).await;
                    let delay = failing.as_ref().map_or(DELAY, |earlier| (earlier.delay * 2).min(LONGEST_DELAY));
                    *failing = Some(Failing { delay, until: Instant::now() + delay });
                    return;
                }
            }
        }
    }

    /// Takes a step within its time limit. A panic is a failure as any other.
    async fn try_step(&self, consumer: &dyn EventConsumer, memory: &mut Option<Memory>) -> Result<Step, StepError> {
        let limit = consumer.time_limit();
        let step = AssertUnwindSafe(timeout(limit, self.step_if_concerned(consumer, memory))).catch_unwind();
        match step.await {
            Ok(Ok(result)) => result.map_err(StepError::Failed),
            Ok(Err(_)) => Err(StepError::TooSlow(limit)),
            Err(_) => Err(StepError::Panicked),
        }
    }

    /// Takes a step only if there may be something to react to, since it takes the lock for writing on SQLite.
    async fn step_if_concerned(
        &self,
        consumer: &dyn EventConsumer,
        memory: &mut Option<Memory>,
    ) -> Result<Step, Error> {
        if let Some(known) = memory.as_mut() {
            let is_fresh = known.looked_at.elapsed() < REMEMBERED;
            let events = match known.read.to < self.seen() {
                true => within(PATIENCE, self.look(known.read.to, BATCH)).await?.events,
                false => Vec::new(),
            };
            match events.last().map(|event| event.position) {
                None if is_fresh => return Ok(Step::Rests),
                Some(last) if !consumer.concerns(self.db.reader(), &events).await? => {
                    known.read.to = last;
                    if is_fresh {
                        return Ok(Step::Moved(last));
                    }
                }
                _ => {}
            }
        }
        // Whatever goes wrong from here, the place in the database counts.
        let read = memory.take().map(|known| known.read);
        let looked_at = Instant::now();
        let Some(state) = within(PATIENCE, self.consumer(self.db.reader(), consumer.name())).await? else {
            self.register(&[consumer.name()]).await?;
            return Ok(Step::Moved(Position::default()));
        };
        let step = if state.position < self.seen() { self.step(consumer, read).await? } else { Step::Rests };
        let read = match step {
            Step::Moved(place) => ReadOn { from: place, to: place },
            // Another process may be at work.
            Step::Rests => read
                .filter(|read| read.from == state.position)
                .unwrap_or(ReadOn { from: state.position, to: state.position }),
        };
        *memory = Some(Memory { read, looked_at });
        Ok(step)
    }

    /// Logs the first failure in a row, and records each with the place of the consumer.
    async fn fail(&self, name: &'static str, error: &StepError, is_first: bool) {
        if let StepError::Failed(Error::Unavailable(cause)) = error
            && self.db.outage().covers(cause)
        {
            return;
        }
        if is_first {
            let cause = match error {
                StepError::Failed(Error::Internal(cause)) => Some(cause),
                _ => None,
            };
            tracing::error!(consumer = name, %error, ?cause, "reacting to events failed; it is tried again until it works");
        }
        if let Err(cause) = within(PATIENCE, self.note_failure(name, &error.to_string())).await
            && !self.db.outage().covers(&cause)
        {
            tracing::warn!(consumer = name, error = %cause, "recording that a consumer failed");
        }
    }
}
