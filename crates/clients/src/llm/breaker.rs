//! Circuit breaker of a provider: after consecutive failures it is skipped, then tried with one call.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::LlmProvider;
use super::error::Verdict;
use rapport_toolkit::ambient::Ambient;

/// State of a circuit breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakerState {
    /// Calls are allowed.
    Closed,
    /// Calls are blocked; after a pause the next one is a trial.
    Open,
    /// One trial call is running; all others are blocked.
    HalfOpen,
}

impl BreakerState {
    /// Returns the name in logs and metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half_open",
        }
    }
}

/// Counts the failures of one provider.
pub(super) struct Breaker {
    provider: LlmProvider,
    /// Number of consecutive failures until it opens.
    limit: u32,
    pause: Duration,
    ambient: Ambient,
    state: Mutex<State>,
}

struct State {
    phase: Phase,
    /// Incremented with each change of phase, so that calls of an earlier phase do not affect this one.
    generation: u64,
}

#[derive(Clone, Copy)]
enum Phase {
    Closed { failures: u32 },
    Open { until: DateTime<Utc> },
    HalfOpen,
}

impl Breaker {
    pub(super) fn new(provider: LlmProvider, limit: u32, pause: Duration, ambient: Ambient) -> Self {
        let state = Mutex::new(State { phase: Phase::Closed { failures: 0 }, generation: 0 });
        Self { provider, limit, pause, ambient, state }
    }

    /// Allows a call, or returns the remaining pause.
    pub(super) fn admit(self: &Arc<Self>) -> Result<Permit, Duration> {
        let now = self.ambient.now();
        let mut state = self.lock();
        match state.phase {
            Phase::Closed { .. } => {}
            Phase::Open { until } if until > now => return Err((until - now).to_std().unwrap_or_default()),
            Phase::Open { .. } => state.enter(Phase::HalfOpen),
            // How long the trial takes is not known.
            Phase::HalfOpen => return Err(Duration::from_secs(1)),
        }
        Ok(Permit { breaker: Arc::clone(self), generation: state.generation, settled: false })
    }

    pub(super) fn state(&self) -> BreakerState {
        match self.lock().phase {
            Phase::Closed { .. } => BreakerState::Closed,
            Phase::Open { .. } => BreakerState::Open,
            Phase::HalfOpen => BreakerState::HalfOpen,
        }
    }

    /// Changes the phase after a call's `verdict`; returns the generation to which the call then belongs.
    fn judge(&self, generation: u64, verdict: Verdict) -> u64 {
        let mut state = self.lock();
        if state.generation != generation {
            return generation;
        }
        match (state.phase, verdict) {
            (Phase::Closed { .. }, Verdict::Alive) => state.phase = Phase::Closed { failures: 0 },
            (Phase::Closed { failures }, Verdict::Failed) if failures + 1 < self.limit => {
                state.phase = Phase::Closed { failures: failures + 1 };
            }
            (Phase::Closed { .. } | Phase::HalfOpen, Verdict::Failed) => {
                state.enter(Phase::Open { until: self.ambient.now() + self.pause() });
                let pause_s = self.pause.as_secs();
                tracing::warn!(provider = %self.provider, pause_s, "a language model keeps failing and is left alone");
            }
            (Phase::HalfOpen, Verdict::Alive) => {
                state.enter(Phase::Closed { failures: 0 });
                tracing::info!(provider = %self.provider, "a language model answers again");
            }
            // The next call is the trial in its place.
            (Phase::HalfOpen, Verdict::Unknown) => state.enter(Phase::Open { until: self.ambient.now() }),
            (Phase::Closed { .. }, Verdict::Unknown) | (Phase::Open { .. }, _) => {}
        }
        state.generation
    }

    fn pause(&self) -> TimeDelta {
        TimeDelta::from_std(self.pause).unwrap_or(TimeDelta::MAX)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Every change is a single assignment, so a panic elsewhere leaves a state that holds.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn enter(&mut self, phase: Phase) {
        self.phase = phase;
        self.generation += 1;
    }
}

/// An allowed call. Dropped without a verdict, it does not affect the breaker; if it was the trial, the next call
/// becomes it.
pub(super) struct Permit {
    breaker: Arc<Breaker>,
    generation: u64,
    settled: bool,
}

impl Permit {
    /// Records that the provider started to answer, which ends a trial, because reading the answer may take long.
    pub(super) fn began(&mut self) {
        if self.breaker.state() == BreakerState::HalfOpen {
            self.generation = self.breaker.judge(self.generation, Verdict::Alive);
        }
    }

    /// Records the end of the call.
    pub(super) fn settle(&mut self, verdict: Verdict) {
        if !self.settled {
            self.settled = true;
            self.breaker.judge(self.generation, verdict);
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.settle(Verdict::Unknown);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rapport_toolkit::ambient::Clock;

    struct HandClock(Mutex<DateTime<Utc>>);

    impl Clock for HandClock {
        fn now(&self) -> DateTime<Utc> {
            *self.0.lock().unwrap()
        }
    }

    impl HandClock {
        fn advance(&self, seconds: i64) {
            *self.0.lock().unwrap() += TimeDelta::seconds(seconds);
        }
    }

    /// Returns a breaker that opens after two failures, for ten seconds.
    fn breaker() -> (Arc<Breaker>, Arc<HandClock>) {
        let clock = Arc::new(HandClock(Mutex::new(DateTime::UNIX_EPOCH)));
        let ambient = Ambient::seeded(clock.clone(), 1);
        (Arc::new(Breaker::new(LlmProvider::Ollama, 2, Duration::from_secs(10), ambient)), clock)
    }

    fn end(breaker: &Arc<Breaker>, verdict: Verdict) {
        breaker.admit().ok().unwrap().settle(verdict);
    }

    fn refused(breaker: &Arc<Breaker>) -> Option<Duration> {
        breaker.admit().err()
    }

    fn opened() -> (Arc<Breaker>, Arc<HandClock>) {
        let (breaker, clock) = breaker();
        end(&breaker, Verdict::Failed);
        end(&breaker, Verdict::Failed);
        assert_eq!(breaker.state(), BreakerState::Open);
        (breaker, clock)
    }

    #[test]
    fn failures_in_a_row_open_it() {
        let (breaker, _clock) = opened();
        assert_eq!(refused(&breaker), Some(Duration::from_secs(10)));
    }

    #[test]
    fn a_success_between_failures_keeps_it_closed() {
        let (breaker, _clock) = breaker();
        for verdict in [Verdict::Failed, Verdict::Alive, Verdict::Failed] {
            end(&breaker, verdict);
        }
        assert_eq!(breaker.state(), BreakerState::Closed);
    }

    #[test]
    fn a_call_given_up_neither_counts_nor_forgives() {
        let (breaker, _clock) = breaker();
        end(&breaker, Verdict::Failed);
        drop(breaker.admit().ok().unwrap());
        end(&breaker, Verdict::Failed);
        assert_eq!(breaker.state(), BreakerState::Open);
    }

    #[test]
    fn after_the_pause_one_call_is_the_trial() {
        let (breaker, clock) = opened();
        clock.advance(10);
        let mut trial = breaker.admit().ok().unwrap();
        assert_eq!(breaker.state(), BreakerState::HalfOpen);
        assert!(refused(&breaker).is_some());
        trial.settle(Verdict::Alive);
        assert_eq!(breaker.state(), BreakerState::Closed);
    }

    #[test]
    fn a_trial_that_fails_begins_the_pause_anew() {
        let (breaker, clock) = opened();
        clock.advance(10);
        end(&breaker, Verdict::Failed);
        assert_eq!(refused(&breaker), Some(Duration::from_secs(10)));
    }

    #[test]
    fn a_trial_given_up_leaves_the_trial_to_the_next_call() {
        let (breaker, clock) = opened();
        clock.advance(10);
        drop(breaker.admit().ok().unwrap());
        end(&breaker, Verdict::Alive);
        assert_eq!(breaker.state(), BreakerState::Closed);
    }

    #[test]
    fn a_trial_ends_when_the_answer_begins_and_still_counts_when_it_breaks_off() {
        let (breaker, clock) = opened();
        clock.advance(10);
        let mut trial = breaker.admit().ok().unwrap();
        trial.began();
        assert_eq!(breaker.state(), BreakerState::Closed);
        trial.settle(Verdict::Failed);
        end(&breaker, Verdict::Failed);
        assert_eq!(breaker.state(), BreakerState::Open);
    }

    #[test]
    fn calls_from_before_it_opened_have_no_say_later() {
        let (breaker, clock) = breaker();
        let (mut slow, mut slower) = (breaker.admit().ok().unwrap(), breaker.admit().ok().unwrap());
        end(&breaker, Verdict::Failed);
        end(&breaker, Verdict::Failed);
        slow.settle(Verdict::Alive);
        assert_eq!(breaker.state(), BreakerState::Open);
        clock.advance(10);
        let _trial = breaker.admit().ok().unwrap();
        slower.settle(Verdict::Failed);
        assert_eq!(breaker.state(), BreakerState::HalfOpen);
    }
}
