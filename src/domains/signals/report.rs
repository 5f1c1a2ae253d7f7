//! Reports on signals, each for one persona.

#![expect(missing_docs, reason = "SeaORM generates public items without documentation")]

use async_graphql::SimpleObject;
use sea_orm::{QuerySelect, QueryTrait, entity::prelude::*, sea_query::SelectStatement};

use super::Signal;
use crate::{
    db::{Id, Identified},
    domains::intelligence::FactRow,
    graphql::Timestamp,
};

/// Report on a signal for a seller to one persona at the customer.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, SimpleObject)]
#[sea_orm(table_name = "signal_reports")]
#[graphql(name = "SignalReport", complex)]
pub struct Model {
    /// The id, beginning with `srep_`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<Model>,
    #[graphql(skip)]
    pub signal_id: Id<Signal>,
    /// Position among the reports of the signal.
    #[graphql(skip)]
    pub rank: i32,
    /// Title of the persona.
    pub persona: String,
    /// The fact that is the persona; `None` if no personas were found for the company and a common one was used.
    #[graphql(skip)]
    pub fact_id: Option<Id<FactRow>>,
    /// Headline of one line.
    pub headline: String,
    /// Relevance of the event for the persona.
    pub why_it_matters: String,
    #[graphql(skip)]
    pub talking_points: String,
    /// Recommended next step.
    pub recommended_action: String,
    /// Draft of a first message to the persona; nothing is sent.
    pub draft_message: String,
    /// Language model that wrote the report; null if made from a template.
    pub model: Option<String>,
    /// True for a placeholder that a model is to replace.
    #[graphql(skip)]
    pub is_provisional: bool,
    /// Creation time.
    #[graphql(skip, derived(name = "created_at", owned, into = "Timestamp", with = "Timestamp::of"))]
    #[sea_orm(column_name = "made_at")]
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Identified for Model {
    const PREFIX: &'static str = "srep";
    const NOUN: &'static str = "signal report";
}

/// Returns the ids of the facts that reports refer to, as a subquery.
pub(in crate::domains) fn facts_of_reports() -> SelectStatement {
    Entity::find().select_only().column(Column::FactId).filter(Column::FactId.is_not_null()).into_query()
}
