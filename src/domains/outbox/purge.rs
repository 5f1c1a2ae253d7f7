//! The job that enforces the retention of the outbox.

use chrono::TimeDelta;
use sea_orm::{ColumnTrait, Condition};
use serde::{Deserialize, Serialize};

use super::entity::{Column, Entity, Status};
use crate::{
    app::App,
    db::delete_in_batches,
    jobs::{Context, Job, JobError},
};

/// Deletes mails older than the retention, except those still to be sent.
#[derive(Debug)]
pub struct PurgeMails(pub App);

/// The number of deleted mails.
#[derive(Debug, Serialize, Deserialize)]
pub struct PurgedMails {
    mails: u64,
}

impl Job for PurgeMails {
    const KIND: &'static str = "purge_mails";
    const CONCURRENCY: usize = 1;
    type Input = ();
    type Output = PurgedMails;

    async fn run(&self, _ctx: Context, (): ()) -> Result<PurgedMails, JobError> {
        let retention = TimeDelta::from_std(self.0.config.outbox.retention).unwrap_or(TimeDelta::MAX);
        let is_old = Condition::all()
            .add(Column::CreatedAt.lt(self.0.ambient.now() - retention))
            .add(Column::Status.ne(Status::Queued));
        Ok(PurgedMails { mails: delete_in_batches::<Entity>(&self.0.db, &is_old).await? })
    }

    fn summary(output: &PurgedMails) -> String {
        format!("Deleted {} mails past their retention.", output.mails)
    }
}
