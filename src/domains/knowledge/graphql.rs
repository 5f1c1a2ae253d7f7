//! GraphQL types of knowledge.

mod document;
mod search;
mod writing;

use async_graphql::MergedObject;

pub use document::DocumentsList;
pub use writing::KnowledgeMutation;

/// Queries for knowledge.
#[derive(MergedObject, Default, Debug)]
pub struct KnowledgeQuery(document::DocumentsQuery, search::SearchQuery);
