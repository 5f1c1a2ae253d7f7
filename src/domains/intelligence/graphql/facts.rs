//! GraphQL fields of facts about a company.

use async_graphql::{Context, Object, Result};

use crate::{
    clients::research::{BillingPeriod, Details},
    db::Id,
    domains::{
        intelligence::{
            company::{Entity as CompanyEntity, Model as Company},
            fact::{Entity, FactTopic, Model as FactRow},
            facts::{BuyerPersona, Executive, Fact, GeneralFact, IdealCustomerProfile, PricingTier, Product, Source},
        },
        shared::one,
    },
    graphql::{Date, MoneyAmount, Requires, Timestamp, nullable},
};

/// Defines the fields of a type of facts: those that all have, and its own.
macro_rules! fields_of_fact {
    ($(#[$doc:meta])* $name:ident { $($own:tt)* }) => {
        $(#[$doc])*
        #[Object]
        impl $name {
            /// The id, beginning with `fact_`. Every research creates new facts.
            pub async fn id(&self) -> Id<FactRow> {
                self.0.id
            }

            /// Topic of the fact.
            pub async fn topic(&self) -> FactTopic {
                self.0.topic
            }

            /// Name or headline, such as the name of a product or the title of a persona.
            pub async fn name(&self) -> &str {
                &self.0.name
            }

            /// Summary in one to three sentences.
            pub async fn summary(&self) -> &str {
                &self.0.summary
            }

            /// Source of the fact.
            pub async fn source(&self) -> Source {
                Source::from(&self.0)
            }

            /// Time of the research that found the fact.
            pub async fn found_at(&self) -> Timestamp {
                Timestamp(self.0.found_at)
            }

            /// Time at which a later research of the topic replaced the fact; null for present facts.
            pub async fn superseded_at(&self) -> Option<Timestamp> {
                Timestamp::maybe(self.0.superseded_at)
            }

            /// Company that the fact is about; null without `companies:read`.
            #[graphql(directive = Requires::apply(&["companies:read"]))]
            pub async fn company(&self, ctx: &Context<'_>) -> Option<Result<Company>> {
                nullable(one::<CompanyEntity>(ctx, self.0.company_id)).await
            }

            $($own)*
        }
    };
}

fields_of_fact! {
    /// Product of a company.
    Product {
        /// Category of software; null if the source does not state it.
        async fn category(&self) -> Option<String> {
            match self.0.details() {
                Details::Product { category } => category,
                _ => None,
            }
        }
    }
}

fields_of_fact! {
    /// Tier of a price list.
    PricingTier {
        /// Price; null if only available from sales, or if the source states no currency.
        async fn price(&self) -> Option<MoneyAmount> {
            match self.0.details() {
                Details::PricingTier { price, currency, .. } => MoneyAmount::of_price(price?, &currency?),
                _ => None,
            }
        }

        /// Billing period; null if the source does not state it.
        async fn billing_period(&self) -> Option<BillingPeriod> {
            match self.0.details() {
                Details::PricingTier { billing_period, .. } => billing_period,
                _ => None,
            }
        }
    }
}

fields_of_fact! {
    /// Kind of company that a company sells to.
    IdealCustomerProfile {
        /// Their industries.
        async fn industries(&self) -> Vec<String> {
            match self.0.details() {
                Details::IdealCustomer { industries, .. } => industries,
                _ => Vec::new(),
            }
        }

        /// Company size, as worded by the source; null if not stated.
        async fn company_size(&self) -> Option<String> {
            match self.0.details() {
                Details::IdealCustomer { company_size, .. } => company_size,
                _ => None,
            }
        }
    }
}

fields_of_fact! {
    /// Kind of person who buys or uses a company's products.
    BuyerPersona {
        /// Seniority; null if the source does not state it.
        async fn seniority(&self) -> Option<String> {
            match self.0.details() {
                Details::Persona { seniority, .. } => seniority,
                _ => None,
            }
        }

        /// Goals of the persona.
        async fn goals(&self) -> Vec<String> {
            match self.0.details() {
                Details::Persona { goals, .. } => goals,
                _ => Vec::new(),
            }
        }

        /// Obstacles to these goals.
        async fn pain_points(&self) -> Vec<String> {
            match self.0.details() {
                Details::Persona { pain_points, .. } => pain_points,
                _ => Vec::new(),
            }
        }
    }
}

fields_of_fact! {
    /// Person who leads a company.
    Executive {
        /// Role of the person; null if the source does not state it.
        async fn role(&self) -> Option<String> {
            match self.0.details() {
                Details::Person { role } => role,
                _ => None,
            }
        }
    }
}

fields_of_fact! {
    /// Fact on a topic without a type of its own: a competitor, an integration, positioning, a case study, or news.
    GeneralFact {
        /// Publication date; null if the source does not state it, and for topics without publications.
        async fn published_on(&self) -> Option<Date> {
            match self.0.details() {
                Details::Item { date } => date.map(Date),
                _ => None,
            }
        }
    }
}

/// Queries for facts.
#[derive(Default, Debug)]
pub struct FactsQuery;

#[Object]
impl FactsQuery {
    /// The fact with this id, also if it was superseded; null if it does not exist. Needs `companies:read`.
    #[graphql(directive = Requires::apply(&["companies:read"]))]
    async fn fact(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the fact.")] id: Id<FactRow>,
    ) -> Option<Result<Fact>> {
        nullable(one::<Entity>(ctx, id)).await
    }
}
