//! GraphQL types and queries for companies.

use async_graphql::{ComplexObject, Context, Object, OutputType, Result};

use crate::{
    db::Id,
    domains::{
        ContextExt,
        customers::CustomersOfCompany,
        intelligence::{
            company::{Entity, Model as Company},
            fact::{self, FactTopic, Model as FactRow},
            facts::{BuyerPersona, Fact, IdealCustomerProfile, PricingTier, Product},
            list::{FactFilter, FactOrderField, WantedFacts},
            loader::FactsOf,
        },
        shared::{below, one, root_list},
        signals::SignalsOfCompany,
    },
    graphql::{About, Connection, ListQuery, Order, PageArgs, Paged, Requires, nullable},
};

/// Returns the present facts of a company on one topic, which one research bounds, each converted by `view`.
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
        facts_on(ctx, self, FactTopic::Pricing, PricingTier).await
    }

    /// Kinds of companies it sells to.
    #[graphql(directive = About::apply(10))]
    async fn ideal_customer_profiles(&self, ctx: &Context<'_>) -> Result<Vec<IdealCustomerProfile>> {
        facts_on(ctx, self, FactTopic::IdealCustomers, IdealCustomerProfile).await
    }

    /// People in those companies who buy or use the products.
    #[graphql(directive = About::apply(10))]
    async fn personas(&self, ctx: &Context<'_>) -> Result<Vec<BuyerPersona>> {
        facts_on(ctx, self, FactTopic::Personas, BuyerPersona).await
    }

    /// Facts about the company on all topics, each with its source; without superseded ones by default.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a list")]
    #[graphql(directive = Paged::apply())]
    async fn facts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Number of items from the start, 0–100. Defaults to 25 unless `last` is given.")]
        first: Option<i32>,
        #[graphql(desc = "Cursor after which the page starts.")] after: Option<String>,
        #[graphql(desc = "Number of items from the end, 0–100. Cannot be combined with `first`.")] last: Option<i32>,
        #[graphql(desc = "Cursor before which the page ends.")] before: Option<String>,
        #[graphql(desc = "Conditions on the facts.")] filter: Option<Box<FactFilter>>,
        #[graphql(desc = "Sort order. Defaults to topic and rank.")] order_by: Option<Order<FactOrderField>>,
        #[graphql(desc = "Includes facts that a later research replaced.", default)] include_superseded: bool,
    ) -> Result<Connection<Fact>> {
        let page = PageArgs::new(first, after, last, before);
        let wanted = WantedFacts { filter, include_superseded };
        below::<Company, fact::Entity>(ctx, self.id, ListQuery::new(page, Some(Box::new(wanted)), order_by)).await
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
pub struct CompaniesQuery;

#[Object]
impl CompaniesQuery {
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
