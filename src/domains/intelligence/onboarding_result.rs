//! Input and result of an onboarding job.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Company;
use crate::{clients::research::CompanyRef, db::Id};

/// The company to onboard, and the depth of research.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnboardInput {
    /// The company.
    pub company: CompanyRef,
    /// True for all ten topics instead of four.
    pub deep_research: bool,
}

/// The result of an onboarding job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnboardingResult {
    /// The saved company.
    pub company_id: Id<Company>,
    /// Its name.
    pub company_name: String,
    /// Number of distinct customers discovered.
    pub customers_discovered: i32,
    /// Number of these that are listed or have at least a thousand employees.
    pub enterprise_customers: i32,
    /// Number of products found.
    pub products_found: i32,
    /// Number of pricing tiers found.
    pub pricing_tiers_found: i32,
    /// Number of ideal customer profiles found.
    pub icps_found: i32,
    /// Number of personas found.
    pub personas_found: i32,
    /// Number of failed tasks, without which the job continued.
    pub failed_tasks: i32,
    /// Time at which everything was saved.
    pub completed_at: DateTime<Utc>,
}
