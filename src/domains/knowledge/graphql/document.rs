//! Documents and their passages.

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
    /// Who added it; null when it came with the server, and when you may not see the user.
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
    /// The document that it is of; null when that was removed in the meantime.
    async fn document(&self, ctx: &Context<'_>) -> Option<Result<Document>> {
        nullable(one::<Entity>(ctx, self.document_id)).await
    }
}

/// Queries for documents.
#[derive(Default, Debug)]
pub struct DocumentsQuery;

#[Object]
impl DocumentsQuery {
    /// The document with this id; null when there is none. Needs `knowledge:read`.
    #[graphql(directive = Requires::apply(&["knowledge:read"]))]
    async fn knowledge_document(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The document's id.")] id: Id<Document>,
    ) -> Option<Result<Document>> {
        nullable(one::<Entity>(ctx, id)).await
    }
}

root_list! {
    /// Documents of all bases; null without `knowledge:read`.
    DocumentsList: knowledge_documents of Entity,
    needs: "knowledge:read",
    filter: "Which documents.",
    order: "In which order; by title when not given.",
    search: "Words that the title must contain, in any order, regardless of case and accents; at most 10 words and 200 characters."
}

list_below! {
    /// Its passages, in their order unless ordered otherwise; null without `knowledge:read`.
    PassagesOfDocument: passages of passage::Entity, below Document,
    needs: "knowledge:read",
    filter: "Which passages.",
    order: "In which order; by their place when not given.",
    search: "Words that must occur in the headings or the text, in any order, regardless of case and accents; at most 10 words and 200 characters."
}
