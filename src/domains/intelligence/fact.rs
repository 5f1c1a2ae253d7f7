//! Facts about companies: one table for all topics, each row with its source. Topic-specific values are JSON in
//! `details`.

#![expect(missing_docs, reason = "SeaORM generates public items without documentation")]

use async_graphql::Enum;
use sea_orm::{Iterable, entity::prelude::*};
use serde::{Deserialize, Serialize};

use super::Company;
use crate::{
    clients::research::{Details, Topic},
    db::{Id, Identified},
};

/// A fact about a company.
#[derive(Clone, Default, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "company_facts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<Model>,
    pub company_id: Id<Company>,
    pub topic: FactTopic,
    /// Position among the facts of its topic.
    pub rank: i32,
    /// Position among the facts of its company, see [`FactTopic::place`].
    pub place: i32,
    pub name: String,
    pub summary: String,
    pub details: String,
    pub source_url: String,
    pub source_title: String,
    pub source_quote: String,
    pub found_at: DateTimeUtc,
    /// Time at which a later research of the topic replaced it.
    pub superseded_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Identified for Model {
    const PREFIX: &'static str = "fact";
    const NOUN: &'static str = "fact";
}

impl Model {
    /// Returns the topic-specific values; an item without a date if they are unreadable.
    pub fn details(&self) -> Details {
        serde_json::from_str(&self.details).unwrap_or(Details::Item { date: None })
    }
}

/// Number of places of a topic.
const PLACES: i32 = 100_000;

/// Topic of a fact, in the order in which facts are listed.
#[derive(
    Enum, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Clone, Default, Copy, Debug, PartialEq, Eq, Hash,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FactTopic {
    /// Products that the company sells.
    #[default]
    Products,
    /// Prices and plans.
    Pricing,
    /// Kinds of companies it sells to.
    IdealCustomers,
    /// People in those companies who buy or use the products.
    Personas,
    /// Competing vendors.
    Competitors,
    /// Products that it integrates with.
    Integrations,
    /// Positioning against competitors.
    Positioning,
    /// Published success stories.
    CaseStudies,
    /// Recent events.
    News,
    /// Executives.
    Leadership,
}

impl FactTopic {
    /// Returns the position of the fact at `rank` of the topic among all facts of a company.
    pub fn place(self, rank: i32) -> i32 {
        let before = Self::iter().take_while(|topic| *topic != self).count();
        i32::try_from(before).unwrap_or_default() * PLACES + rank.min(PLACES - 1)
    }
}

impl From<Topic> for FactTopic {
    fn from(topic: Topic) -> Self {
        match topic {
            Topic::Products => Self::Products,
            Topic::Pricing => Self::Pricing,
            Topic::IdealCustomers => Self::IdealCustomers,
            Topic::Personas => Self::Personas,
            Topic::Competitors => Self::Competitors,
            Topic::Integrations => Self::Integrations,
            Topic::Positioning => Self::Positioning,
            Topic::CaseStudies => Self::CaseStudies,
            Topic::News => Self::News,
            Topic::Leadership => Self::Leadership,
        }
    }
}
