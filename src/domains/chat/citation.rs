//! What a reply rests on.

use async_graphql::{ID, SimpleObject};
use serde::{Deserialize, Serialize};

/// A passage of the knowledge base that a reply rests on.
#[derive(SimpleObject, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[graphql(name = "ChatCitation")]
pub struct Citation {
    /// Its number: the text of the message refers to it as `[1]`, `[2]` and so on.
    pub index: i32,
    /// The title of the document.
    pub title: String,
    /// The heading under which the passage stands; null when there is none.
    pub heading: Option<String>,
    /// The words of the passage, up to 600 characters.
    pub quote: String,
    /// Where the document can be read; null when it has no address.
    pub url: Option<String>,
    /// The document's id.
    pub document_id: ID,
}
