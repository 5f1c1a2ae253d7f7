//! The job that enforces the retention of notifications.

use chrono::TimeDelta;
use sea_orm::{ColumnTrait, Condition};
use serde::{Deserialize, Serialize};

use super::entity::{Column, Entity};
use crate::{
    app::App,
    db::delete_in_batches,
    jobs::{Context, Job, JobError},
};

/// Deletes notifications that were read before the retention, and unread ones twice as old.
#[derive(Debug)]
pub struct PurgeNotifications(pub App);

/// The number of deleted notifications.
#[derive(Debug, Serialize, Deserialize)]
pub struct PurgedNotifications {
    notifications: u64,
}

impl Job for PurgeNotifications {
    const KIND: &'static str = "purge_notifications";
    const CONCURRENCY: usize = 1;
    type Input = ();
    type Output = PurgedNotifications;

    async fn run(&self, _ctx: Context, (): ()) -> Result<PurgedNotifications, JobError> {
        let retention = TimeDelta::from_std(self.0.config.notifications.retention).unwrap_or(TimeDelta::MAX);
        let now = self.0.ambient.now();
        let unread = Condition::all().add(Column::ReadAt.is_null()).add(Column::UpdatedAt.lt(now - retention * 2));
        let is_old = Condition::any().add(Column::ReadAt.lt(now - retention)).add(unread);
        Ok(PurgedNotifications { notifications: delete_in_batches::<Entity>(&self.0.db, &is_old).await? })
    }

    fn summary(output: &PurgedNotifications) -> String {
        format!("Deleted {} notifications past their retention.", output.notifications)
    }
}
