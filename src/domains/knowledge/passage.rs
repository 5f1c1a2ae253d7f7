//! Passages of documents.

#![expect(missing_docs, reason = "SeaORM generates public items without documentation")]

use async_graphql::SimpleObject;
use sea_orm::entity::prelude::*;

use super::document;
use crate::db::{Id, Identified};
use crate::graphql::plain_fields;

/// Self-contained part of a document: up to 200 words below one heading.
#[derive(Clone, Default, Debug, PartialEq, Eq, DeriveEntityModel, SimpleObject)]
#[sea_orm(table_name = "knowledge_passages")]
#[graphql(name = "KnowledgePassage", complex)]
pub struct Model {
    /// The id, beginning with `kpas_`, stable while the text is unchanged.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<Model>,
    #[graphql(skip)]
    pub document_id: Id<document::Model>,
    /// Position in the document, from 0.
    pub position: i32,
    /// Headings above the passage, outermost first, joined by ` › `; empty before the first heading.
    pub heading: String,
    #[graphql(skip)]
    pub heading_folded: String,
    /// Text of the passage. If a section is split into several passages, each begins with the last sentence of the
    /// previous one.
    pub text: String,
    #[graphql(skip)]
    pub text_folded: String,
    /// Number of words.
    pub words: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "document::Entity", from = "Column::DocumentId", to = "document::Column::Id")]
    Document,
}

impl Related<document::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Document.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

impl Identified for Model {
    const PREFIX: &'static str = "kpas";
    const NOUN: &'static str = "knowledge passage";
}

plain_fields!(Model => id, position, heading, text, words);
