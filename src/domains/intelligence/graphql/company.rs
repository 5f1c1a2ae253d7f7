//! Companies.

use std::sync::LazyLock;

use async_graphql::{ComplexObject, Context, Enum, Object, Result};

use super::facts::{Fact, IdealCustomerProfile, Persona, PricingTier, Product};
use crate::graphql::{Costs, TEXT};
use crate::{
    db::Id,
    domains::{
        ContextExt, List, connection_below,
        customers::{CUSTOMER_FIELDS, Customer, CustomerFilter, CustomerList, CustomerOrder},
        intelligence::{
            company::{Column, Entity, Model as Company},
            fact::{FactTopic, Model as FactRow},
            loader::FactsOf,
            service::{self, CompanyList},
        },
        signals::{Signal, SignalFilter, SignalList, SignalOrder},
    },
    error::Error,
    graphql::{
        About, AtMost, ColumnFields, Connection, DateTimeFilter, Order, OrderField, PageArgs, Paged, SortDirection,
        StringFilter, filter_input, nullable,
    },
};

filter_input! {
    /// Which companies. All parts that are given must hold.
    pub struct CompanyFilter {
        /// By name.
        name: StringFilter => |filter| filter.on_text(Column::Name, Column::NameFolded),
        /// By web site.
        website: StringFilter => |filter| filter.on_text(Column::Website, Column::WebsiteFolded),
        /// Made-up companies only (true), or real ones only (false).
        is_sample: bool => |is_sample| sea_orm::ColumnTrait::eq(&Column::IsSample, *is_sample),
        /// By when they were last researched.
        researched_at: DateTimeFilter => |filter| filter.on(Column::ResearchedAt),
    }
}

/// By what companies can be ordered.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompanyOrderField {
    /// The name, without regard to case and legal form.
    Name,
    /// When they were last researched.
    ResearchedAt,
    /// When they were first onboarded.
    CreatedAt,
}

/// The order of a list of them.
pub type CompanyOrder = Order<CompanyOrderField>;

impl OrderField for CompanyOrderField {
    type Entity = Entity;

    const DEFAULT: (Self, SortDirection) = (Self::Name, SortDirection::Asc);

    fn column(self) -> Column {
        match self {
            Self::Name => Column::NameKey,
            Self::ResearchedAt => Column::ResearchedAt,
            Self::CreatedAt => Column::CreatedAt,
        }
    }
}

/// What the fields of a company need to be shown.
static FIELDS: LazyLock<ColumnFields> = LazyLock::new(|| {
    let below = ["products", "pricingTiers", "idealCustomerProfiles", "personas", "facts", "customers", "signals"];
    ColumnFields::of::<Company>().needing::<Entity>(Column::Id, &below)
});

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

    /// The company's customers. Needs `customers:read`.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a list")]
    #[graphql(directive = Paged::apply())]
    async fn customers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 0 to 100; 25 when neither `first` nor `last` is given.")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which customers.")] filter: Option<Box<CustomerFilter>>,
        #[graphql(desc = "In which order; by name when not given.")] order_by: Option<CustomerOrder>,
        #[graphql(
            desc = "A text that the name holds in one piece, whatever its case and accents; up to 200 characters.",
            directive = Costs::apply(TEXT),
            validator(custom = "AtMost(200)")
        )]
        search: Option<String>,
    ) -> Result<Connection<Customer>> {
        let page = PageArgs::new(first, after, last, before);
        let mut list = CustomerList { page, filter, order: order_by, search, columns: None };
        list.columns = CUSTOMER_FIELDS.asked_for(ctx, List::keyset(&list));
        connection_below(ctx, self.id, list).await
    }

    /// What happened at the company's customers, by their reports to the SEC. Needs `signals:read`.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a list")]
    #[graphql(directive = Paged::apply())]
    async fn signals(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 0 to 100; 25 when neither `first` nor `last` is given.")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which signals.")] filter: Option<Box<SignalFilter>>,
        #[graphql(desc = "In which order; the last filed first when not given.")] order_by: Option<SignalOrder>,
    ) -> Result<Connection<Signal>> {
        let page = PageArgs::new(first, after, last, before);
        connection_below(ctx, self.id, SignalList { page, filter, order: order_by }).await
    }
}

/// Queries for companies.
#[derive(Default, Debug)]
pub struct IntelligenceQuery;

#[Object]
impl IntelligenceQuery {
    /// The company with this id; null when there is none. Needs `companies:read`.
    async fn company(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The company's id.")] id: Id<Company>,
    ) -> Option<Result<Company>> {
        nullable(company_of(ctx, id)).await
    }

    /// The companies that were onboarded. Needs `companies:read`.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a list")]
    #[graphql(directive = Paged::apply())]
    async fn companies(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 0 to 100; 25 when neither `first` nor `last` is given.")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which companies.")] filter: Option<CompanyFilter>,
        #[graphql(desc = "In which order; by name when not given.")] order_by: Option<CompanyOrder>,
        #[graphql(
            desc = "A text that the name holds in one piece, whatever its case and accents; up to 200 characters.",
            directive = Costs::apply(TEXT),
            validator(custom = "AtMost(200)")
        )]
        search: Option<String>,
    ) -> Result<Connection<Company>> {
        let page = PageArgs::new(first, after, last, before);
        let mut list = CompanyList { page, filter, order: order_by, search, columns: None };
        let keyset = list.keyset();
        list.columns = FIELDS.asked_for(ctx, keyset);
        let (page, total) = service::list(ctx.app()?, ctx.viewer()?, list).await?;
        Ok(Connection::new(page, keyset, total))
    }
}

/// The company with this id, loaded together with those that sibling fields ask for.
pub(crate) async fn company_of(ctx: &Context<'_>, id: Id<Company>) -> crate::error::Result<Option<Company>> {
    ctx.loader()?.load_one(id).await.map_err(Error::shared)
}
