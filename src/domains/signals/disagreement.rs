//! Disagreements between rules and model about a report.

#![expect(missing_docs, reason = "SeaORM generates public items without documentation")]

use async_graphql::SimpleObject;
use sea_orm::entity::prelude::*;

use super::Signal;
use crate::{
    db::{Id, Identified},
    domains::{
        customers::Customer,
        intelligence::filings::{
            SignalType,
            proposals::{DisagreementKind, Field, Refusal},
        },
    },
    graphql::{Timestamp, plain_fields},
    jobs::JobRow,
};

/// Disagreement between the rules and a language model about a report.
#[derive(Clone, Default, Debug, PartialEq, Eq, DeriveEntityModel, SimpleObject)]
#[sea_orm(table_name = "extraction_disagreements")]
#[graphql(name = "ExtractionDisagreement", complex)]
pub struct Model {
    /// The id, beginning with `xdis_`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<Model>,
    #[graphql(skip)]
    pub customer_id: Id<Customer>,
    #[graphql(skip)]
    pub signal_id: Option<Id<Signal>>,
    #[graphql(skip)]
    pub job_id: Id<JobRow>,
    /// Accession number of the report.
    pub accession: String,
    /// Item of form 8-K, such as `5.02`.
    pub item: String,
    /// Kind of disagreement.
    pub kind: DisagreementKind,
    /// Kind of signal concerned.
    pub signal_kind: SignalType,
    /// Field that differs; null unless `kind` is `FIELD`.
    pub field: Option<Field>,
    /// Reason why the model's proposal was rejected; null if it was accepted or there was none.
    pub refusal: Option<Refusal>,
    /// Value of the rules; null if they have none.
    pub by_rules: Option<String>,
    /// Value of the model, on one line; null if it states only the kind.
    pub by_model: Option<String>,
    /// Quote that the model gave as proof, on one line; null if it gave none.
    pub quote: Option<String>,
    /// Language model, as `provider/model`.
    pub model: String,
    /// Time at which the disagreement was recorded.
    #[graphql(skip, derived(name = "created_at", owned, into = "Timestamp", with = "Timestamp::of"))]
    #[sea_orm(column_name = "noted_at")]
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Identified for Model {
    const PREFIX: &'static str = "xdis";
    const NOUN: &'static str = "extraction disagreement";
}

plain_fields!(Model => id, accession, item, kind, signal_kind, field, refusal, by_rules, by_model, quote, model, created_at);
