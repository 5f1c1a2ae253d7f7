//! Who sees which documents and passages, and how they are listed.

use sea_orm::{ColumnTrait, EntityTrait, Select};

use super::{
    document::{Column, Entity, Format, Model},
    passage,
};
use crate::{
    auth::{Permission, Viewer},
    domains::shared::Below,
    error::Result,
    graphql::{DateTimeFilter, EnumFilter, Listed, StringFilter, filter_input, order_input},
};

filter_input! {
    /// Which documents. All parts that are given must hold.
    #[graphql(name = "KnowledgeDocumentFilter")]
    pub struct DocumentFilter {
        /// By the base that they belong to.
        base: StringFilter => |filter| filter.on(Column::Base),
        /// By title.
        title: StringFilter => |filter| filter.on_text(Column::Title, Column::TitleFolded),
        /// By what their content came as.
        format: EnumFilter<Format> => |filter| filter.on(Column::Format),
        /// By whether they came with the server.
        is_system: bool => |is_system| Column::IsSystem.eq(*is_system),
        /// By when they were added.
        created_at: DateTimeFilter => |filter| filter.on(Column::CreatedAt),
    }
}

order_input! {
    /// By what documents can be ordered.
    #[graphql(name = "KnowledgeDocumentOrderField")]
    pub enum DocumentOrderField of Entity, Title Asc unless given {
        /// The title, without regard to case.
        Title => Column::TitleKey,
        /// When they were added.
        CreatedAt => Column::CreatedAt,
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
    /// Which passages of a document. All parts that are given must hold.
    #[graphql(name = "KnowledgePassageFilter")]
    pub struct PassageFilter {
        /// By the headings that they stand below.
        heading: StringFilter => |filter| filter.on_text(passage::Column::Heading, passage::Column::HeadingFolded),
        /// By what they say.
        text: StringFilter => |filter| filter.on_text(passage::Column::Text, passage::Column::TextFolded),
    }
}

order_input! {
    /// By what the passages of a document can be ordered.
    #[graphql(name = "KnowledgePassageOrderField")]
    pub enum PassageOrderField of passage::Entity, Position Asc unless given {
        /// Their place in the document.
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
