//! Inputs of mutations.

use async_graphql::InputObject;

/// Input for onboarding a company.
#[derive(InputObject)]
pub struct OnboardCompanyInput {
    /// Name of the company, up to 200 characters.
    pub(super) company_name: String,
    /// Website, with or without `https://`; distinguishes companies of the same name.
    pub(super) website: Option<String>,
    /// Researches all ten topics (products, pricing, ideal customers, personas, competitors, integrations, positioning,
    /// case studies, news, leadership) if true, the first four if false. Customers are discovered either way.
    #[graphql(default = true)]
    pub(super) deep_research: bool,
    /// Key of your choice, 1–200 characters. Repeating the same key and input returns the first job; a different input
    /// fails with `IDEMPOTENCY_MISMATCH`.
    pub(super) idempotency_key: Option<String>,
}
