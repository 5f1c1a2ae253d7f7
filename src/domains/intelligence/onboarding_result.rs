//! What an onboarding is asked for, and what it yields.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Company;
use crate::{clients::research::CompanyRef, db::Id};

/// Which company, and how deep.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnboardInput {
    /// The company.
    pub company: CompanyRef,
    /// All ten topics instead of four.
    pub deep_research: bool,
}

/// What an onboarding found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnboardingResult {
    /// The company that was saved.
    pub company_id: Id<Company>,
    /// Its name.
    pub company_name: String,
    /// Customers discovered, each counted once.
    pub customers_discovered: i32,
    /// Those of them that are listed or said to have a thousand employees or more.
    pub enterprise_customers: i32,
    /// Products found.
    pub products_found: i32,
    /// Steps of the price list found.
    pub pricing_tiers_found: i32,
    /// Ideal customer profiles found.
    pub icps_found: i32,
    /// Personas found.
    pub personas_found: i32,
    /// Tasks that gave up; the job went on without them.
    pub failed_tasks: i32,
    /// When all was saved.
    pub completed_at: DateTime<Utc>,
}
