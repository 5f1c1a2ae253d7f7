//! Facts about companies: one table for all topics, each row with its proof. What a topic adds stands as JSON in
//! `details`.

#![expect(missing_docs, reason = "SeaORM generates public items without documentation")]

use async_graphql::Enum;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::Company;
use crate::{
    clients::research::{Details, Topic},
    db::{Id, Identified},
};

/// A fact about a company.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "company_facts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<Model>,
    pub company_id: Id<Company>,
    pub topic: FactTopic,
    /// Its place among the facts of its topic.
    pub rank: i32,
    pub name: String,
    pub summary: String,
    pub details: String,
    pub source_url: String,
    pub source_title: String,
    pub source_quote: String,
    pub found_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Identified for Model {
    const PREFIX: &'static str = "fact";
    const NOUN: &'static str = "fact";
}

impl Model {
    /// What the topic adds; an item without a date when the row cannot be read.
    pub fn details(&self) -> Details {
        serde_json::from_str(&self.details).unwrap_or(Details::Item { date: None })
    }
}

/// What a fact is about.
#[derive(Enum, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FactTopic {
    /// What the company sells.
    Products,
    /// Its price list.
    Pricing,
    /// The kinds of companies it sells to.
    IdealCustomers,
    /// The people in those companies who buy or use it.
    Personas,
    /// Who else sells the like.
    Competitors,
    /// What it connects to.
    Integrations,
    /// How it describes itself against others.
    Positioning,
    /// Published success stories.
    CaseStudies,
    /// What happened lately.
    News,
    /// Who runs it.
    Leadership,
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
