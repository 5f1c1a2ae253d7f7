//! Wake-ups without content: the woken task reads the database. A lost wake-up only costs a poll interval.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

/// Kind of change made by a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// New rows in the event log.
    Events,
    /// A job that can run.
    Jobs,
}

impl Signal {
    /// All signals.
    pub const ALL: [Self; 2] = [Self::Events, Self::Jobs];

    /// Returns the name used between processes.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Jobs => "jobs",
        }
    }
}

/// The waiters for commits.
#[derive(Debug, Default)]
pub struct Signals {
    events: Notify,
    jobs: Notify,
    /// Wakes the task that notifies other processes.
    remote: Notify,
    remote_events: AtomicBool,
    remote_jobs: AtomicBool,
}

impl Signals {
    /// Wakes the waiters of this process, and notifies the other processes of all signals with one message.
    pub fn raise(&self, signals: &[Signal]) {
        for signal in signals {
            self.raise_here(*signal);
            self.flag(*signal).store(true, Ordering::Release);
        }
        if !signals.is_empty() {
            self.remote.notify_one();
        }
    }

    /// Wakes the waiters of this process only.
    pub fn raise_here(&self, signal: Signal) {
        self.waiters(signal).notify_one();
    }

    /// Waits for `signal`. A signal raised while nobody waits is kept. Each signal has one waiter per process: the tail
    /// or the worker.
    pub async fn wait(&self, signal: Signal) {
        self.waiters(signal).notified().await;
    }

    /// Waits until other processes should be notified, and returns the signals.
    pub async fn wait_remote(&self) -> Vec<Signal> {
        loop {
            self.remote.notified().await;
            let raised: Vec<_> =
                Signal::ALL.into_iter().filter(|signal| self.flag(*signal).swap(false, Ordering::AcqRel)).collect();
            if !raised.is_empty() {
                return raised;
            }
        }
    }

    fn waiters(&self, signal: Signal) -> &Notify {
        match signal {
            Signal::Events => &self.events,
            Signal::Jobs => &self.jobs,
        }
    }

    fn flag(&self, signal: Signal) -> &AtomicBool {
        match signal {
            Signal::Events => &self.remote_events,
            Signal::Jobs => &self.remote_jobs,
        }
    }
}
