//! Citations of knowledge passages in replies.

use async_graphql::{ID, SimpleObject};
use serde::{Deserialize, Serialize};

/// Passage of a knowledge document on which a reply is based.
#[derive(SimpleObject, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[graphql(name = "ChatCitation")]
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
    pub document_id: ID,
}
