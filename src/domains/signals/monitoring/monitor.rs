//! The job, and state shared by its stages.

use crate::{
    app::App,
    db::Id,
    domains::{identity::User, intelligence::Company, signals::saving::Saving},
    jobs::Context,
};

/// Reads the reports of a company's customers. See the module.
#[derive(Debug)]
pub struct MonitorCustomers {
    pub(super) app: App,
}

impl MonitorCustomers {
    /// Creates the job.
    pub fn new(app: App) -> Self {
        Self { app }
    }

    pub(super) fn saving(&self, ctx: &Context, company: Id<Company>) -> Saving<'_> {
        Saving {
            ambient: &self.app.ambient,
            job: ctx.id(),
            owner: ctx.owner().map(Id::<User>::from_uuid),
            alert_above: self.app.config.signal_alert_urgency,
            company,
            is_extracted: self.app.clients.extraction.is_configured(),
        }
    }
}
