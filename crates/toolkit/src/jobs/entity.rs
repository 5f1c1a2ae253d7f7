//! The rows of the queue.

#![expect(missing_docs, reason = "SeaORM generates public items without documentation")]

use sea_orm::entity::prelude::*;

use super::{Failure, StageCounts, progress::Stages};
use crate::{
    db::{Id, Identified},
    error::ErrorCode,
    graphql::PlainValue,
};

/// A background job. The texts `input`, `output` and `stages` are JSON.
#[derive(Clone, Default, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "jobs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<Model>,
    pub kind: String,
    pub status: JobStatus,
    /// Priority; higher runs first.
    pub priority: i32,
    /// The user who started it; `None` for the server itself.
    pub owner_id: Option<Uuid>,
    pub input: String,
    /// The folded texts of the input, for searches.
    pub words: String,
    pub output: Option<String>,
    pub error_code: Option<String>,
    pub error_message: Option<String>,
    /// Progress, 0–1; never decreases.
    pub progress: f64,
    pub current_step: Option<String>,
    pub stages: String,
    /// Number of attempts started, including those whose worker was lost.
    pub attempt: i32,
    /// Number of failed attempts.
    pub failures: i32,
    /// Maximum number of failed attempts.
    pub max_attempts: i32,
    /// Earliest time at which it may be claimed.
    pub run_at: DateTimeUtc,
    /// The token of the worker that holds it; only the holder writes.
    pub lease: Option<Uuid>,
    pub lease_until: Option<DateTimeUtc>,
    /// The worker that holds it, if its liveness is visible ([`super::WorkerLock`]).
    pub worker: Option<Uuid>,
    pub cancel_requested: bool,
    pub idempotency_scope: Option<String>,
    pub idempotency_key: Option<String>,
    pub input_hash: String,
    /// The id of the last event that changed this row, from which its subscribers continue.
    pub last_event: i64,
    /// The `traceparent` of the request that started it, if traced.
    pub trace_parent: Option<String>,
    pub created_at: DateTimeUtc,
    pub started_at: Option<DateTimeUtc>,
    #[sea_orm(column_name = "finished_at")]
    pub completed_at: Option<DateTimeUtc>,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Identified for Model {
    const PREFIX: &'static str = "job";
    const NOUN: &'static str = "job";
}

impl Model {
    /// Returns its failure, if it failed.
    pub fn failure(&self) -> Option<Failure> {
        let code = self.error_code.as_ref()?;
        let code = serde_json::from_value(code.as_str().into()).unwrap_or(ErrorCode::Internal);
        Some(Failure { code, message: self.error_message.clone().unwrap_or_default() })
    }

    /// Returns its stages so far: name, counts, and completeness.
    pub fn stage_counts(&self) -> Vec<(String, StageCounts, bool)> {
        self.stages().counts()
    }

    /// Returns the number of lost workers before the latest attempt.
    pub(super) fn losses(&self) -> i32 {
        self.attempt.saturating_sub(self.failures).saturating_sub(1).max(0)
    }

    pub(super) fn stages(&self) -> Stages {
        serde_json::from_str(&self.stages).unwrap_or_default()
    }
}

/// Status of a job.
#[derive(
    async_graphql::Enum,
    Clone,
    Default,
    Copy,
    Debug,
    PartialEq,
    Eq,
    EnumIter,
    DeriveActiveEnum,
    serde::Serialize,
    serde::Deserialize,
    Hash,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum JobStatus {
    /// Waits for a worker, or for its next attempt.
    #[default]
    Queued,
    /// Runs on a worker.
    Running,
    /// Completed with a result.
    Completed,
    /// Failed permanently; `error` holds the reason. `retryJob` restarts it.
    Failed,
    /// Cancelled. `retryJob` restarts it.
    Cancelled,
}

impl JobStatus {
    /// Returns true if the job will not change any more by itself.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Cancelled)
    }
}

impl PlainValue for JobStatus {}
