//! Visibility, filters and sort orders of leads.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Select};

use super::entity::{Column, Entity, Model, Source, Status};
use crate::{
    auth::{Permission, Viewer},
    domains::identity::User,
    error::Result,
    graphql::{
        DateTimeFilter, EnumFilter, IdFilter, Listed, MailAddressFilter, Nullable, StringFilter, filter_input,
        order_input,
    },
};

filter_input! {
    /// Conditions on leads. All given conditions must hold.
    pub struct LeadFilter {
        /// Condition on the name.
        name: StringFilter => |filter| filter.on_text(Column::Name, Column::NameKey),
        /// Condition on the mail address.
        email: Nullable<MailAddressFilter> => |filter| filter.on_text(Column::Email, Column::EmailFolded),
        /// Condition on the telephone number, as it was entered.
        phone: Nullable<StringFilter> => |filter| filter.on(Column::Phone),
        /// Condition on the kind of source.
        source: EnumFilter<Source> => |filter| filter.on(Column::Source),
        /// Condition on the detail of the source, as it was entered.
        source_detail: Nullable<StringFilter> => |filter| filter.on(Column::SourceDetail),
        /// Condition on the pipeline stage.
        status: EnumFilter<Status> => |filter| filter.on(Column::Status),
        /// Condition on the assigned team member.
        assigned_to_id: Nullable<IdFilter<User>> => |filter| filter.on(Column::AssignedToId),
        /// Condition on the creation time.
        created_at: DateTimeFilter => |filter| filter.on(Column::CreatedAt),
        /// Condition on the time of the last change.
        updated_at: DateTimeFilter => |filter| filter.on(Column::UpdatedAt),
    }
}

order_input! {
    /// Fields by which leads can be sorted.
    pub enum LeadOrderField of Entity, CreatedAt Desc unless given {
        /// Name, ignoring case.
        Name => Column::NameKey,
        /// Creation time.
        CreatedAt => Column::CreatedAt,
        /// Time of the last change.
        UpdatedAt => Column::UpdatedAt,
        /// Pipeline stage, by its name.
        Status => Column::Status,
    }
}

impl Listed for Entity {
    type Node = Model;
    type Filter = LeadFilter;
    type OrderField = LeadOrderField;

    const SEARCHED: &'static [Column] = &[Column::NameKey, Column::EmailFolded, Column::Phone];

    /// All leads with `leads:read_all`; with `leads:read` those assigned to the viewer.
    fn visible_to(viewer: &Viewer) -> Result<Select<Self>> {
        if viewer.may(Permission::LeadsReadAll) {
            return Ok(Self::find());
        }
        viewer.need(Permission::LeadsRead)?;
        Ok(Self::find().filter(Column::AssignedToId.eq(viewer.user_id()?)))
    }
}
