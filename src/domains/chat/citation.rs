//! Citations of knowledge passages in replies.

use async_graphql::{ComplexObject, SimpleObject};
use serde::{Deserialize, Serialize};

use crate::{
    db::Id,
    domains::{
        knowledge::{Document, DocumentEntity},
        shared::Link,
    },
    graphql::Requires,
};

/// Passage of a knowledge document on which a reply is based.
#[derive(SimpleObject, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[graphql(name = "ChatCitation", complex)]
pub struct Citation {
    /// Number of the citation, referenced in the text as `[1]`, `[2]` and so on.
    pub index: i32,
    /// Title of the document.
    pub title: String,
    /// Heading of the passage; null if it has none.
    pub heading: Option<String>,
    /// Text of the passage, up to 600 characters.
    pub quote: String,
    /// URL of the document; null if it has none.
    pub url: Option<String>,
    /// Id of the document.
    #[graphql(skip)]
    pub document_id: String,
}

#[ComplexObject]
impl Citation {
    /// Document, as it is now; null if it was deleted, and null without `knowledge:read`.
    #[graphql(directive = Requires::apply(&["knowledge:read"]))]
    async fn document(&self) -> Option<Link<DocumentEntity>> {
        let id: Id<Document> = self.document_id.parse().ok()?;
        Some(Link::to(id))
    }
}
