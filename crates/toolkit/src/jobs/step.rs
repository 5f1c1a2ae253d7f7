//! Checkpoints: finished steps that a job need not repeat.

use sea_orm::entity::prelude::*;
use serde::{Serialize, de::DeserializeOwned};

use super::{Failure, JobError, entity};
use crate::{db::Id, error::ErrorCode};

/// A finished step of a job: its output as JSON, or its failure.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "job_steps")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub job_id: Id<entity::Model>,
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    pub output: Option<String>,
    pub error_code: Option<String>,
    pub error_message: Option<String>,
    #[sea_orm(column_name = "finished_at")]
    pub completed_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The outcome of a task. A failed task does not fail its job; the job decides if it can continue without it.
#[derive(Debug, Clone, PartialEq)]
pub enum TaskOutcome<T> {
    /// Succeeded with this output.
    Done(T),
    /// Failed.
    Failed(Failure),
}

impl<T> TaskOutcome<T> {
    /// Returns the output if the task succeeded.
    pub fn done(self) -> Option<T> {
        match self {
            Self::Done(output) => Some(output),
            Self::Failed(_) => None,
        }
    }
}

impl Model {
    /// Creates the row of a step that ended with `outcome`.
    pub(super) fn of<T: Serialize>(
        job_id: Id<entity::Model>,
        name: &str,
        outcome: &TaskOutcome<T>,
        completed_at: DateTimeUtc,
    ) -> Result<Self, serde_json::Error> {
        let (output, failure) = match outcome {
            TaskOutcome::Done(output) => (Some(serde_json::to_string(output)?), None),
            TaskOutcome::Failed(failure) => (None, Some(failure)),
        };
        Ok(Self {
            job_id,
            name: name.to_owned(),
            output,
            error_code: failure.map(|failure| failure.code.as_str().to_owned()),
            error_message: failure.map(|failure| failure.message.clone()),
            completed_at,
        })
    }

    /// Returns the outcome of the step.
    pub(super) fn outcome<T: DeserializeOwned>(&self) -> Result<TaskOutcome<T>, JobError> {
        if let Some(output) = &self.output {
            return Ok(TaskOutcome::Done(serde_json::from_str(output)?));
        }
        let code = self.error_code.clone().unwrap_or_default();
        let code = serde_json::from_value(code.into()).unwrap_or(ErrorCode::Internal);
        Ok(TaskOutcome::Failed(Failure { code, message: self.error_message.clone().unwrap_or_default() }))
    }
}
