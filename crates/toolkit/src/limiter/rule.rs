//! Rules of limits.

use std::time::Duration;

/// A limit on failures within a time window.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// Its name, part of the key.
    pub name: &'static str,
    /// Maximum number of failures in the window.
    pub attempts: u32,
    /// Length of the window, which starts with the first failure.
    pub window: Duration,
}
