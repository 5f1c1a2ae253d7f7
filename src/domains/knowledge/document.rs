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

/// Document on which answers are based, stored as passages.
#[derive(Clone, Default, Debug, PartialEq, Eq, DeriveEntityModel, SimpleObject)]
#[sea_orm(table_name = "knowledge_documents")]
#[graphql(name = "KnowledgeDocument", complex)]
pub struct Model {
    /// The id, beginning with `kdoc_`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<Model>,
    /// Knowledge base of the document, such as `support`; a search covers one base.
    pub base: String,
    /// Title, unique within the base.
    pub title: String,
    #[graphql(skip)]
    pub title_key: String,
    #[graphql(skip)]
    pub title_folded: String,
    /// Format of the original content.
    pub format: Format,
    /// URL of the full document; null if none was given.
    pub url: Option<String>,
    /// True for documents bundled with the server, which keeps them up to date; they cannot be deleted.
    pub is_system: bool,
    /// Number of passages.
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
    /// Creation time.
    #[graphql(skip, derived(name = "created_at", owned, into = "Timestamp", with = "Timestamp::of"))]
    pub created_at: DateTimeUtc,
    /// Time of the last change of its passages.
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

/// Format of a document's content.
#[derive(
    Enum, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Clone, Default, Copy, Debug, PartialEq, Eq, Hash,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "KnowledgeDocumentFormat")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Format {
    /// Plain text with empty lines between paragraphs.
    #[default]
    Text,
    /// Markdown; its headings become the headings of passages.
    Markdown,
    /// HTML page; its headings become the headings of passages; scripts and navigation are removed.
    Html,
    /// PDF file in Base64; larger type becomes headings, and passages state the page on which they begin.
    Pdf,
}

impl PlainValue for Format {}
