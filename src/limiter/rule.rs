//! What is allowed.

use std::time::Duration;

/// How many attempts may fail, and in which time.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// Its name, part of the key.
    pub name: &'static str,
    /// Failures in the window.
    pub attempts: u32,
    /// The window, which begins with the first failure.
    pub window: Duration,
}
