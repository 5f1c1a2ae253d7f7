//! Documents and their passages.

use async_graphql::{ComplexObject, Context, Enum, Object, Result};
use sea_orm::ColumnTrait;

use crate::{
    db::Id,
    domains::{
        ContextExt, connection_below,
        identity::{User, user_of},
        knowledge::{
            Document, DocumentFormat, Passage,
            document::{Column, Entity},
            passage,
            service::{self, DocumentList, PassageList},
        },
    },
    error::Error,
    graphql::{
        Connection, DateTimeFilter, EnumFilter, Order, OrderField, PageArgs, Paged, SortDirection, StringFilter,
        filter_input, nullable,
    },
};

#[ComplexObject]
impl Document {
    /// Who added it; null when it came with the server, and when you may not see the user.
    async fn added_by(&self, ctx: &Context<'_>) -> Option<Result<User>> {
        let id = self.added_by?;
        nullable(user_of(ctx, id)).await
    }

    /// Its passages, in their order unless ordered otherwise. Needs `knowledge:read`.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a list")]
    #[graphql(directive = Paged::apply())]
    async fn passages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 0 to 100; 25 when neither `first` nor `last` is given.")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which passages.")] filter: Option<PassageFilter>,
        #[graphql(desc = "In which order; by their place when not given.")] order_by: Option<PassageOrder>,
    ) -> Result<Connection<Passage>> {
        let list = PassageList { page: PageArgs::new(first, after, last, before), filter, order: order_by };
        connection_below(ctx, self.id, list).await
    }
}

#[ComplexObject]
impl Passage {
    /// The document that it is of; null when that was removed in the meantime.
    async fn document(&self, ctx: &Context<'_>) -> Option<Result<Document>> {
        nullable(document_of(ctx, self.document_id)).await
    }
}

filter_input! {
    /// Which documents. All parts that are given must hold.
    #[graphql(name = "KnowledgeDocumentFilter")]
    pub struct DocumentFilter {
        /// By the base that they belong to.
        base: StringFilter => |filter| filter.on(Column::Base),
        /// By title.
        title: StringFilter => |filter| filter.on_text(Column::Title, Column::TitleFolded),
        /// By what their content came as.
        format: EnumFilter<DocumentFormat> => |filter| filter.on(Column::Format),
        /// By whether they came with the server.
        is_system: bool => |is_system| Column::IsSystem.eq(*is_system),
        /// By when they were added.
        created_at: DateTimeFilter => |filter| filter.on(Column::CreatedAt),
    }
}

/// By what documents can be ordered.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(name = "KnowledgeDocumentOrderField")]
pub enum DocumentOrderField {
    /// The title, without regard to case.
    Title,
    /// When they were added.
    CreatedAt,
}

/// The order of a list of them.
pub type DocumentOrder = Order<DocumentOrderField>;

impl OrderField for DocumentOrderField {
    type Entity = Entity;

    const DEFAULT: (Self, SortDirection) = (Self::Title, SortDirection::Asc);

    fn column(self) -> Column {
        match self {
            Self::Title => Column::TitleKey,
            Self::CreatedAt => Column::CreatedAt,
        }
    }
}

filter_input! {
    /// Which passages of a document. All parts that are given must hold.
    #[graphql(name = "KnowledgePassageFilter")]
    pub struct PassageFilter {
        /// By the headings that they stand below.
        heading: StringFilter => |filter| filter.on_text(passage::Column::Heading, passage::Column::HeadingFolded),
        /// By what they say.
        text: StringFilter => |filter| filter.on_text(passage::Column::Text, passage::Column::TextFolded),
    }
}

/// By what the passages of a document can be ordered.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[graphql(name = "KnowledgePassageOrderField")]
pub enum PassageOrderField {
    /// Their place in the document.
    Position,
}

/// The order of a list of them.
pub type PassageOrder = Order<PassageOrderField>;

impl OrderField for PassageOrderField {
    type Entity = passage::Entity;

    const DEFAULT: (Self, SortDirection) = (Self::Position, SortDirection::Asc);

    fn column(self) -> passage::Column {
        match self {
            Self::Position => passage::Column::Position,
        }
    }
}

/// Queries for documents.
#[derive(Default, Debug)]
pub struct DocumentsQuery;

#[Object]
impl DocumentsQuery {
    /// The document with this id; null when there is none. Needs `knowledge:read`.
    async fn knowledge_document(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The document's id.")] id: Id<Document>,
    ) -> Option<Result<Document>> {
        nullable(document_of(ctx, id)).await
    }

    /// Documents of all bases. Needs `knowledge:read`.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a list")]
    #[graphql(directive = Paged::apply())]
    async fn knowledge_documents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 0 to 100; 25 when neither `first` nor `last` is given.")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which documents.")] filter: Option<DocumentFilter>,
        #[graphql(desc = "In which order; by title when not given.")] order_by: Option<DocumentOrder>,
    ) -> Result<Connection<Document>> {
        let list = DocumentList { page: PageArgs::new(first, after, last, before), filter, order: order_by };
        let keyset = list.keyset();
        let (page, total) = service::list(ctx.app()?, ctx.viewer()?, list).await?;
        Ok(Connection::new(page, keyset, total))
    }
}

/// The document with this id, loaded together with those that sibling fields ask for.
pub(crate) async fn document_of(ctx: &Context<'_>, id: Id<Document>) -> crate::error::Result<Option<Document>> {
    ctx.loader()?.load_one(id).await.map_err(Error::shared)
}

/// The passage with this id, loaded together with those that sibling fields ask for.
pub(crate) async fn passage_of(ctx: &Context<'_>, id: Id<Passage>) -> crate::error::Result<Option<Passage>> {
    ctx.loader()?.load_one(id).await.map_err(Error::shared)
}
