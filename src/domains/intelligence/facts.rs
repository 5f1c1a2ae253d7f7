//! The types of facts: each topic has one, so that an id is of one type.

use async_graphql::{Interface, Result, SimpleObject};

use super::{
    company::Model as Company,
    fact::{FactTopic, Model as FactRow},
};
use crate::{
    db::Id,
    graphql::{Plain, PlainFields, Requires, Shown, Timestamp},
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

impl From<&FactRow> for Source {
    fn from(row: &FactRow) -> Self {
        Self { url: row.source_url.clone(), title: row.source_title.clone(), quote: row.source_quote.clone() }
    }
}

/// Defines [`Fact`] and its types, each for the topics of its facts.
macro_rules! facts {
    ($($(#[$doc:meta])* $name:ident of $($topic:ident)|+;)*) => {
        $($(#[$doc])* #[derive(Debug, Clone)] pub struct $name(pub FactRow);)*

        /// Fact about a company with its source. Each topic has a type of its own, or is shown as `GeneralFact`.
        #[derive(Interface, Debug, Clone)]
        #[graphql(
            field(name = "id", ty = "Id<FactRow>", desc = "The id, beginning with `fact_`. Every research creates new facts."),
            field(name = "topic", ty = "FactTopic", desc = "Topic of the fact."),
            field(name = "name", ty = "String", desc = "Name or headline, such as the name of a product or the title of a persona."),
            field(name = "summary", ty = "String", desc = "Summary in one to three sentences."),
            field(name = "source", ty = "Source", desc = "Source of the fact."),
            field(name = "found_at", ty = "Timestamp", desc = "Time of the research that found the fact."),
            field(
                name = "superseded_at",
                ty = "Option<Timestamp>",
                desc = "Time at which a later research of the topic replaced the fact; null for present facts."
            ),
            field(
                name = "company",
                ty = "Option<Result<Company>>",
                desc = "Company that the fact is about; null without `companies:read`.",
                directive = Requires::apply(&["companies:read"])
            )
        )]
        pub enum Fact {
            $($(#[$doc])* $name($name),)*
        }

        impl From<FactRow> for Fact {
            fn from(row: FactRow) -> Self {
                match row.topic {
                    $($(FactTopic::$topic)|+ => Self::$name($name(row)),)*
                }
            }
        }

        impl Fact {
            fn of_any_type(&self) -> &FactRow {
                match self {
                    $(Self::$name(fact) => &fact.0,)*
                }
            }
        }
    };
}

facts! {
    /// Product of a company.
    Product of Products;
    /// Tier of a price list.
    PricingTier of Pricing;
    /// Kind of company that a company sells to.
    IdealCustomerProfile of IdealCustomers;
    /// Kind of person who buys or uses a company's products.
    BuyerPersona of Personas;
    /// Person who leads a company.
    Executive of Leadership;
    /// Fact on a topic without a type of its own: a competitor, an integration, positioning, a case study, or news.
    GeneralFact of Competitors | Integrations | Positioning | CaseStudies | News;
}

impl Shown for Fact {
    type Row = FactRow;

    fn of(row: FactRow) -> Self {
        row.into()
    }

    fn row(&self) -> &FactRow {
        self.of_any_type()
    }
}

/// The rows of one list have several types, so none is written at once.
impl PlainFields for Fact {
    fn plain_field(_: &str) -> Option<Plain<Self>> {
        None
    }
}
