//! The job that enforces the retention of superseded facts.

use chrono::TimeDelta;
use sea_orm::{ColumnTrait, Condition};
use serde::{Deserialize, Serialize};

use super::fact::{Column, Entity};
use crate::{
    app::App,
    db::delete_in_batches,
    domains::signals::facts_of_reports,
    jobs::{Context, Job, JobError},
};

/// Deletes facts that were superseded before the retention, except those that a report on a signal refers to.
#[derive(Debug)]
pub struct PurgeFacts(pub App);

/// The number of deleted facts.
#[derive(Debug, Serialize, Deserialize)]
pub struct PurgedFacts {
    facts: u64,
}

impl Job for PurgeFacts {
    const KIND: &'static str = "purge_facts";
    const CONCURRENCY: usize = 1;
    type Input = ();
    type Output = PurgedFacts;

    async fn run(&self, _ctx: Context, (): ()) -> Result<PurgedFacts, JobError> {
        let retention = TimeDelta::from_std(self.0.config.fact_retention).unwrap_or(TimeDelta::MAX);
        let is_old = Condition::all()
            .add(Column::SupersededAt.lt(self.0.ambient.now() - retention))
            .add(Column::Id.not_in_subquery(facts_of_reports()));
        Ok(PurgedFacts { facts: delete_in_batches::<Entity>(&self.0.db, &is_old).await? })
    }

    fn summary(output: &PurgedFacts) -> String {
        format!("Deleted {} superseded facts past their retention.", output.facts)
    }
}
