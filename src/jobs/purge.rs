//! The job that keeps the event log to its retention.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::{Context, Job, JobError};
use crate::{ambient::Ambient, events::EventLog};

/// Deletes events older than the retention.
#[derive(Debug)]
pub struct PurgeEvents {
    /// The log.
    pub log: EventLog,
    /// The time.
    pub ambient: Ambient,
    /// How long events are kept.
    pub retention: std::time::Duration,
}

/// How many events were deleted.
#[derive(Debug, Serialize, Deserialize)]
pub struct Purged {
    events: u64,
}

impl Job for PurgeEvents {
    const KIND: &'static str = "purge_events";
    const CONCURRENCY: usize = 1;
    type Input = ();
    type Output = Purged;

    async fn run(&self, _ctx: Context, (): ()) -> Result<Purged, JobError> {
        let retention = TimeDelta::from_std(self.retention).unwrap_or(TimeDelta::MAX);
        let events = self.log.purge(self.ambient.now() - retention).await?;
        Ok(Purged { events })
    }

    fn summary(output: &Purged) -> String {
        format!("Deleted {} events past their retention.", output.events)
    }
}
