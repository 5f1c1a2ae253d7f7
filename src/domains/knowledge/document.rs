//! Documents.

#![expect(missing_docs, reason = "SeaORM generates public items without documentation")]

use async_graphql::{Enum, SimpleObject};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    db::{Id, Identified},
    domains::identity::User,
    graphql::{PlainValue, Timestamp, plain_fields},
};

/// A text that answers draw on, kept as passages.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, SimpleObject)]
#[sea_orm(table_name = "knowledge_documents")]
#[graphql(name = "KnowledgeDocument", complex)]
pub struct Model {
    /// The id, beginning with `kdoc_`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<Model>,
    /// The base that it belongs to, such as `support`; a search looks into one base.
    pub base: String,
    /// Its title, which no other document of the base has.
    pub title: String,
    #[graphql(skip)]
    pub title_key: String,
    #[graphql(skip)]
    pub title_folded: String,
    /// As what its content came.
    pub format: Format,
    /// Where it can be read in full; null when nobody said.
    pub url: Option<String>,
    /// Whether it came with the server. Such a document is kept up to date by it and cannot be removed.
    pub is_system: bool,
    /// How many passages it has.
    pub passage_count: i32,
    #[graphql(skip)]
    pub content_hash: String,
    #[graphql(skip)]
    pub revision: i64,
    #[graphql(skip)]
    pub added_by: Option<Id<User>>,
    #[graphql(skip)]
    pub idempotency_key: Option<String>,
    #[graphql(skip)]
    pub input_hash: String,
    /// When it was added.
    #[graphql(skip, derived(name = "created_at", owned, into = "Timestamp", with = "Timestamp::of"))]
    pub created_at: DateTimeUtc,
    /// When its passages were last changed.
    #[graphql(skip, derived(name = "updated_at", owned, into = "Timestamp", with = "Timestamp::of"))]
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Identified for Model {
    const PREFIX: &'static str = "kdoc";
    const NOUN: &'static str = "knowledge document";
}

plain_fields!(Model => id, base, title, format, url, is_system, passage_count, created_at, updated_at);

/// As what a document's content comes.
#[derive(Enum, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "KnowledgeDocumentFormat")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Format {
    /// Plain text; an empty line ends a paragraph.
    Text,
    /// Markdown; its headings become the headings of passages.
    Markdown,
    /// A page of HTML; scripts, navigation and the like are left out, its headings become the headings of passages.
    Html,
    /// A PDF file, in Base64. What is set larger becomes headings, below which passages name the page that they begin on.
    Pdf,
}

impl PlainValue for Format {}
