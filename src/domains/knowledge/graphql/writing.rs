//! GraphQL types and mutations for adding and deleting documents.

use async_graphql::{Context, Object, Result, SimpleObject};

use crate::domains::knowledge::Knowledge;
use crate::{
    db::Id,
    domains::{
        ContextExt,
        knowledge::{Document, input::AddKnowledgeDocumentInput, service},
    },
    graphql::Requires,
};

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
        Ok(service::add(ctx.service::<Knowledge>()?, ctx.viewer()?, input).await?)
    }

    /// Deletes a document and its passages, with immediate effect on searches. Needs `knowledge:manage`. Fails with
    /// `CONFLICT` for documents bundled with the server.
    #[graphql(directive = Requires::apply(&["knowledge:manage"]))]
    async fn delete_knowledge_document(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the document.")] id: Id<Document>,
    ) -> Result<DeletedKnowledgeDocument> {
        let document = service::delete(ctx.service::<Knowledge>()?, ctx.viewer()?, id).await?;
        Ok(DeletedKnowledgeDocument { id: document.id })
    }
}
