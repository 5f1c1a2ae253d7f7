//! The GraphQL type of jobs.

use crate::{
    graphql::{Shown, plain_fields},
    jobs::JobRow,
};

/// Background job. Subscribe with `jobProgress`.
pub struct Job(pub JobRow);

impl Shown for Job {
    type Row = JobRow;

    fn of(row: JobRow) -> Self {
        Self(row)
    }

    fn row(&self) -> &JobRow {
        &self.0
    }
}

plain_fields!(Job, |job| &job.0 => id, status, progress, current_step, attempt, max_attempts, cancel_requested, created_at, started_at, completed_at);
