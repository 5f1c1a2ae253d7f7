//! Input and result of a monitoring job.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{db::Id, domains::intelligence::Company, jobs::JobRow};

/// The customers and periods to monitor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonitorInput {
    /// The company.
    pub company_id: Id<Company>,
    /// Maximum days between research last finding a customer and the creation of the job.
    pub customer_age_days: i32,
    /// Maximum days between filing a report and the creation of the job.
    pub lookback_days: i32,
}

/// The result of a monitoring job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonitoringResult {
    /// The job, by which its signals are found.
    pub job_id: Id<JobRow>,
    /// The company.
    pub company_id: Id<Company>,
    /// Its name.
    pub company_name: String,
    /// Number of customers whose reports were read.
    pub customers_monitored: i32,
    /// Number of customers skipped because they are not known to be listed.
    pub customers_skipped: i32,
    /// Number of customers whose reports could not be read completely.
    pub failed_customers: i32,
    /// Number of reports read by this job.
    pub reports_read: i32,
    /// Number of new signals.
    pub signals_found: i32,
    /// Number of signals in the same period that were known before.
    pub signals_known: i32,
    /// Number of persona reports written.
    pub reports_written: i32,
    /// Number of reports read by a language model beside the rules.
    #[serde(default)]
    pub extractions_done: i32,
    /// Number of reports that still wait for the model.
    #[serde(default)]
    pub extractions_waiting: i32,
    /// Problems, each in a sentence.
    pub problems: Vec<String>,
    /// Completion time.
    pub completed_at: DateTime<Utc>,
}
