//! Adding and removing documents.

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

/// A document to add.
#[derive(InputObject)]
pub struct AddKnowledgeDocumentInput {
    /// The base that it is for: 1 to 64 small letters, digits and hyphens, such as `support`. A base that does not exist
    /// begins with its first document.
    base: String,
    /// Its title, 1 to 200 characters, which no other document of the base may have.
    title: String,
    /// What it says, up to 200,000 characters; of a PDF the file in Base64, up to 32 MiB where `MAX_BODY_BYTES` allows that. It
    /// is split into passages by its headings and paragraphs.
    content: String,
    /// How the content is written.
    format: DocumentFormat,
    /// Where it can be read in full, beginning with `https://` or `http://`.
    url: Option<String>,
    /// 1 to 200 characters of your own choice. The same key with the same input returns the document that was added the
    /// first time, as long as it is there; with another input it fails with `IDEMPOTENCY_MISMATCH`.
    idempotency_key: Option<String>,
}

/// A document that was deleted.
#[derive(SimpleObject, Debug)]
pub struct DeletedKnowledgeDocument {
    /// The id that it had.
    id: Id<Document>,
}

/// Mutations of knowledge.
#[derive(Default, Debug)]
pub struct KnowledgeMutation;

#[Object]
impl KnowledgeMutation {
    /// Adds a document to a base. Searches on all copies of the server find it at once by its words, and by its meaning
    /// as soon as a background job has asked the language model for its vectors, where one is set up. Needs
    /// `knowledge:manage`. Fails with `ALREADY_EXISTS` when the base has a document with this title, or one
    /// that says the same.
    #[graphql(directive = Requires::apply(&["knowledge:manage"]))]
    async fn add_knowledge_document(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The document.")] input: AddKnowledgeDocumentInput,
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

    /// Deletes a document with its passages, at once from all searches. Needs `knowledge:manage`. Fails with `CONFLICT` for
    /// a document that came with the server.
    #[graphql(directive = Requires::apply(&["knowledge:manage"]))]
    async fn delete_knowledge_document(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The document's id.")] id: Id<Document>,
    ) -> Result<DeletedKnowledgeDocument> {
        let document = service::remove(ctx.service::<Knowledge>()?, ctx.viewer()?, id).await?;
        Ok(DeletedKnowledgeDocument { id: document.id })
    }
}
