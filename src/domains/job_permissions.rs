//! Who may have which jobs done.

use super::{intelligence::OnboardCompany, knowledge::EmbedPassages, outbox::SendMail, signals::MonitorCustomers};
use crate::{auth::Permission, jobs::Job};

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
