//! Inputs of mutations.

use async_graphql::InputObject;

use crate::{db::Id, domains::intelligence::Company};

/// Input for monitoring the customers of a company.
#[derive(InputObject)]
pub struct MonitorCustomersInput {
    /// Id of the company.
    pub(super) company_id: Id<Company>,
    /// Maximum age of customers: days since research last found them, 1–3650.
    #[graphql(default = 90)]
    pub(super) customer_age_days: i32,
    /// Maximum age of reports: days since filing, 1–3650.
    #[graphql(default = 90)]
    pub(super) lookback_days: i32,
    /// Key of your choice, 1–200 characters. Repeating the same key and input returns the first job; a different input
    /// fails with `IDEMPOTENCY_MISMATCH`.
    pub(super) idempotency_key: Option<String>,
}
