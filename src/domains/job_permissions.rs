//! Permissions required to start jobs.

use super::{intelligence::OnboardCompany, knowledge::EmbedPassages, outbox::SendMail, signals::MonitorCustomers};
use crate::{auth::Permission, jobs::Job};

/// Returns the permission required to start or restart a job of this kind; `None` for the server's own jobs.
pub(crate) fn needed_for(kind: &str) -> Option<Permission> {
    match kind {
        OnboardCompany::KIND => Some(Permission::CompaniesResearch),
        MonitorCustomers::KIND => Some(Permission::CompaniesMonitor),
        SendMail::KIND => Some(Permission::OutboxManage),
        EmbedPassages::KIND => Some(Permission::KnowledgeManage),
        _ => None,
    }
}
