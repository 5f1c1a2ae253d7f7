//! Plan of a monitoring job.

use chrono::{DateTime, TimeDelta, Utc};

use super::{asking::Asking, monitor::MonitorCustomers, result::MonitorInput};
use crate::{
    clients::edgar::EdgarError,
    domains::{
        customers::{self, Customer},
        intelligence::{self, Company},
    },
    error::Error,
    jobs::{Context, JobError},
};

/// The plan: identical in every attempt, as long as the customers do not change.
pub(super) struct Plan {
    pub(super) company: Company,
    /// Customers that file reports, with their SEC Central Index Keys.
    pub(super) customers: Vec<(u64, Customer)>,
    /// Number of other customers.
    pub(super) skipped: i32,
    /// Earliest filing time of the reports.
    pub(super) since: DateTime<Utc>,
    /// State of the requests to the language model in this attempt.
    pub(super) asking: Asking,
}

impl MonitorCustomers {
    pub(super) async fn plan(&self, ctx: &Context, input: &MonitorInput) -> Result<Plan, JobError> {
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
}
