//! Inputs of mutations.

use async_graphql::InputObject;

use super::document::Format as DocumentFormat;
use crate::{db::Id, domains::files::File};

/// Input for a new document.
#[derive(InputObject)]
pub struct AddKnowledgeDocumentInput {
    /// Knowledge base: 1–64 lower-case letters, digits and hyphens, such as `support`. Created with its first document.
    pub(super) base: String,
    /// Title, 1–200 characters, unique within the base.
    pub(super) title: String,
    /// Content, up to 200,000 characters; for a PDF the file in Base64, up to 32 MiB if `MAX_BODY_BYTES` allows it. It
    /// is split into passages by headings and paragraphs. Required unless `fileId` is given.
    pub(super) content: Option<String>,
    /// Id of an uploaded file with the content, in place of `content`: of the purpose `KNOWLEDGE_DOCUMENT`, your own, and
    /// used by nothing else. It belongs to the document from then on. A PDF may have up to 32 MiB.
    pub(super) file_id: Option<Id<File>>,
    /// Format of the content.
    pub(super) format: DocumentFormat,
    /// URL of the full document, beginning with `https://` or `http://`.
    pub(super) url: Option<String>,
    /// Key of your choice, 1–200 characters. Repeating the same key and input returns the first document while it
    /// exists; a different input fails with `IDEMPOTENCY_MISMATCH`.
    pub(super) idempotency_key: Option<String>,
}
