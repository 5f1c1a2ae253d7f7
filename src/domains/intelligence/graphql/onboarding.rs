//! The onboarding of a company.

use async_graphql::{ComplexObject, Context, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};

use crate::{
    db::Id,
    domains::{
        ContextExt,
        intelligence::{
            Company, CompanyEntity, OnboardingResult,
            service::{self, Onboarding},
        },
        shared::one,
        system::Job,
    },
    graphql::{Requires, Timestamp, nullable},
};

/// Which company to onboard.
#[derive(InputObject)]
pub struct OnboardCompanyInput {
    /// The company's name, up to 200 characters.
    company_name: String,
    /// Its web site, with or without `https://`; tells companies of one name apart.
    website: Option<String>,
    /// All ten topics (products, pricing, ideal customers, personas, competitors, integrations, positioning, case studies,
    /// news, leadership); else only the first four. Customers are discovered either way.
    #[graphql(default = true)]
    deep_research: bool,
    /// 1 to 200 characters of your own choice. The same key with the same input returns the job that was made the first
    /// time; with another input it fails with `IDEMPOTENCY_MISMATCH`.
    idempotency_key: Option<String>,
}

/// What an onboarding found.
#[derive(SimpleObject, Debug, Clone)]
#[graphql(name = "OnboardingResult", complex)]
pub struct OnboardingResultView {
    #[graphql(skip)]
    company_id: Id<Company>,
    /// The company's name.
    company_name: String,
    /// Customers discovered, each counted once.
    customers_discovered: i32,
    /// Those of them that are listed, or said to have a thousand employees or more.
    enterprise_customers: i32,
    /// Products found.
    products_found: i32,
    /// Steps of the price list found.
    pricing_tiers_found: i32,
    /// Ideal customer profiles found.
    icps_found: i32,
    /// Personas found.
    personas_found: i32,
    /// Tasks that gave up; the job went on without them.
    failed_tasks: i32,
    /// When all was saved.
    #[graphql(skip, derived(name = "completed_at", owned, into = "Timestamp", with = "Timestamp::of"))]
    completed_at: DateTime<Utc>,
}

impl From<OnboardingResult> for OnboardingResultView {
    fn from(result: OnboardingResult) -> Self {
        Self {
            company_id: result.company_id,
            company_name: result.company_name,
            customers_discovered: result.customers_discovered,
            enterprise_customers: result.enterprise_customers,
            products_found: result.products_found,
            pricing_tiers_found: result.pricing_tiers_found,
            icps_found: result.icps_found,
            personas_found: result.personas_found,
            failed_tasks: result.failed_tasks,
            completed_at: result.completed_at,
        }
    }
}

#[ComplexObject]
impl OnboardingResultView {
    /// The company that was saved; null when you may not see it.
    async fn company(&self, ctx: &Context<'_>) -> Option<Result<Company>> {
        nullable(one::<CompanyEntity>(ctx, self.company_id)).await
    }
}

/// Mutations of companies.
#[derive(Default, Debug)]
pub struct IntelligenceMutation;

#[Object]
impl IntelligenceMutation {
    /// Has a company researched by a background job: what it sells, to whom, and who its customers are, mapped to stock
    /// tickers. Follow the job by `jobProgress`. Needs `companies:research`. Fails with `PROVIDER_NOT_CONFIGURED` when no
    /// source can research the company.
    #[graphql(directive = Requires::apply(&["companies:research"]))]
    async fn onboard_company(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which company.")] input: OnboardCompanyInput,
    ) -> Result<Job> {
        let asked = Onboarding {
            company_name: input.company_name,
            website: input.website,
            deep_research: input.deep_research,
            idempotency_key: input.idempotency_key,
        };
        Ok(Job(service::onboard(ctx.app()?, ctx.viewer()?, asked).await?))
    }
}
