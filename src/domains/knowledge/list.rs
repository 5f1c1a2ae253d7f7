//! Visibility, filters and sort orders of documents and passages.

use sea_orm::{EntityTrait, Select};

use super::{
    document::{Column, Entity, Format, Model},
    passage,
};
use crate::{
    auth::{Permission, Viewer},
    domains::shared::Below,
    error::Result,
    graphql::{BooleanFilter, DateTimeFilter, EnumFilter, Listed, StringFilter, filter_input, order_input},
};

filter_input! {
    /// Conditions on documents. All given conditions must hold.
    #[graphql(name = "KnowledgeDocumentFilter")]
    pub struct DocumentFilter {
        /// Condition on the knowledge base.
        base: StringFilter => |filter| filter.on(Column::Base),
        /// Condition on the title.
        title: StringFilter => |filter| filter.on_text(Column::Title, Column::TitleFolded),
        /// Condition on the content format.
        format: EnumFilter<Format> => |filter| filter.on(Column::Format),
        /// Condition on whether the document is bundled with the server.
        is_system: BooleanFilter => |filter| filter.on(Column::IsSystem),
        /// Condition on the creation time.
        created_at: DateTimeFilter => |filter| filter.on(Column::CreatedAt),
    }
}

order_input! {
    /// Fields by which documents can be sorted.
    #[graphql(name = "KnowledgeDocumentOrderField")]
    pub enum DocumentOrderField of Entity, Title Asc unless given {
        /// Title, ignoring case.
        Title => Column::TitleKey,
        /// Creation time.
        CreatedAt => Column::CreatedAt,
        /// Time of the last change.
        UpdatedAt => Column::UpdatedAt,
    }
}

impl Listed for Entity {
    type Node = Model;
    type Filter = DocumentFilter;
    type OrderField = DocumentOrderField;

    const SEARCHED: &'static [Column] = &[Column::TitleFolded];

    fn visible_to(viewer: &Viewer) -> Result<Select<Self>> {
        viewer.need(Permission::KnowledgeRead)?;
        Ok(Self::find())
    }
}

filter_input! {
    /// Conditions on the passages of a document. All given conditions must hold.
    #[graphql(name = "KnowledgePassageFilter")]
    pub struct PassageFilter {
        /// Condition on the headings.
        heading: StringFilter => |filter| filter.on_text(passage::Column::Heading, passage::Column::HeadingFolded),
        /// Condition on the text.
        text: StringFilter => |filter| filter.on_text(passage::Column::Text, passage::Column::TextFolded),
    }
}

order_input! {
    /// Fields by which the passages of a document can be sorted.
    #[graphql(name = "KnowledgePassageOrderField")]
    pub enum PassageOrderField of passage::Entity, Position Asc unless given {
        /// Position in the document.
        Position => passage::Column::Position,
    }
}

impl Listed for passage::Entity {
    type Node = passage::Model;
    type Filter = PassageFilter;
    type OrderField = PassageOrderField;

    const SEARCHED: &'static [passage::Column] = &[passage::Column::HeadingFolded, passage::Column::TextFolded];

    fn visible_to(viewer: &Viewer) -> Result<Select<Self>> {
        viewer.need(Permission::KnowledgeRead)?;
        Ok(Self::find())
    }
}

impl Below<Model> for passage::Entity {
    fn parent() -> passage::Column {
        passage::Column::DocumentId
    }
}
