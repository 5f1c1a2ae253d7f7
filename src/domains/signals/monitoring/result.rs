//! What a monitoring is asked for, and what it yields.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{db::Id, domains::intelligence::Company, jobs::JobRow};

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
