//! Visibility, filters and sort orders of customers.

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
    graphql::{DateTimeFilter, EnumFilter, IdFilter, Listed, Nullable, StringFilter, filter_input, order_input},
};

filter_input! {
    /// Conditions on customers. All given conditions must hold.
    pub struct CustomerFilter {
        /// Condition on the name.
        name: StringFilter => |filter| filter.on_text(Column::Name, Column::NameFolded),
        /// Condition on the ticker.
        ticker: Nullable<StringFilter> => |filter| filter.on(Column::Ticker),
        /// Condition on the industry.
        industry: Nullable<StringFilter> => |filter| filter.on_text(Column::Industry, Column::IndustryFolded),
        /// Condition on the segment.
        segment: EnumFilter<Segment> => |filter| filter.on(Column::Segment),
        /// Condition on the listing status.
        listing: EnumFilter<Listing> => |filter| filter.on(Column::Listing),
        /// Condition on the account manager.
        account_manager_id: Nullable<IdFilter<User>> => |filter| filter.on(Column::AccountManagerId),
        /// Condition on the time at which research first found the customer.
        first_seen_at: Nullable<DateTimeFilter> => |filter| filter.on(Column::FirstSeenAt),
        /// Condition on the time at which research last found the customer.
        last_seen_at: Nullable<DateTimeFilter> => |filter| filter.on(Column::LastSeenAt),
    }
    through {
        /// Condition on the company whose customer it is.
        company: CompanyEntity => Column::CompanyId,
    }
}

order_input! {
    /// Fields by which customers can be sorted.
    pub enum CustomerOrderField of Entity, Name Asc unless given {
        /// Name, ignoring case and legal form.
        Name => Column::NameKey,
        /// Time at which research last found the customer; those it never found come last.
        LastSeenAt => Column::LastSeenAt,
        /// Time at which research first found the customer; those it never found come last.
        FirstSeenAt => Column::FirstSeenAt,
        /// Creation time.
        CreatedAt => Column::CreatedAt,
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
}

impl Below<Company> for Entity {
    fn parent() -> Column {
        Column::CompanyId
    }
}
