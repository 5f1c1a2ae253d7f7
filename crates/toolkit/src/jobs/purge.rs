//! Jobs that enforce the retention of the event log and the queue.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ColumnTrait, Condition};
use serde::{Deserialize, Serialize};

use super::{Context, Job, JobColumn, JobEntity, JobError, JobStatus};
use crate::{
    ambient::Ambient,
    db::{Db, delete_in_batches},
    events::EventLog,
};

/// Deletes events older than the retention.
#[derive(Debug)]
pub struct PurgeEvents {
    /// The log.
    pub log: EventLog,
    /// The time.
    pub ambient: Ambient,
    /// Retention time of events.
    pub retention: Duration,
}

/// The number of deleted events.
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
        let events = self.log.purge(before(&self.ambient, self.retention)).await?;
        Ok(Purged { events })
    }

    fn summary(output: &Purged) -> String {
        format!("Deleted {} events past their retention.", output.events)
    }
}

/// Deletes jobs that ended before the retention, with their steps and idempotency keys.
#[derive(Debug)]
pub struct PurgeJobs {
    /// The database.
    pub db: Db,
    /// The time.
    pub ambient: Ambient,
    /// Retention time of ended jobs.
    pub retention: Duration,
}

/// The number of deleted jobs.
#[derive(Debug, Serialize, Deserialize)]
pub struct PurgedJobs {
    jobs: u64,
}

impl Job for PurgeJobs {
    const KIND: &'static str = "purge_jobs";
    const CONCURRENCY: usize = 1;
    type Input = ();
    type Output = PurgedJobs;

    async fn run(&self, _ctx: Context, (): ()) -> Result<PurgedJobs, JobError> {
        let cutoff = before(&self.ambient, self.retention);
        let ended = [JobStatus::Completed, JobStatus::Failed, JobStatus::Cancelled];
        // Made before it ended: the index over the time of making finds them.
        let is_old = Condition::all()
            .add(JobColumn::CreatedAt.lt(cutoff))
            .add(JobColumn::CompletedAt.lt(cutoff))
            .add(JobColumn::Status.is_in(ended));
        Ok(PurgedJobs { jobs: delete_in_batches::<JobEntity>(&self.db, &is_old).await? })
    }

    fn summary(output: &PurgedJobs) -> String {
        format!("Deleted {} jobs past their retention.", output.jobs)
    }
}

fn before(ambient: &Ambient, retention: Duration) -> DateTime<Utc> {
    ambient.shared_now() - TimeDelta::from_std(retention).unwrap_or(TimeDelta::MAX)
}
