//! Results of jobs as GraphQL types.

use async_graphql::Union;

use super::{
    intelligence::{OnboardCompany, OnboardingResult, OnboardingResultView},
    signals::{MonitorCustomers, MonitoringResult, MonitoringResultView},
};
use crate::{error::Result, jobs::Job};

/// Result of a job.
#[derive(Union)]
pub enum JobResult {
    /// Result of an onboarding job.
    Onboarding(OnboardingResultView),
    /// Result of a monitoring job.
    Monitoring(MonitoringResultView),
}

/// Returns the result of a job of this kind, read from its output; `None` for kinds without a result.
pub(crate) fn result_of(kind: &str, output: &str) -> Option<Result<JobResult>> {
    let result = match kind {
        OnboardCompany::KIND => {
            serde_json::from_str::<OnboardingResult>(output).map(|result| JobResult::Onboarding(result.into()))
        }
        MonitorCustomers::KIND => {
            serde_json::from_str::<MonitoringResult>(output).map(|result| JobResult::Monitoring(result.into()))
        }
        _ => return None,
    };
    Some(result.map_err(Into::into))
}
