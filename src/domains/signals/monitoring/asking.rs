//! Limits on requests to the language model.

use std::sync::atomic::{AtomicU32, Ordering};

/// Number of consecutive failures after which an attempt stops asking the model.
const MOST_FAILURES: u32 = 3;

/// Maximum number of requests to the model per attempt.
const MOST_QUESTIONS: u32 = 500;

/// State of the requests in an attempt.
#[derive(Debug, Default)]
pub(super) struct Asking {
    failures: AtomicU32,
    questions: AtomicU32,
}

impl Asking {
    /// Returns true if the model should still be asked.
    pub(super) fn goes_on(&self) -> bool {
        self.failures.load(Ordering::Relaxed) < MOST_FAILURES && self.questions.load(Ordering::Relaxed) < MOST_QUESTIONS
    }

    /// Records the result of a request.
    pub(super) fn ended(&self, answered: bool) {
        self.questions.fetch_add(1, Ordering::Relaxed);
        if answered {
            self.failures.store(0, Ordering::Relaxed);
        } else {
            self.failures.fetch_add(1, Ordering::Relaxed);
        }
    }
}
