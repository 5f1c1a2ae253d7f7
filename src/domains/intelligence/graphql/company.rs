//! Companies.

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

/// The facts of a company on one topic, each shown by `view`.
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
    /// What the company sells.
    #[graphql(directive = About::apply(10))]
    async fn products(&self, ctx: &Context<'_>) -> Result<Vec<Product>> {
        facts_on(ctx, self, FactTopic::Products, Product).await
    }

    /// The steps of its price list.
    #[graphql(directive = About::apply(10))]
    async fn pricing_tiers(&self, ctx: &Context<'_>) -> Result<Vec<PricingTier>> {
        facts_on(ctx, self, FactTopic::Pricing, PricingTier::new).await
    }

    /// The kinds of companies it sells to.
    #[graphql(directive = About::apply(10))]
    async fn ideal_customer_profiles(&self, ctx: &Context<'_>) -> Result<Vec<IdealCustomerProfile>> {
        facts_on(ctx, self, FactTopic::IdealCustomers, IdealCustomerProfile::new).await
    }

    /// The people in those companies who buy or use it.
    #[graphql(directive = About::apply(10))]
    async fn personas(&self, ctx: &Context<'_>) -> Result<Vec<Persona>> {
        facts_on(ctx, self, FactTopic::Personas, Persona::new).await
    }

    /// Everything that was found out about the company, each with its source: by topic, then by weight.
    #[graphql(directive = About::apply(50))]
    async fn facts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these topics; all when not given.")] topics: Option<Vec<FactTopic>>,
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
    /// The company with this id; null when there is none. Needs `companies:read`.
    #[graphql(directive = Requires::apply(&["companies:read"]))]
    async fn company(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The company's id.")] id: Id<Company>,
    ) -> Option<Result<Company>> {
        nullable(one::<Entity>(ctx, id)).await
    }
}

root_list! {
    /// The companies that were onboarded; null without `companies:read`.
    CompaniesList: companies of Entity,
    needs: "companies:read",
    filter: "Which companies.",
    order: "In which order; by name when not given.",
    search: "Words that the name must contain, in any order, regardless of case and accents; at most 10 words and 200 characters."
}
