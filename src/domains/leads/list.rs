//! Who sees which leads, and how they are listed.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Select};

use super::entity::{Column, Entity, Model, Source, Status};
use crate::{
    auth::{Permission, Viewer},
    domains::identity::User,
    error::Result,
    graphql::{DateTimeFilter, EnumFilter, IdFilter, Listed, StringFilter, filter_input, order_input},
};

filter_input! {
    /// Which leads. All parts that are given must hold.
    pub struct LeadFilter {
        /// By name.
        name: StringFilter => |filter| filter.on_text(Column::Name, Column::NameKey),
        /// By mail address.
        email: StringFilter => |filter| filter.on_text(Column::Email, Column::EmailFolded),
        /// By telephone number, as it was given.
        phone: StringFilter => |filter| filter.on(Column::Phone),
        /// By how we came to know of them.
        source: EnumFilter<Source> => |filter| filter.on(Column::Source),
        /// By how far it has come with them.
        status: EnumFilter<Status> => |filter| filter.on(Column::Status),
        /// By who looks after them.
        assigned_to_id: IdFilter<User> => |filter| filter.on(Column::AssignedToId),
        /// By when we first knew of them.
        created_at: DateTimeFilter => |filter| filter.on(Column::CreatedAt),
        /// By when something of them was last changed.
        updated_at: DateTimeFilter => |filter| filter.on(Column::UpdatedAt),
    }
}

order_input! {
    /// By what leads can be ordered.
    pub enum LeadOrderField of Entity, CreatedAt Desc unless given {
        /// The name, without regard to case.
        Name => Column::NameKey,
        /// When we first knew of them.
        CreatedAt => Column::CreatedAt,
        /// When something of them was last changed.
        UpdatedAt => Column::UpdatedAt,
    }
}

impl Listed for Entity {
    type Node = Model;
    type Filter = LeadFilter;
    type OrderField = LeadOrderField;

    const SEARCHED: &'static [Column] = &[Column::NameKey, Column::EmailFolded, Column::Phone];

    /// All with `leads:read_all`, else with `leads:read` those that are assigned to the viewer.
    fn visible_to(viewer: &Viewer) -> Result<Select<Self>> {
        if viewer.may(Permission::LeadsReadAll) {
            return Ok(Self::find());
        }
        viewer.need(Permission::LeadsRead)?;
        Ok(Self::find().filter(Column::AssignedToId.eq(viewer.user_id()?)))
    }
}
