//! Times at which schedules are due.

use std::pin::Pin;

use chrono::{DateTime, Utc};

use crate::{db::Id, error::Result, jobs::JobRow};

/// A future that borrows its arguments.
pub(super) type Soon<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

/// A time at which a schedule was due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tick {
    /// The object whose schedule it is; of a task its name.
    pub subject: String,
    /// The time. What a job reports on ends here, however late it runs.
    pub at: DateTime<Utc>,
    /// Its key, unique per schedule and tick.
    pub key: String,
}

/// The last run that a schedule started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastRun {
    /// The time at which it was due.
    pub tick: DateTime<Utc>,
    /// The time at which it was started.
    pub at: DateTime<Utc>,
    /// The job, which may be deleted since.
    pub job: Id<JobRow>,
}
