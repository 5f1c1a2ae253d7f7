//! The stages of the job in sequence.

use super::{
    monitor::MonitorCustomers,
    result::{MonitorInput, MonitoringResult},
    stages::STAGES,
};
use crate::{
    db::WriteTx,
    domains::notifications::notify_owner,
    jobs::{Context, Job, JobError, JobRow, JobStatus},
};

impl Job for MonitorCustomers {
    const KIND: &'static str = "monitor_customers";
    const MAX_ATTEMPTS: i32 = 8;
    const CONCURRENCY: usize = 4;
    /// Time limit of an attempt: ten thousand customers at the rate permitted by the SEC.
    const TIMEOUT: std::time::Duration = std::time::Duration::from_hours(8);
    type Input = MonitorInput;
    type Output = MonitoringResult;

    async fn run(&self, ctx: Context, input: MonitorInput) -> Result<MonitoringResult, JobError> {
        ctx.plan(&STAGES).await;
        let plan = self.plan(&ctx, &input).await?;
        let read = self.read_filings(&ctx, &plan).await?;
        let (extractions_done, extractions_waiting) = self.extracted(&ctx, &plan).await?;
        let written = self.write_reports(&ctx, &plan).await?;
        Ok(MonitoringResult {
            job_id: ctx.id(),
            company_id: plan.company.id,
            company_name: plan.company.name,
            customers_monitored: read.customers,
            customers_skipped: plan.skipped,
            failed_customers: read.failed,
            reports_read: read.reports,
            signals_found: read.found,
            signals_known: read.known,
            reports_written: written,
            extractions_done,
            extractions_waiting,
            problems: read.problems,
            completed_at: self.app.ambient.now(),
        })
    }

    fn summary(output: &MonitoringResult) -> String {
        let MonitoringResult { company_name, customers_monitored, signals_found, .. } = output;
        format!("{signals_found} new signals at {customers_monitored} customers of {company_name}.")
    }

    async fn on_end(&self, tx: &mut WriteTx, job: &JobRow, status: JobStatus) -> Result<(), JobError> {
        Ok(notify_owner(tx, &self.app.ambient, job, status).await?)
    }
}
