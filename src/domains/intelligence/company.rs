//! Companies.

#![expect(missing_docs, reason = "SeaORM generates public items without documentation")]

use async_graphql::SimpleObject;
use sea_orm::entity::prelude::*;

use crate::db::{Id, Identified};
use crate::graphql::{Timestamp, plain_fields};

/// Software vendor that was onboarded: researched, with its customers discovered.
#[derive(Clone, Default, Debug, PartialEq, Eq, DeriveEntityModel, SimpleObject)]
#[sea_orm(table_name = "companies")]
#[graphql(name = "Company", complex)]
pub struct Model {
    /// The id, beginning with `com_`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<Model>,
    /// Name, as entered when the company was onboarded.
    pub name: String,
    #[graphql(skip)]
    pub name_key: String,
    #[graphql(skip)]
    pub name_folded: String,
    /// Website, as entered; null if none was.
    pub website: Option<String>,
    #[graphql(skip)]
    pub website_folded: Option<String>,
    /// True for sample data.
    pub is_sample: bool,
    /// Time of the last research.
    #[graphql(skip, derived(name = "researched_at", owned, into = "Timestamp", with = "Timestamp::of"))]
    pub researched_at: DateTimeUtc,
    /// Time of the first onboarding.
    #[graphql(skip, derived(name = "created_at", owned, into = "Timestamp", with = "Timestamp::of"))]
    pub created_at: DateTimeUtc,
    #[graphql(skip)]
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Identified for Model {
    const PREFIX: &'static str = "com";
    const NOUN: &'static str = "company";
}

plain_fields!(Model => id, name, website, is_sample, researched_at, created_at);
