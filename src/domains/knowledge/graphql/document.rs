//! GraphQL types and queries for documents and passages.

use async_graphql::{ComplexObject, Context, Object, OutputType, Result};

use crate::{
    db::Id,
    domains::{
        identity::{User, UserEntity},
        knowledge::{Document, Passage, document::Entity, passage},
        shared::{list_below, one, root_list},
    },
    graphql::{Requires, nullable},
};

#[ComplexObject]
impl Document {
    /// User who added the document; null if it is bundled with the server, or if you may not see the user.
    async fn added_by(&self, ctx: &Context<'_>) -> Option<Result<User>> {
        let id = self.added_by?;
        nullable(one::<UserEntity>(ctx, id)).await
    }

    #[graphql(flatten)]
    fn passages(&self, _ctx: &Context<'_>) -> PassagesOfDocument {
        PassagesOfDocument(self.id)
    }
}

#[ComplexObject]
impl Passage {
    /// Document of the passage; null if it was deleted meanwhile, and null without `knowledge:read`.
    #[graphql(directive = Requires::apply(&["knowledge:read"]))]
    async fn document(&self, ctx: &Context<'_>) -> Option<Result<Document>> {
        nullable(one::<Entity>(ctx, self.document_id)).await
    }
}

/// Queries for documents.
#[derive(Default, Debug)]
pub struct DocumentsQuery;

#[Object]
impl DocumentsQuery {
    /// The document with this id; null if it does not exist. Needs `knowledge:read`.
    #[graphql(directive = Requires::apply(&["knowledge:read"]))]
    async fn knowledge_document(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the document.")] id: Id<Document>,
    ) -> Option<Result<Document>> {
        nullable(one::<Entity>(ctx, id)).await
    }

    /// The passage of a document with this id; null if it does not exist. Needs `knowledge:read`.
    #[graphql(directive = Requires::apply(&["knowledge:read"]))]
    async fn knowledge_passage(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the passage.")] id: Id<Passage>,
    ) -> Option<Result<Passage>> {
        nullable(one::<passage::Entity>(ctx, id)).await
    }
}

root_list! {
    /// Documents of all knowledge bases; null without `knowledge:read`.
    DocumentsList: knowledge_documents of Entity,
    needs: "knowledge:read",
    filter: "Conditions on the documents.",
    order: "Sort order. Defaults to the title.",
    search: "Words that the title must contain, in any order, regardless of case and accents; at most 10 words and 200 characters."
}

list_below! {
    /// Passages of the document, in document order by default; null without `knowledge:read`.
    PassagesOfDocument: passages of passage::Entity, below Document,
    needs: "knowledge:read",
    filter: "Conditions on the passages.",
    order: "Sort order. Defaults to document order.",
    search: "Words that the headings or the text must contain, in any order, ignoring case and accents; at most 10 words and 200 characters."
}
