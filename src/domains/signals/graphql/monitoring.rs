//! GraphQL types and mutation for monitoring customers.

use async_graphql::{ComplexObject, Context, Object, OutputType, Result, SimpleObject};
use chrono::{DateTime, Utc};

use super::{disagreement::DisagreementsOfMonitoring, signal::SignalsOfMonitoring};
use crate::{
    db::Id,
    domains::{
        ContextExt,
        intelligence::{Company, CompanyEntity},
        shared::one,
        signals::{MonitoringResult, input::MonitorCustomersInput, service},
        system::Job,
    },
    graphql::{Requires, Timestamp, nullable},
    jobs::JobRow,
};

/// Result of a monitoring job.
#[derive(SimpleObject, Debug, Clone)]
#[graphql(name = "MonitoringResult", complex)]
pub struct MonitoringResultView {
    #[graphql(skip)]
    job_id: Id<JobRow>,
    #[graphql(skip)]
    company_id: Id<Company>,
    /// Name of the company.
    company_name: String,
    /// Number of customers whose reports were read.
    customers_monitored: i32,
    /// Number of customers skipped because they are not known to be listed and hence file no reports.
    customers_skipped: i32,
    /// Number of customers whose reports could not be read completely.
    failed_customers: i32,
    /// Number of reports read by this job; reports read by earlier jobs are not read again.
    reports_read: i32,
    /// Number of new signals.
    signals_found: i32,
    /// Number of signals in the same period that earlier jobs had found.
    signals_known: i32,
    /// Number of persona reports written about the new signals.
    reports_written: i32,
    /// Number of reports read by a language model beside the rules; 0 if none is configured.
    extractions_done: i32,
    /// Number of reports in the period that still wait for the language model, which did not answer; the next
    /// monitoring retries.
    extractions_waiting: i32,
    /// Problems, each described in a sentence; at most 50.
    problems: Vec<String>,
    /// Completion time.
    #[graphql(skip, derived(name = "completed_at", owned, into = "Timestamp", with = "Timestamp::of"))]
    completed_at: DateTime<Utc>,
}

impl From<MonitoringResult> for MonitoringResultView {
    fn from(result: MonitoringResult) -> Self {
        Self {
            job_id: result.job_id,
            company_id: result.company_id,
            company_name: result.company_name,
            customers_monitored: result.customers_monitored,
            customers_skipped: result.customers_skipped,
            failed_customers: result.failed_customers,
            reports_read: result.reports_read,
            signals_found: result.signals_found,
            signals_known: result.signals_known,
            reports_written: result.reports_written,
            extractions_done: result.extractions_done,
            extractions_waiting: result.extractions_waiting,
            problems: result.problems,
            completed_at: result.completed_at,
        }
    }
}

#[ComplexObject]
impl MonitoringResultView {
    /// The company; null without `companies:read`.
    #[graphql(directive = Requires::apply(&["companies:read"]))]
    async fn company(&self, ctx: &Context<'_>) -> Option<Result<Company>> {
        nullable(one::<CompanyEntity>(ctx, self.company_id)).await
    }

    #[graphql(flatten)]
    fn signals(&self, _ctx: &Context<'_>) -> SignalsOfMonitoring {
        SignalsOfMonitoring(self.job_id)
    }

    #[graphql(flatten)]
    fn disagreements(&self, _ctx: &Context<'_>) -> DisagreementsOfMonitoring {
        DisagreementsOfMonitoring(self.job_id)
    }
}

/// Mutations of signals.
#[derive(Default, Debug)]
pub struct SignalsMutation;

#[Object]
impl SignalsMutation {
    /// Starts a background job that reads the SEC reports (form 8-K) of a company's customers, detects signals and
    /// writes reports about them for the company's personas. Subscribe to the job with `jobProgress`, and to the
    /// signals with `signalDetected`. Needs `companies:monitor`. Without `EDGAR_USER_AGENT` the job of a real company
    /// fails with `PROVIDER_NOT_CONFIGURED`.
    #[graphql(directive = Requires::apply(&["companies:monitor"]))]
    async fn monitor_customers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Company to monitor and the periods.")] input: MonitorCustomersInput,
    ) -> Result<Job> {
        Ok(Job(service::monitor(ctx.app()?, ctx.viewer()?, input).await?))
    }
}
