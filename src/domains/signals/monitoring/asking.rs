//! How often the strong model is asked.

use std::sync::atomic::{AtomicU32, Ordering};

/// After how many failures in a row an attempt at a monitoring asks the model no more.
const MOST_FAILURES: u32 = 3;

/// The most reports that the model is asked about in an attempt at a monitoring.
const MOST_QUESTIONS: u32 = 500;

/// How the model does in an attempt at a monitoring.
#[derive(Debug, Default)]
pub(super) struct Asking {
    failures: AtomicU32,
    questions: AtomicU32,
}

impl Asking {
    /// Whether the model is asked any more.
    pub(super) fn goes_on(&self) -> bool {
        self.failures.load(Ordering::Relaxed) < MOST_FAILURES && self.questions.load(Ordering::Relaxed) < MOST_QUESTIONS
    }

    /// Notes that a question was answered, or not.
    pub(super) fn ended(&self, answered: bool) {
        self.questions.fetch_add(1, Ordering::Relaxed);
        if answered {
            self.failures.store(0, Ordering::Relaxed);
        } else {
            self.failures.fetch_add(1, Ordering::Relaxed);
        }
    }
}
