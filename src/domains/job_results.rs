//! What jobs yield, as clients see it.

use async_graphql::Union;

use super::{
    intelligence::{OnboardCompany, OnboardingResult, OnboardingResultView},
    signals::{MonitorCustomers, MonitoringResult, MonitoringResultView},
};
use crate::{error::Result, jobs::Job};

/// What a job yielded.
#[derive(Union)]
pub enum JobResult {
    /// Of an onboarding.
    Onboarding(OnboardingResultView),
    /// Of a monitoring.
    Monitoring(MonitoringResultView),
}

/// What a job of this kind yielded, read from its output; `None` for kinds that yield nothing to show.
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
