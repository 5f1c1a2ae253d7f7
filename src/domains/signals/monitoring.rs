//! The monitoring job: the current reports of a company's customers are read for signals, and what they mean is written
//! for the company's personas.

mod exhibits;
mod extraction;
mod filings;
mod reports;
mod wording;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use self::extraction::Asking;
use super::saving::Saving;
use crate::{
    app::App,
    clients::edgar::EdgarError,
    db::Id,
    domains::{
        customers::{self, Customer},
        identity::User,
        intelligence::{self, Company},
    },
    error::{Error, ErrorCode},
    jobs::{Context, Failure, Job, JobError, JobRow, Stage},
};

const FILINGS: &str = "filings";
const REPORTS: &str = "reports";
const STAGES: [Stage; 2] = [Stage { name: FILINGS, weight: 0.8 }, Stage { name: REPORTS, weight: 0.2 }];

/// The most problems that a result tells.
const MOST_PROBLEMS: usize = 50;

/// Reads the reports of a company's customers. See the module.
#[derive(Debug)]
pub struct MonitorCustomers {
    app: App,
}

impl MonitorCustomers {
    /// The job.
    pub fn new(app: App) -> Self {
        Self { app }
    }
}

/// Whose customers, and how far back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonitorInput {
    /// The company.
    pub company_id: Id<Company>,
    /// Only customers that research has found within so many days before the job was asked for.
    pub customer_age_days: i32,
    /// Reports that were filed within so many days before the job was asked for, or later.
    pub lookback_days: i32,
}

/// What a monitoring found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonitoringResult {
    /// The job, by which its signals are known.
    pub job_id: Id<JobRow>,
    /// The company.
    pub company_id: Id<Company>,
    /// Its name.
    pub company_name: String,
    /// Customers whose reports were read.
    pub customers_monitored: i32,
    /// Customers that were left out: they are not known to be listed.
    pub customers_skipped: i32,
    /// Customers whose reports could not be read, or not all of them.
    pub failed_customers: i32,
    /// Reports that were read now.
    pub reports_read: i32,
    /// Signals that were new.
    pub signals_found: i32,
    /// Signals of the same time that were known before.
    pub signals_known: i32,
    /// Persona reports that were written.
    pub reports_written: i32,
    /// Reports that a strong model read now beside the rules.
    #[serde(default)]
    pub extractions_done: i32,
    /// Reports that it is still to read.
    #[serde(default)]
    pub extractions_waiting: i32,
    /// What went wrong on the way.
    pub problems: Vec<String>,
    /// When all was done.
    pub completed_at: DateTime<Utc>,
}

/// What is to be done: the same in every attempt, as far as customers stay the same.
struct Plan {
    company: Company,
    /// Customers that file reports, with the numbers by which the SEC knows them.
    customers: Vec<(u64, Customer)>,
    /// How many others there are.
    skipped: i32,
    /// Reports that were filed at this time or later.
    since: DateTime<Utc>,
    /// How the strong model does in this attempt.
    asking: Asking,
}

impl Job for MonitorCustomers {
    const KIND: &'static str = "monitor_customers";
    const MAX_ATTEMPTS: i32 = 8;
    const CONCURRENCY: usize = 4;
    /// Ten thousand customers at the pace that the SEC allows.
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
}

impl MonitorCustomers {
    async fn plan(&self, ctx: &Context, input: &MonitorInput) -> Result<Plan, JobError> {
        let company = intelligence::find(self.app.db.reader(), input.company_id).await?;
        let company = company.ok_or(Error::NotFound("company"))?;
        let before = |days: i32| ctx.asked_at() - TimeDelta::days(days.into());
        let all = customers::seen_since(&self.app.db, company.id, before(input.customer_age_days)).await?;
        let seen = all.len();
        let number = |customer: Customer| Some((u64::try_from(customer.cik?).ok()?, customer));
        let customers: Vec<_> = all.into_iter().filter_map(number).collect();
        let is_real = customers.iter().any(|(_, customer)| !customer.is_sample);
        if is_real && self.app.config.edgar.user_agent.is_none() {
            return Err(Error::from(EdgarError::NotConfigured).into());
        }
        let skipped = i32::try_from(seen - customers.len()).unwrap_or(i32::MAX);
        Ok(Plan { company, customers, skipped, since: before(input.lookback_days), asking: Asking::default() })
    }

    fn saving(&self, ctx: &Context, company: Id<Company>) -> Saving<'_> {
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

/// A failure of one task. What concerns all of them ends the attempt instead: the SEC asks for a pause, or a setting is
/// missing.
fn failure(error: Error) -> Result<Failure, JobError> {
    match &error {
        Error::ProviderUnavailable { retry_after: Some(_), .. } | Error::ProviderNotConfigured { .. } => {
            Err(error.into())
        }
        Error::Internal(_) => Err(error.into()),
        _ => Ok(Failure::new(error.code(), error.to_string())),
    }
}

/// No customer's reports could be read: tried again when that may help.
fn nothing_read(failure: Failure) -> JobError {
    let is_retryable = failure.code.is_retryable() && failure.code != ErrorCode::Internal;
    if is_retryable { JobError::Retry { failure, after: None } } else { JobError::Fail(failure) }
}
