//! GraphQL types and mutation for onboarding a company.

use async_graphql::{ComplexObject, Context, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};

use crate::{
    db::Id,
    domains::{
        ContextExt,
        intelligence::{Company, CompanyEntity, OnboardingResult, input::OnboardCompanyInput, service},
        shared::one,
        system::Job,
    },
    graphql::{Requires, Timestamp, nullable},
};

/// Result of an onboarding job.
#[derive(SimpleObject, Debug, Clone)]
#[graphql(name = "OnboardingResult", complex)]
pub struct OnboardingResultView {
    #[graphql(skip)]
    company_id: Id<Company>,
    /// Name of the company.
    company_name: String,
    /// Number of distinct customers discovered.
    customers_discovered: i32,
    /// Number of these that are listed or have at least a thousand employees.
    enterprise_customers: i32,
    /// Number of products found.
    products_found: i32,
    /// Number of pricing tiers found.
    pricing_tiers_found: i32,
    /// Number of ideal customer profiles found.
    icps_found: i32,
    /// Number of personas found.
    personas_found: i32,
    /// Number of failed tasks, without which the job continued.
    failed_tasks: i32,
    /// Time at which everything was saved.
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
    /// The saved company; null without `companies:read`.
    #[graphql(directive = Requires::apply(&["companies:read"]))]
    async fn company(&self, ctx: &Context<'_>) -> Option<Result<Company>> {
        nullable(one::<CompanyEntity>(ctx, self.company_id)).await
    }
}

/// Mutations of companies.
#[derive(Default, Debug)]
pub struct IntelligenceMutation;

#[Object]
impl IntelligenceMutation {
    /// Starts a background job that researches a company: its products, its target customers, and its customers with
    /// their stock tickers. Subscribe to its progress with `jobProgress`. Needs `companies:research`. Fails with
    /// `PROVIDER_NOT_CONFIGURED` if no source can research the company.
    #[graphql(directive = Requires::apply(&["companies:research"]))]
    async fn onboard_company(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Company to onboard.")] input: OnboardCompanyInput,
    ) -> Result<Job> {
        Ok(Job(service::onboard(ctx.app()?, ctx.viewer()?, input).await?))
    }
}
