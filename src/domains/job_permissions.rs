//! Permissions required to start jobs.

use super::{
    chat::PurgeDeltas,
    files::SweepFiles,
    identity::PurgeSessions,
    intelligence::{OnboardCompany, PurgeFacts, RefreshTickers},
    knowledge::EmbedPassages,
    outbox::{PurgeMails, SendMail},
    signals::MonitorCustomers,
    system::FoldTexts,
};
use crate::{
    auth::Permission,
    jobs::{Job, PurgeEvents, PurgeJobs},
};

/// Returns the permission required to start or restart a job of this kind; `None` for the server's own jobs.
pub(crate) fn needed_for(kind: &str) -> Option<Permission> {
    match kind {
        OnboardCompany::KIND => Some(Permission::CompaniesResearch),
        MonitorCustomers::KIND => Some(Permission::CompaniesMonitor),
        SendMail::KIND => Some(Permission::OutboxManage),
        EmbedPassages::KIND => Some(Permission::KnowledgeManage),
        PurgeEvents::KIND
        | PurgeJobs::KIND
        | PurgeSessions::KIND
        | PurgeMails::KIND
        | PurgeFacts::KIND
        | PurgeDeltas::KIND
        | SweepFiles::KIND
        | FoldTexts::KIND
        | RefreshTickers::KIND => Some(Permission::ScheduleManage),
        _ => None,
    }
}
