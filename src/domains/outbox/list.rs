//! Who sees the mails that were written, and how they are listed.

use async_graphql::ID;
use sea_orm::{ColumnTrait, EntityTrait, Select};

use super::entity::{Column, Entity, Kind, Model, Status};
use crate::{
    auth::{Permission, Viewer},
    error::Result,
    graphql::{DateTimeFilter, EnumFilter, Listed, StringFilter, filter_input, order_input},
};

filter_input! {
    /// Which mails. All parts that are given must hold.
    pub struct OutboxMailFilter {
        /// By what became of them.
        status: EnumFilter<Status> => |filter| filter.on(Column::Status),
        /// By what they are for.
        kind: EnumFilter<Kind> => |filter| filter.on(Column::Kind),
        /// By the address of who gets them.
        to: StringFilter => |filter| filter.on_text(Column::ToAddress, Column::ToFolded),
        /// By the id of what they are about.
        about_id: ID => |id| Column::About.eq(id.as_str()),
        /// By when they were written.
        created_at: DateTimeFilter => |filter| filter.on(Column::CreatedAt),
        /// By when the mail server took them.
        sent_at: DateTimeFilter => |filter| filter.on(Column::SentAt),
    }
}

order_input! {
    /// By what mails can be ordered.
    pub enum OutboxMailOrderField of Entity, CreatedAt Desc unless given {
        /// When they were written.
        CreatedAt => Column::CreatedAt,
    }
}

impl Listed for Entity {
    type Node = Model;
    type Filter = OutboxMailFilter;
    type OrderField = OutboxMailOrderField;

    const SEARCHED: &'static [Column] = &[Column::ToFolded];

    fn visible_to(viewer: &Viewer) -> Result<Select<Self>> {
        viewer.need(Permission::OutboxRead)?;
        Ok(Self::find())
    }
}
