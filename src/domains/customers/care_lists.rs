//! Visibility, filters and sort orders of the contacts and contract terms of customers.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Select};

use super::{
    contact, contract,
    entity::{Column as CustomerColumn, Entity as CustomerEntity, Model as Customer},
};
use crate::{
    auth::Viewer,
    domains::shared::Below,
    error::Result,
    graphql::{
        BooleanFilter, DateFilter, DateTimeFilter, Listed, MailAddressFilter, MoneyFilter, Nullable, StringFilter,
        filter_input, order_input,
    },
};

filter_input! {
    /// Conditions on contacts of customers. All given conditions must hold.
    pub struct CustomerContactFilter {
        /// Condition on the name.
        name: StringFilter => |filter| filter.on_text(contact::Column::Name, contact::Column::NameKey),
        /// Condition on the mail address.
        email: Nullable<MailAddressFilter> => |filter| {
            filter.on_text(contact::Column::Email, contact::Column::EmailFolded)
        },
        /// Condition on whether the contact is the primary one of its customer.
        is_primary: BooleanFilter => |filter| filter.on(contact::Column::IsPrimary),
    }
}

order_input! {
    /// Fields by which contacts of customers can be sorted.
    pub enum CustomerContactOrderField of contact::Entity, Name Asc unless given {
        /// Name, ignoring case.
        Name => contact::Column::NameKey,
        /// Creation time.
        CreatedAt => contact::Column::CreatedAt,
    }
}

/// Who sees a customer sees its contacts.
impl Listed for contact::Entity {
    type Node = contact::Model;
    type Filter = CustomerContactFilter;
    type OrderField = CustomerContactOrderField;

    const SEARCHED: &'static [contact::Column] = &[contact::Column::NameKey, contact::Column::EmailFolded];

    fn visible_to(viewer: &Viewer) -> Result<Select<Self>> {
        let customers = CustomerEntity::visible_to(viewer)?.select_only().column(CustomerColumn::Id);
        Ok(Self::find().filter(contact::Column::CustomerId.in_subquery(customers.into_query())))
    }
}

impl Below<Customer> for contact::Entity {
    fn parent() -> contact::Column {
        contact::Column::CustomerId
    }
}

filter_input! {
    /// Conditions on contract terms. All given conditions must hold.
    pub struct ContractFilter {
        /// Condition on the first day.
        starts_on: DateFilter => |filter| filter.on(contract::Column::StartsOn),
        /// Condition on the last day.
        ends_on: Nullable<DateFilter> => |filter| filter.on(contract::Column::EndsOn),
        /// Condition on the value.
        value: Nullable<MoneyFilter> => |filter| filter.on(contract::Column::ValueMinor, contract::Column::ValueCurrency),
        /// Condition on whether the term renews by itself.
        auto_renews: BooleanFilter => |filter| filter.on(contract::Column::AutoRenews),
        /// Condition on the creation time.
        created_at: DateTimeFilter => |filter| filter.on(contract::Column::CreatedAt),
    }
}

order_input! {
    /// Fields by which contract terms can be sorted.
    pub enum ContractOrderField of contract::Entity, StartsOn Desc unless given {
        /// First day.
        StartsOn => contract::Column::StartsOn,
        /// Last day; terms without an end come last.
        EndsOn => contract::Column::EndsOn,
    }
}

/// Who sees a customer sees its contract.
impl Listed for contract::Entity {
    type Node = contract::Model;
    type Filter = ContractFilter;
    type OrderField = ContractOrderField;

    const SEARCHED: &'static [contract::Column] = &[];

    fn visible_to(viewer: &Viewer) -> Result<Select<Self>> {
        let customers = CustomerEntity::visible_to(viewer)?.select_only().column(CustomerColumn::Id);
        Ok(Self::find().filter(contract::Column::CustomerId.in_subquery(customers.into_query())))
    }
}

impl Below<Customer> for contract::Entity {
    fn parent() -> contract::Column {
        contract::Column::CustomerId
    }
}
