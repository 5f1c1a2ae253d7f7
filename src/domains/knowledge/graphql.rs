//! Knowledge, as clients see it.

mod document;
mod search;
mod writing;

use async_graphql::MergedObject;

pub(super) use document::{DocumentFilter, DocumentOrder, PassageFilter, PassageOrder};
pub(crate) use document::{document_of, passage_of};
pub use writing::KnowledgeMutation;

/// Queries for knowledge.
#[derive(MergedObject, Default, Debug)]
pub struct KnowledgeQuery(document::DocumentsQuery, search::SearchQuery);
