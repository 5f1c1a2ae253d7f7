//! Reports on signals, each for one persona.

#![expect(missing_docs, reason = "SeaORM generates public items without documentation")]

use async_graphql::SimpleObject;
use sea_orm::entity::prelude::*;

use super::Signal;
use crate::{
    db::{Id, Identified},
    domains::intelligence::FactRow,
    graphql::Timestamp,
};

/// What a signal means for somebody who sells to one kind of person at the customer.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, SimpleObject)]
#[sea_orm(table_name = "signal_reports")]
#[graphql(name = "SignalReport", complex)]
pub struct Model {
    /// The id, beginning with `srep_`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<Model>,
    #[graphql(skip)]
    pub signal_id: Id<Signal>,
    /// Its place among the reports of the signal.
    #[graphql(skip)]
    pub rank: i32,
    /// For whom: the title of the persona.
    pub persona: String,
    /// The id of the fact that the persona was, beginning with `fact_`; null when no personas were found for the company, and
    /// usual ones were taken. A new research makes new facts.
    #[graphql(name = "personaId")]
    pub fact_id: Option<Id<FactRow>>,
    /// The news in one line.
    pub headline: String,
    /// Why it matters to the persona.
    pub why_it_matters: String,
    #[graphql(skip)]
    pub talking_points: String,
    /// What to do next.
    pub recommended_action: String,
    /// A message to the persona to begin with; nothing is sent.
    pub draft_message: String,
    /// The language model that wrote it; null when it was made by template.
    pub model: Option<String>,
    /// Whether it stands for one that a model is to write.
    #[graphql(skip)]
    pub is_provisional: bool,
    /// When it was made.
    #[graphql(skip, derived(name = "made_at", owned, into = "Timestamp", with = "Timestamp::of"))]
    pub made_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Identified for Model {
    const PREFIX: &'static str = "srep";
    const NOUN: &'static str = "signal report";
}
