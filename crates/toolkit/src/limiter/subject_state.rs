//! The counts of one subject in this process.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};
use tokio::sync::{Notify, futures::Notified};

use super::rule::Rule;

/// The result of requesting a place.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// The place was taken.
    Entered,
    /// All remaining places are taken by attempts in progress.
    Full,
    /// Too many attempts failed; the window ends after this time.
    Refused(Duration),
}

/// The failures and attempts in progress of a subject.
#[derive(Default)]
pub(super) struct SubjectState {
    counts: Mutex<Counts>,
    changed: Notify,
}

#[derive(Default)]
struct Counts {
    failures: u32,
    under_way: u32,
    ends_at: DateTime<Utc>,
}

impl SubjectState {
    /// Takes a place if one of `limit` is free.
    pub(super) fn enter(&self, limit: u32, now: DateTime<Utc>) -> Entry {
        let mut counts = self.counts_at(now);
        if counts.failures >= limit {
            return Entry::Refused((counts.ends_at - now).to_std().unwrap_or_default());
        }
        if counts.failures.saturating_add(counts.under_way) >= limit {
            return Entry::Full;
        }
        counts.under_way += 1;
        Entry::Entered
    }

    /// Releases a place.
    pub(super) fn leave(&self) {
        let mut counts = self.counts();
        counts.under_way = counts.under_way.saturating_sub(1);
        drop(counts);
        self.changed.notify_waiters();
    }

    /// Waits until a place is released after this call.
    pub(super) fn changed(&self) -> Notified<'_> {
        self.changed.notified()
    }

    /// Counts a failure.
    pub(super) fn note_failure(&self, window: Duration, now: DateTime<Utc>) {
        let mut counts = self.counts_at(now);
        if counts.failures == 0 {
            counts.ends_at = now + window;
        }
        counts.failures = counts.failures.saturating_add(1);
    }

    /// Counts an event regardless of its outcome.
    pub(super) fn count(&self, rule: Rule, now: DateTime<Utc>) -> Result<(), Duration> {
        match self.enter(rule.attempts, now) {
            Entry::Refused(left) => return Err(left),
            Entry::Full => return Err(Duration::ZERO),
            Entry::Entered => {}
        }
        self.note_failure(rule.window, now);
        self.leave();
        Ok(())
    }

    /// Returns the failures in the present window.
    pub(super) fn failures(&self, now: DateTime<Utc>) -> u32 {
        self.counts_at(now).failures
    }

    /// Returns the counts, reset if the window has ended.
    fn counts_at(&self, now: DateTime<Utc>) -> MutexGuard<'_, Counts> {
        let mut counts = self.counts();
        if counts.ends_at <= now {
            counts.failures = 0;
        }
        counts
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        // Whole after any panic.
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: Duration = Duration::from_secs(60);

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + chrono::TimeDelta::seconds(1000 + seconds)
    }

    #[test]
    fn the_window_begins_with_the_first_failure() {
        let state = SubjectState::default();
        state.note_failure(WINDOW, at(0));
        state.note_failure(WINDOW, at(50));
        assert_eq!(state.enter(2, at(59)), Entry::Refused(Duration::from_secs(1)));
        assert_eq!(state.enter(2, at(60)), Entry::Entered);
        assert_eq!(state.failures(at(60)), 0);
    }
}
