//! Jobs that are enqueued from below their code.

use super::registry::Waiters;
use crate::ambient::Ambient;

/// Ends a wait whose time has come, or that has expired.
#[derive(Debug)]
pub struct EndWait {
    /// Time and randomness.
    pub ambient: Ambient,
    /// What waits.
    pub waiters: Waiters,
}
