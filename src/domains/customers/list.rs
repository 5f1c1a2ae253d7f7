//! Who sees which customers, and how they are listed.

use std::sync::LazyLock;

use sea_orm::{EntityTrait, Select};

use super::entity::{Column, Entity, Listing, Model, Segment};
use crate::{
    auth::{Permission, Viewer},
    domains::{
        identity::User,
        intelligence::{Company, CompanyEntity},
        shared::Below,
    },
    error::Result,
    graphql::{
        ColumnFields, DateTimeFilter, EnumFilter, IdFilter, Listed, Parts, StringFilter, filter_input, order_input,
    },
};

filter_input! {
    /// Which customers. All parts that are given must hold.
    pub struct CustomerFilter {
        /// By name.
        name: StringFilter => |filter| filter.on_text(Column::Name, Column::NameFolded),
        /// By ticker.
        ticker: StringFilter => |filter| filter.on(Column::Ticker),
        /// By industry.
        industry: StringFilter => |filter| filter.on_text(Column::Industry, Column::IndustryFolded),
        /// By size.
        segment: EnumFilter<Segment> => |filter| filter.on(Column::Segment),
        /// By whether they are listed.
        listing: EnumFilter<Listing> => |filter| filter.on(Column::Listing),
        /// By their account manager.
        account_manager_id: IdFilter<User> => |filter| filter.on(Column::AccountManagerId),
        /// By when research first found them.
        first_seen_at: DateTimeFilter => |filter| filter.on(Column::FirstSeenAt),
        /// By when research last found them.
        last_seen_at: DateTimeFilter => |filter| filter.on(Column::LastSeenAt),
    }
    through {
        /// By the company whose customers they are.
        company: CompanyEntity => Column::CompanyId,
    }
}

order_input! {
    /// By what customers can be ordered.
    pub enum CustomerOrderField of Entity, Name Asc unless given {
        /// The name, without regard to case and legal form.
        Name => Column::NameKey,
        /// When research last found them.
        LastSeenAt => Column::LastSeenAt,
    }
}

impl Listed for Entity {
    type Node = Model;
    type Filter = CustomerFilter;
    type OrderField = CustomerOrderField;

    const SEARCHED: &'static [Column] = &[Column::NameFolded];

    fn visible_to(viewer: &Viewer) -> Result<Select<Self>> {
        viewer.need(Permission::CustomersRead)?;
        Ok(Self::find())
    }

    fn parts() -> Option<&'static Parts<Self>> {
        static PARTS: LazyLock<Parts<Entity>> =
            LazyLock::new(|| Parts { fields: ColumnFields::of::<Model>(), blank: Model::blank() });
        Some(&PARTS)
    }
}

impl Below<Company> for Entity {
    fn parent() -> Column {
        Column::CompanyId
    }
}
