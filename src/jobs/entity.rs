//! The rows of the queue.

#![expect(missing_docs, reason = "SeaORM generates public items without documentation")]

use sea_orm::entity::prelude::*;

use super::{Failure, StageCounts, progress::Stages};
use crate::{
    db::{Id, Identified},
    error::ErrorCode,
};

/// A piece of background work. Stored texts `input`, `output` and `stages` are JSON.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "jobs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<Model>,
    pub kind: String,
    pub status: JobStatus,
    /// Higher runs first.
    pub priority: i32,
    /// The user who asked for it; `None` for the server itself.
    pub owner_id: Option<Uuid>,
    pub input: String,
    pub output: Option<String>,
    pub error_code: Option<String>,
    pub error_message: Option<String>,
    /// 0 to 1; never falls.
    pub progress: f64,
    pub current_step: Option<String>,
    pub stages: String,
    /// Attempts begun; those whose worker was lost are among them.
    pub attempt: i32,
    /// Attempts that failed.
    pub failures: i32,
    /// So many attempts may fail.
    pub max_attempts: i32,
    /// Not claimed before this time.
    pub run_at: DateTimeUtc,
    /// The token of the worker that holds it; only its holder writes.
    pub lease: Option<Uuid>,
    pub lease_until: Option<DateTimeUtc>,
    /// The worker that holds it, where its life can be seen from outside ([`super::WorkerLock`]).
    pub worker: Option<Uuid>,
    pub cancel_requested: bool,
    pub idempotency_scope: Option<String>,
    pub idempotency_key: Option<String>,
    pub input_hash: String,
    /// The id of the last event that changed this row: where a follower of the row goes on.
    pub last_event: i64,
    /// The span that asked for it, as a `traceparent`, where it was traced.
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
    /// What went wrong, when it failed.
    pub fn failure(&self) -> Option<Failure> {
        let code = self.error_code.as_ref()?;
        let code = serde_json::from_value(code.as_str().into()).unwrap_or(ErrorCode::Internal);
        Some(Failure { code, message: self.error_message.clone().unwrap_or_default() })
    }

    /// Its stages so far: name, counts, and whether all is dealt with.
    pub fn stage_counts(&self) -> Vec<(String, StageCounts, bool)> {
        self.stages().counts()
    }

    /// How often its worker was lost before the attempt that began last.
    pub(super) fn losses(&self) -> i32 {
        self.attempt.saturating_sub(self.failures).saturating_sub(1).max(0)
    }

    pub(super) fn stages(&self) -> Stages {
        serde_json::from_str(&self.stages).unwrap_or_default()
    }
}

/// Where a job stands.
#[derive(
    async_graphql::Enum,
    Clone,
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
    Queued,
    /// A worker is at it.
    Running,
    /// Finished, with a result.
    Completed,
    /// Gave up; `error` says why. It can be tried again by `retryJob`.
    Failed,
    /// Stopped by somebody. It can be started again by `retryJob`.
    Cancelled,
}

impl JobStatus {
    /// Whether nothing more will happen to the job by itself.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Cancelled)
    }
}
