//! Where the rules and a strong model differ about a report.

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

/// Where the rules and a strong model differ about a report.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, SimpleObject)]
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
    /// The accession number of the report.
    pub accession: String,
    /// The item of form 8-K that was named, such as `5.02`.
    pub item: String,
    /// In what they differ.
    pub kind: DisagreementKind,
    /// What kind of signal it is about.
    pub signal_kind: SignalType,
    /// The field that differs; null unless `kind` is `FIELD`.
    pub field: Option<Field>,
    /// Why the model's proposal was not taken; null when it was, or when it proposed nothing.
    pub refusal: Option<Refusal>,
    /// What the rules say; null where they say nothing.
    pub by_rules: Option<String>,
    /// What the model says, on one line; null where it says no more than the kind.
    pub by_model: Option<String>,
    /// The words that the model gave as proof, on one line; null when it gave none.
    pub quote: Option<String>,
    /// The model, as `provider/model`.
    pub model: String,
    /// When it was noted.
    #[graphql(skip, derived(name = "noted_at", owned, into = "Timestamp", with = "Timestamp::of"))]
    pub noted_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Identified for Model {
    const PREFIX: &'static str = "xdis";
    const NOUN: &'static str = "extraction disagreement";
}

plain_fields!(Model => id, accession, item, kind, signal_kind, field, refusal, by_rules, by_model, quote, model, noted_at);
