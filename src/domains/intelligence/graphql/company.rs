//! GraphQL types and queries for companies.

use async_graphql::{ComplexObject, Context, Object, OutputType, Result};

use super::facts::{Fact, IdealCustomerProfile, Persona, PricingTier, Product};
use crate::{
    db::Id,
    domains::{
        ContextExt,
        customers::CustomersOfCompany,
        intelligence::{
            company::{Entity, Model as Company},
            fact::{FactTopic, Model as FactRow},
            loader::FactsOf,
        },
        shared::{one, root_list},
        signals::SignalsOfCompany,
    },
    graphql::{About, Requires, nullable},
};

/// Returns the facts of a company on one topic, each converted by `view`.
async fn facts_on<T>(
    ctx: &Context<'_>,
    company: &Company,
    topic: FactTopic,
    view: impl Fn(FactRow) -> T,
) -> Result<Vec<T>> {
    let facts = ctx.loader()?.load_one(FactsOf(company.id)).await?.unwrap_or_default();
    Ok(facts.iter().filter(|fact| fact.topic == topic).cloned().map(view).collect())
}

#[ComplexObject]
impl Company {
    /// Products that the company sells.
    #[graphql(directive = About::apply(10))]
    async fn products(&self, ctx: &Context<'_>) -> Result<Vec<Product>> {
        facts_on(ctx, self, FactTopic::Products, Product).await
    }

    /// Tiers of its price list.
    #[graphql(directive = About::apply(10))]
    async fn pricing_tiers(&self, ctx: &Context<'_>) -> Result<Vec<PricingTier>> {
        facts_on(ctx, self, FactTopic::Pricing, PricingTier::new).await
    }

    /// Kinds of companies it sells to.
    #[graphql(directive = About::apply(10))]
    async fn ideal_customer_profiles(&self, ctx: &Context<'_>) -> Result<Vec<IdealCustomerProfile>> {
        facts_on(ctx, self, FactTopic::IdealCustomers, IdealCustomerProfile::new).await
    }

    /// People in those companies who buy or use the products.
    #[graphql(directive = About::apply(10))]
    async fn personas(&self, ctx: &Context<'_>) -> Result<Vec<Persona>> {
        facts_on(ctx, self, FactTopic::Personas, Persona::new).await
    }

    /// All facts found about the company with their sources, by topic and rank.
    #[graphql(directive = About::apply(50))]
    async fn facts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Topics to include. Defaults to all.")] topics: Option<Vec<FactTopic>>,
    ) -> Result<Vec<Fact>> {
        let facts = ctx.loader()?.load_one(FactsOf(self.id)).await?.unwrap_or_default();
        let wanted = |fact: &&FactRow| topics.as_ref().is_none_or(|topics| topics.contains(&fact.topic));
        Ok(facts.iter().filter(wanted).cloned().map(Fact).collect())
    }

    #[graphql(flatten)]
    fn customers(&self, _ctx: &Context<'_>) -> CustomersOfCompany {
        CustomersOfCompany(self.id)
    }

    #[graphql(flatten)]
    fn signals(&self, _ctx: &Context<'_>) -> SignalsOfCompany {
        SignalsOfCompany(self.id)
    }
}

/// Queries for companies.
#[derive(Default, Debug)]
pub struct IntelligenceQuery;

#[Object]
impl IntelligenceQuery {
    /// The company with this id; null if it does not exist. Needs `companies:read`.
    #[graphql(directive = Requires::apply(&["companies:read"]))]
    async fn company(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the company.")] id: Id<Company>,
    ) -> Option<Result<Company>> {
        nullable(one::<Entity>(ctx, id)).await
    }
}

root_list! {
    /// Onboarded companies; null without `companies:read`.
    CompaniesList: companies of Entity,
    needs: "companies:read",
    filter: "Conditions on the companies.",
    order: "Sort order. Defaults to the name.",
    search: "Words that the name must contain, in any order, regardless of case and accents; at most 10 words and 200 characters."
}
