//! What people meet of the kinds of job: who may have them done, and what they yield. [`super::job_kinds`] says how they are
//! done.

use async_graphql::Union;

use super::{
    intelligence::{OnboardCompany, OnboardingResult, OnboardingResultView},
    knowledge::EmbedPassages,
    outbox::SendMail,
    signals::{MonitorCustomers, MonitoringResult, MonitoringResultView},
};
use crate::{auth::Permission, error::Result, jobs::Job};

/// What a job yielded.
#[derive(Union)]
pub enum JobResult {
    /// Of an onboarding.
    Onboarding(OnboardingResultView),
    /// Of a monitoring.
    Monitoring(MonitoringResultView),
}

/// What making a job of this kind needs, and so starting it again; `None` for the server's own work.
pub(crate) fn needed_for(kind: &str) -> Option<Permission> {
    match kind {
        OnboardCompany::KIND => Some(Permission::CompaniesResearch),
        MonitorCustomers::KIND => Some(Permission::CompaniesMonitor),
        SendMail::KIND => Some(Permission::OutboxManage),
        EmbedPassages::KIND => Some(Permission::KnowledgeManage),
        _ => None,
    }
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
