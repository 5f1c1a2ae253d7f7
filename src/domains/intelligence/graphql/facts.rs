//! GraphQL types for facts about a company.

use async_graphql::{Object, SimpleObject};

use crate::{
    clients::research::{BillingPeriod, Details},
    db::Id,
    domains::intelligence::fact::{FactTopic, Model as FactRow},
    graphql::{Date, MoneyAmount, Timestamp},
};

/// Web page that proves a fact.
#[derive(SimpleObject, Debug, Clone)]
pub struct Source {
    /// URL of the page.
    pub url: String,
    /// Title of the page.
    pub title: String,
    /// Quote that states the fact.
    pub quote: String,
}

fn source_of(row: &FactRow) -> Source {
    Source { url: row.source_url.clone(), title: row.source_title.clone(), quote: row.source_quote.clone() }
}

/// Fact about a company, on any topic.
pub struct Fact(pub(super) FactRow);

/// Fact about a company, on any topic.
#[Object]
impl Fact {
    /// The id, beginning with `fact_`. Every research creates new facts.
    async fn id(&self) -> Id<FactRow> {
        self.0.id
    }

    /// Topic of the fact.
    async fn topic(&self) -> FactTopic {
        self.0.topic
    }

    /// Name or headline, such as the name of a competitor.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Summary in one to three sentences.
    async fn summary(&self) -> &str {
        &self.0.summary
    }

    /// Publication date; null if the source does not state it, and for topics without publications.
    async fn published_on(&self) -> Option<Date> {
        match self.0.details() {
            Details::Item { date } => date.map(Date),
            _ => None,
        }
    }

    /// Role of the person; null for topics other than leadership.
    async fn role(&self) -> Option<String> {
        match self.0.details() {
            Details::Person { role } => role,
            _ => None,
        }
    }

    /// Source of the fact.
    async fn source(&self) -> Source {
        source_of(&self.0)
    }

    /// Time of the research that found it.
    async fn found_at(&self) -> Timestamp {
        Timestamp(self.0.found_at)
    }
}

/// Product of a company.
pub struct Product(pub(super) FactRow);

/// Product of a company.
#[Object]
impl Product {
    /// The id of the fact, beginning with `fact_`.
    async fn id(&self) -> Id<FactRow> {
        self.0.id
    }

    /// Name of the product.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Description in one to three sentences.
    async fn description(&self) -> &str {
        &self.0.summary
    }

    /// Category of software; null if the source does not state it.
    async fn category(&self) -> Option<String> {
        match self.0.details() {
            Details::Product { category } => category,
            _ => None,
        }
    }

    /// Source of the fact.
    async fn source(&self) -> Source {
        source_of(&self.0)
    }
}

/// Tier of a price list.
#[derive(SimpleObject)]
pub struct PricingTier {
    /// The id of the fact, beginning with `fact_`.
    id: Id<FactRow>,
    /// Name of the tier.
    name: String,
    /// Contents in one to three sentences.
    description: String,
    /// Price; null if only available from sales, or if the source states no currency.
    price: Option<MoneyAmount>,
    /// Billing period; null if the source does not state it.
    billing_period: Option<BillingPeriod>,
    /// Source of the fact.
    source: Source,
}

impl PricingTier {
    pub(super) fn new(row: FactRow) -> Self {
        let source = source_of(&row);
        let (price, billing_period) = match row.details() {
            Details::PricingTier { price, currency, billing_period } => {
                let price = price.zip(currency).and_then(|(price, code)| MoneyAmount::of_price(price, &code));
                (price, billing_period)
            }
            _ => (None, None),
        };
        Self { id: row.id, name: row.name, description: row.summary, price, billing_period, source }
    }
}

/// Kind of company that a company sells to.
#[derive(SimpleObject)]
pub struct IdealCustomerProfile {
    /// The id of the fact, beginning with `fact_`.
    id: Id<FactRow>,
    /// Name of the profile.
    name: String,
    /// Reasons to buy, in one to three sentences.
    description: String,
    /// Their industries.
    industries: Vec<String>,
    /// Company size, as worded by the source; null if not stated.
    company_size: Option<String>,
    /// Source of the fact.
    source: Source,
}

impl IdealCustomerProfile {
    pub(super) fn new(row: FactRow) -> Self {
        let source = source_of(&row);
        let (industries, company_size) = match row.details() {
            Details::IdealCustomer { industries, company_size } => (industries, company_size),
            _ => (Vec::new(), None),
        };
        Self { id: row.id, name: row.name, description: row.summary, industries, company_size, source }
    }
}

/// Kind of person who buys or uses a company's products.
#[derive(SimpleObject)]
pub struct Persona {
    /// The id of the fact, beginning with `fact_`.
    id: Id<FactRow>,
    /// Job title, such as `Head of Sales Operations`.
    title: String,
    /// Description in one to three sentences.
    description: String,
    /// Seniority; null if the source does not state it.
    seniority: Option<String>,
    /// Goals of the persona.
    goals: Vec<String>,
    /// Obstacles to these goals.
    pain_points: Vec<String>,
    /// Source of the fact.
    source: Source,
}

impl Persona {
    pub(super) fn new(row: FactRow) -> Self {
        let source = source_of(&row);
        let (seniority, goals, pain_points) = match row.details() {
            Details::Persona { seniority, goals, pain_points } => (seniority, goals, pain_points),
            _ => (None, Vec::new(), Vec::new()),
        };
        Self { id: row.id, title: row.name, description: row.summary, seniority, goals, pain_points, source }
    }
}
