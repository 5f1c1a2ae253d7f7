//! Wake-ups. They carry nothing: whoever is woken looks into the database, which is the truth. A lost wake-up costs a
//! poll interval and nothing else.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

/// What a commit may have changed.
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

    /// The word by which processes tell each other of it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Jobs => "jobs",
        }
    }
}

/// Those who wait for commits.
#[derive(Debug, Default)]
pub struct Signals {
    events: Notify,
    jobs: Notify,
    /// Wakes the task that tells the other processes.
    remote: Notify,
    remote_events: AtomicBool,
    remote_jobs: AtomicBool,
}

impl Signals {
    /// Wakes the waiters of this process, and has the other processes told of all by one.
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

    /// Waits for `signal`. A signal raised while nobody waited is not lost. There is one waiter for each signal in a
    /// process: the tail, and the worker.
    pub async fn wait(&self, signal: Signal) {
        self.waiters(signal).notified().await;
    }

    /// Waits until other processes should be told, and says of what.
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
