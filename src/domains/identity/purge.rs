//! The job that deletes expired sessions.

use chrono::TimeDelta;
use sea_orm::{ColumnTrait, Condition};
use serde::{Deserialize, Serialize};

use super::session::{Column, Entity};
use crate::{
    app::App,
    db::delete_in_batches,
    jobs::{Context, Job, JobError},
};

/// Time for which expired sessions are kept for investigations.
const KEPT: TimeDelta = TimeDelta::days(7);

/// Deletes sessions that expired a week ago. Actions in them remain in the audit log.
#[derive(Debug)]
pub struct PurgeSessions(pub App);

/// The number of deleted sessions.
#[derive(Debug, Serialize, Deserialize)]
pub struct PurgedSessions {
    sessions: u64,
}

impl Job for PurgeSessions {
    const KIND: &'static str = "purge_sessions";
    const CONCURRENCY: usize = 1;
    type Input = ();
    type Output = PurgedSessions;

    async fn run(&self, _ctx: Context, (): ()) -> Result<PurgedSessions, JobError> {
        let is_old = Condition::all().add(Column::ExpiresAt.lt(self.0.ambient.now() - KEPT));
        Ok(PurgedSessions { sessions: delete_in_batches::<Entity>(&self.0.db, &is_old).await? })
    }

    fn summary(output: &PurgedSessions) -> String {
        format!("Deleted {} sessions that have expired.", output.sessions)
    }
}
