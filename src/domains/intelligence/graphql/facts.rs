//! Facts: what was found out about a company, each with its proof.

use async_graphql::{Object, SimpleObject};

use crate::{
    clients::research::{BillingPeriod, Details},
    db::Id,
    domains::intelligence::fact::{FactTopic, Model as FactRow},
    graphql::{Date, Decimal, Timestamp},
};

/// The page that proves a fact.
#[derive(SimpleObject, Debug, Clone)]
pub struct Source {
    /// Its address.
    pub url: String,
    /// Its title.
    pub title: String,
    /// The words on it that state the fact.
    pub quote: String,
}

fn source_of(row: &FactRow) -> Source {
    Source { url: row.source_url.clone(), title: row.source_title.clone(), quote: row.source_quote.clone() }
}

/// A fact about a company, of any topic.
pub struct Fact(pub(super) FactRow);

/// A fact about a company, of any topic.
#[Object]
impl Fact {
    /// The id, beginning with `fact_`. A new research makes new facts.
    async fn id(&self) -> Id<FactRow> {
        self.0.id
    }

    /// What it is about.
    async fn topic(&self) -> FactTopic {
        self.0.topic
    }

    /// What it is called: the name of a competitor, the headline of a piece of news.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// One to three sentences.
    async fn summary(&self) -> &str {
        &self.0.summary
    }

    /// When it was published; null when the source does not say, and for topics of which nothing is published.
    async fn published_on(&self) -> Option<Date> {
        match self.0.details() {
            Details::Item { date } => date.map(Date),
            _ => None,
        }
    }

    /// What the person is; null for other topics than leadership.
    async fn role(&self) -> Option<String> {
        match self.0.details() {
            Details::Person { role } => role,
            _ => None,
        }
    }

    /// Where it is stated.
    async fn source(&self) -> Source {
        source_of(&self.0)
    }

    /// When research found it.
    async fn found_at(&self) -> Timestamp {
        Timestamp(self.0.found_at)
    }
}

/// Something a company sells.
pub struct Product(pub(super) FactRow);

/// Something a company sells.
#[Object]
impl Product {
    /// The id of the fact, beginning with `fact_`.
    async fn id(&self) -> Id<FactRow> {
        self.0.id
    }

    /// Its name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What it does, in one to three sentences.
    async fn description(&self) -> &str {
        &self.0.summary
    }

    /// The kind of software; null when the source does not say.
    async fn category(&self) -> Option<String> {
        match self.0.details() {
            Details::Product { category } => category,
            _ => None,
        }
    }

    /// Where it is stated.
    async fn source(&self) -> Source {
        source_of(&self.0)
    }
}

/// A step of a price list.
#[derive(SimpleObject)]
pub struct PricingTier {
    /// The id of the fact, beginning with `fact_`.
    id: Id<FactRow>,
    /// Its name.
    name: String,
    /// What it holds, in one to three sentences.
    description: String,
    /// The amount; null when only sales will tell.
    price: Option<Decimal>,
    /// The currency of the amount, as ISO 4217 has it, such as `USD`; null when the source does not say.
    currency: Option<String>,
    /// What the amount is paid for; null when the source does not say.
    billing_period: Option<BillingPeriod>,
    /// Where it is stated.
    source: Source,
}

impl PricingTier {
    pub(super) fn new(row: FactRow) -> Self {
        let source = source_of(&row);
        let (price, currency, billing_period) = match row.details() {
            Details::PricingTier { price, currency, billing_period } => (price.map(Decimal), currency, billing_period),
            _ => (None, None, None),
        };
        Self { id: row.id, name: row.name, description: row.summary, price, currency, billing_period, source }
    }
}

/// A kind of company that a company sells to.
#[derive(SimpleObject)]
pub struct IdealCustomerProfile {
    /// The id of the fact, beginning with `fact_`.
    id: Id<FactRow>,
    /// What the kind is called.
    name: String,
    /// Why they buy, in one to three sentences.
    description: String,
    /// Their industries.
    industries: Vec<String>,
    /// Their size in the source's words; null when it does not say.
    company_size: Option<String>,
    /// Where it is stated.
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

/// A kind of person who buys or uses what a company sells.
#[derive(SimpleObject)]
pub struct Persona {
    /// The id of the fact, beginning with `fact_`.
    id: Id<FactRow>,
    /// What they are called, such as `Head of Sales Operations`.
    title: String,
    /// Who they are, in one to three sentences.
    description: String,
    /// Their level; null when the source does not say.
    seniority: Option<String>,
    /// What they want to reach.
    goals: Vec<String>,
    /// What keeps them from it.
    pain_points: Vec<String>,
    /// Where it is stated.
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
