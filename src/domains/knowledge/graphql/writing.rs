//! GraphQL types and mutations for adding and deleting documents.

use async_graphql::{Context, InputObject, Object, Result, SimpleObject};

use crate::domains::knowledge::Knowledge;
use crate::{
    db::Id,
    domains::{
        ContextExt,
        knowledge::{
            Document, DocumentFormat,
            service::{self, Draft},
        },
    },
    graphql::Requires,
};

/// Input for a new document.
#[derive(InputObject)]
pub struct AddKnowledgeDocumentInput {
    /// Knowledge base: 1–64 lower-case letters, digits and hyphens, such as `support`. Created with its first document.
    base: String,
    /// Title, 1–200 characters, unique within the base.
    title: String,
    /// Content, up to 200,000 characters; for a PDF the file in Base64, up to 32 MiB if `MAX_BODY_BYTES` allows it. It
    /// is split into passages by headings and paragraphs.
    content: String,
    /// Format of the content.
    format: DocumentFormat,
    /// URL of the full document, beginning with `https://` or `http://`.
    url: Option<String>,
    /// Key of your choice, 1–200 characters. Repeating the same key and input returns the first document while it
    /// exists; a different input fails with `IDEMPOTENCY_MISMATCH`.
    idempotency_key: Option<String>,
}

/// A deleted document.
#[derive(SimpleObject, Debug)]
pub struct DeletedKnowledgeDocument {
    /// Id of the deleted document.
    id: Id<Document>,
}

/// Mutations of knowledge.
#[derive(Default, Debug)]
pub struct KnowledgeMutation;

#[Object]
impl KnowledgeMutation {
    /// Adds a document to a knowledge base. Searches find it by words at once, and by meaning as soon as a background
    /// job has embedded it, if an embedding model is configured. Needs `knowledge:manage`. Fails with `ALREADY_EXISTS`
    /// if the base has a document with the same title or content.
    #[graphql(directive = Requires::apply(&["knowledge:manage"]))]
    async fn add_knowledge_document(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Document to add.")] input: AddKnowledgeDocumentInput,
    ) -> Result<Document> {
        let draft = Draft {
            base: input.base,
            title: input.title,
            content: input.content,
            format: input.format,
            url: input.url,
            idempotency_key: input.idempotency_key,
        };
        Ok(service::add(ctx.service::<Knowledge>()?, ctx.viewer()?, draft).await?)
    }

    /// Deletes a document and its passages, with immediate effect on searches. Needs `knowledge:manage`. Fails with
    /// `CONFLICT` for documents bundled with the server.
    #[graphql(directive = Requires::apply(&["knowledge:manage"]))]
    async fn delete_knowledge_document(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the document.")] id: Id<Document>,
    ) -> Result<DeletedKnowledgeDocument> {
        let document = service::remove(ctx.service::<Knowledge>()?, ctx.viewer()?, id).await?;
        Ok(DeletedKnowledgeDocument { id: document.id })
    }
}
