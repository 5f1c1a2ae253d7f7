//! Companies.

#![expect(missing_docs, reason = "SeaORM generates public items without documentation")]

use async_graphql::SimpleObject;
use sea_orm::entity::prelude::*;

use crate::db::{Id, Identified};
use crate::graphql::{Timestamp, plain_fields};

/// A software vendor that was onboarded: researched, with its customers discovered.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, SimpleObject)]
#[sea_orm(table_name = "companies")]
#[graphql(name = "Company", complex)]
pub struct Model {
    /// The id, beginning with `com_`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<Model>,
    /// The name, as it was given when the company was onboarded.
    pub name: String,
    #[graphql(skip)]
    pub name_key: String,
    #[graphql(skip)]
    pub name_folded: String,
    /// The web site, as it was given; null when none was.
    pub website: Option<String>,
    #[graphql(skip)]
    pub website_folded: Option<String>,
    /// Whether the company is made up, for trying the product.
    pub is_sample: bool,
    /// When the company was last researched.
    #[graphql(skip, derived(name = "researched_at", owned, into = "Timestamp", with = "Timestamp::of"))]
    pub researched_at: DateTimeUtc,
    /// When the company was first onboarded.
    #[graphql(skip, derived(name = "created_at", owned, into = "Timestamp", with = "Timestamp::of"))]
    pub created_at: DateTimeUtc,
    #[graphql(skip)]
    pub updated_at: DateTimeUtc,
}

impl Model {
    /// A company of which nothing is known.
    pub fn blank() -> Self {
        Self {
            id: Id::nil(),
            name: String::new(),
            name_key: String::new(),
            name_folded: String::new(),
            website: None,
            website_folded: None,
            is_sample: false,
            researched_at: DateTimeUtc::default(),
            created_at: DateTimeUtc::default(),
            updated_at: DateTimeUtc::default(),
        }
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Identified for Model {
    const PREFIX: &'static str = "com";
    const NOUN: &'static str = "company";
}

plain_fields!(Model => id, name, website, is_sample, researched_at, created_at);
