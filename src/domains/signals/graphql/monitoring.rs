//! The monitoring of customers.

use async_graphql::{ComplexObject, Context, InputObject, Object, OutputType, Result, SimpleObject};
use chrono::{DateTime, Utc};

use super::{disagreement::DisagreementsOfMonitoring, signal::SignalsOfMonitoring};
use crate::{
    db::Id,
    domains::{
        ContextExt,
        intelligence::{Company, CompanyEntity},
        shared::one,
        signals::{
            MonitoringResult,
            service::{self, Monitoring},
        },
        system::Job,
    },
    graphql::{Requires, Timestamp, nullable},
    jobs::JobRow,
};

/// Whose customers to monitor, and how far back.
#[derive(InputObject)]
pub struct MonitorCustomersInput {
    /// The company.
    company_id: Id<Company>,
    /// Only customers that research has found within so many days, 1 to 3650.
    #[graphql(default = 90)]
    customer_age_days: i32,
    /// Reports that were filed within so many days, 1 to 3650.
    #[graphql(default = 90)]
    lookback_days: i32,
    /// 1 to 200 characters of your own choice. The same key with the same input returns the job that was made the first
    /// time; with another input it fails with `IDEMPOTENCY_MISMATCH`.
    idempotency_key: Option<String>,
}

/// What a monitoring found.
#[derive(SimpleObject, Debug, Clone)]
#[graphql(name = "MonitoringResult", complex)]
pub struct MonitoringResultView {
    #[graphql(skip)]
    job_id: Id<JobRow>,
    #[graphql(skip)]
    company_id: Id<Company>,
    /// The company's name.
    company_name: String,
    /// Customers whose reports were read.
    customers_monitored: i32,
    /// Customers that were left out because they are not known to be listed, and so file no reports.
    customers_skipped: i32,
    /// Customers whose reports could not be read, or not all of them.
    failed_customers: i32,
    /// Reports that were read now; those that an earlier monitoring had read are not read again.
    reports_read: i32,
    /// Signals that were new.
    signals_found: i32,
    /// Signals of the same time that earlier monitorings had found.
    signals_known: i32,
    /// Persona reports that were written on the new signals.
    reports_written: i32,
    /// Reports that a strong model read now beside the rules; 0 when none is configured.
    extractions_done: i32,
    /// Reports of the time asked for that it is still to read because it did not answer; the next monitoring has it read them.
    extractions_waiting: i32,
    /// What went wrong on the way, each in a sentence for a person; at most 50.
    problems: Vec<String>,
    /// When all was done.
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
    /// The company; null when you may not see it.
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
    /// Has the reports of a company's customers to the SEC (form 8-K) read for signals by a background job, which writes
    /// reports on them for the company's personas. Follow the job by `jobProgress`, the signals by `signalDetected`. Needs
    /// `companies:monitor`. Without `EDGAR_USER_AGENT` the job of a real company fails with `PROVIDER_NOT_CONFIGURED`.
    #[graphql(directive = Requires::apply(&["companies:monitor"]))]
    async fn monitor_customers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose customers, and how far back.")] input: MonitorCustomersInput,
    ) -> Result<Job> {
        let asked = Monitoring {
            company_id: input.company_id,
            customer_age_days: input.customer_age_days,
            lookback_days: input.lookback_days,
            idempotency_key: input.idempotency_key,
        };
        Ok(Job(service::monitor(ctx.app()?, ctx.viewer()?, asked).await?))
    }
}
